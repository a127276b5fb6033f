// The one door between a coroutine of a socket and the actors.
//
// The coroutine writes a ticket, sends it off with whatever message its
// addressee expects, and goes on when the ticket is answered - by an actor, by
// its own loss, or by the coroutine's owner through the observer.

#pragma once

#include "http/task.hpp"
#include "runtime/ticket.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace troupe::http {

/// Calls `send(ticket)` and completes with the ticket's answer, exactly once
/// and never inline, on `where`. `send` runs before this returns to the event
/// loop; an observer taken in it can answer in the asker's own name.
template <class Answer, class Matter, class Send>
task<caf::expected<Answer>> ask(executor where, Matter matter, Send send) {
  auto initiate = [where](auto handler, Matter m, Send s) {
    // Shared, because handlers of Boost 1.74 may be copied on their way.
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    s(ticket<Matter, Answer>{
        std::move(m), [where, resume](caf::expected<Answer>&& answer) {
          asio::post(where, [resume, got = std::move(answer)]() mutable {
            (*resume)(std::move(got));
          });
        }});
  };
  return asio::async_initiate<const asio::use_awaitable_t<executor>,
                              void(caf::expected<Answer>)>(
      initiate, use_task, std::move(matter), std::move(send));
}

}  // namespace troupe::http
