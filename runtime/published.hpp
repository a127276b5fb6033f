// The latest of something, from the one who knows it to whoever asks.
//
// An actor publishes a value; other threads read the last one without asking
// the actor, and also when it is dead or busy. For views that may be a moment
// old - a health report, a list of keys - never for decisions.

#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace troupe {

template <class T>
class published {
public:
  void put(T value) {
    auto next = std::make_shared<const T>(std::move(value));
    const std::lock_guard guard{mutex_};
    latest_.swap(next);
  }

  /// Null before the first `put`.
  std::shared_ptr<const T> get() const {
    const std::lock_guard guard{mutex_};
    return latest_;
  }

private:
  mutable std::mutex mutex_;  // Held for the copy of one pointer.
  std::shared_ptr<const T> latest_;
};

}  // namespace troupe
