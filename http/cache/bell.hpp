// Wakes one coroutine from any thread.
//
// Whoever waits looks at what it waits for, finds nothing, and hears the bell;
// whoever changes something rings. A ring that nobody hears yet is remembered,
// rings that come before the first was heard are one: a crowd of a thousand is
// woken by at most a thousand posts, however often something changes.

#pragma once

#include "http/task.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace troupe::http {

class bell : public std::enable_shared_from_this<bell> {
public:
  explicit bell(executor where) : where_(where) {}

  /// Wakes who hears it, now or the next time. Any thread, at any moment.
  void ring();

  /// Waits for a ring; returns at once if there was one since the last time.
  /// On the bell's own thread, one waiter at a time, who keeps it alive.
  task<> heard();

  /// The thread it is heard on.
  executor where() const { return where_; }

private:
  void on_ring();

  executor where_;
  std::atomic<bool> posted_{false};
  // Touched by the hearing thread only.
  bool rang_ = false;
  std::function<void()> waiting_;
};

using bell_ptr = std::shared_ptr<bell>;

}  // namespace troupe::http
