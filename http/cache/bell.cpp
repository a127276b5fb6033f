#include "http/cache/bell.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace troupe::http {

void bell::ring() {
  if (posted_.exchange(true, std::memory_order_acq_rel))
    return;
  asio::post(where_, [self = shared_from_this()] { self->on_ring(); });
}

// What was changed before a ring is seen by whoever looks after this: a later
// ring finds the flag down, and posts anew.
void bell::on_ring() {
  posted_.exchange(false, std::memory_order_acq_rel);
  rang_ = true;
  if (auto waiting = std::exchange(waiting_, nullptr))
    waiting();
}

task<> bell::heard() {
  if (!rang_) {
    auto initiate = [this](auto handler) {
      // Shared, because handlers of Boost 1.74 may be copied on their way.
      auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      waiting_ = [resume] {
        (*resume)();
      };
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<executor>,
                                  void()>(initiate, use_task);
  }
  rang_ = false;
}

}  // namespace troupe::http
