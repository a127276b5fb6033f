// What is known to be broken in a store, by whoever found it first.
//
// Its writer, its readers and its examiner are on different threads and share
// this. Damage does not heal: once there is some, no more is written, until the
// store is restored.

#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

namespace troupe {

class damage {
public:
  bool known() const noexcept { return known_.load(std::memory_order_acquire); }

  /// What is broken, for people. @pre known()
  std::string what() const {
    const std::lock_guard lock{mutex_};
    return what_;
  }

  /// The first finding stays.
  void found(std::string what) {
    const std::lock_guard lock{mutex_};
    if (known_.load(std::memory_order_relaxed))
      return;
    what_ = std::move(what);
    known_.store(true, std::memory_order_release);
  }

private:
  mutable std::mutex mutex_;
  std::string what_;
  std::atomic<bool> known_{false};
};

}  // namespace troupe
