// A room where actors run by hand.
//
// Tests derive from `actor_test` to get an actor system without threads and
// without a wall clock: nothing moves until the test says so, and then all of
// it moves before the call returns. Never sleep in a test; advance the clock.
//
// The clock stops at every moment something is due on the way, so that a timer
// which renews itself fires as often as it would in life.
//
// Limits: detached and blocking actors need threads and do not run here.

#pragma once

#include "actors/contracts.hpp"
#include "actors/queue_contracts.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe::testing {

class actor_test : public ::testing::Test {
protected:
  actor_test() : system_(configured()) {
    // Nobody runs the jobs while ~actor_system would wait for them.
    system_.await_actors_before_shutdown(false);
    // Away from the epoch, which CAF takes for "no time-out".
    clock().current_time += std::chrono::hours{1};
  }

  /// Stops everything the test started, so that no test leaks into the next.
  ~actor_test() override {
    for (auto& hdl : spawned_)
      caf::anon_send_exit(hdl, caf::exit_reason::kill);
    spawned_.clear();
    settle();
    clock().cancel_all();
  }

  /// Starts the actor under test and runs it until it waits for input.
  template <caf::spawn_options Options = caf::no_spawn_options, class F,
            class... Args>
  auto spawn(F fun, Args&&... args) {
    auto hdl = system_.spawn<Options>(fun, std::forward<Args>(args)...);
    adopt(hdl);
    settle();
    return hdl;
  }

  /// Makes the fixture responsible for stopping `hdl`.
  template <class Handle>
  void adopt(const Handle& hdl) {
    spawned_.push_back(caf::actor_cast<caf::actor>(hdl));
  }

  /// Delivers messages until every mailbox is empty. Time stands still.
  void settle() { scheduler().run(); }

  /// Moves the clock by `by`; fires whatever is due on the way, in its order
  /// and at its time, and settles after each.
  void advance(caf::timespan by) {
    const auto target = clock().current_time + by;
    settle();
    while (clock().has_pending_timeout()
           && clock().schedule().begin()->first <= target) {
      clock().trigger_timeout();
      settle();
    }
    clock().current_time = target;
  }

  /// What the actors' `clock().now()` returns.
  time_point now() { return clock().now(); }

  /// An answer that may not have come yet.
  template <class Reply>
  using pending = std::shared_ptr<std::optional<caf::expected<Reply>>>;

  /// Sends a request and settles. The result is empty while nobody answers.
  template <class Reply, class Handle, class... Args>
  pending<Reply> request(const Handle& hdl, Args&&... args) {
    auto reply = std::make_shared<std::optional<caf::expected<Reply>>>();
    auto body = caf::make_message(std::forward<Args>(args)...);
    spawn([=](caf::event_based_actor* self) {
      auto fail = [reply](caf::error& err) {
        reply->emplace(std::move(err));
      };
      auto asked =
          self->request(caf::actor_cast<caf::actor>(hdl), caf::infinite, body);
      if constexpr (std::is_void_v<Reply>)
        asked.then([reply] { reply->emplace(caf::unit); }, fail);
      else
        asked.then([reply](Reply& x) { reply->emplace(std::move(x)); }, fail);
    });
    return reply;
  }

  /// Sends a request and returns the reply or the error, as a value. Fails the
  /// test if no answer comes without the clock moving.
  template <class Reply, class Handle, class... Args>
  caf::expected<Reply> ask(const Handle& hdl, Args&&... args) {
    auto reply = request<Reply>(hdl, std::forward<Args>(args)...);
    if (*reply)
      return std::move(**reply);
    ADD_FAILURE() << "nobody answered";
    return caf::make_error(caf::sec::request_timeout);
  }

  /// Returns why `hdl` terminated, an empty error for a normal end; fails the
  /// test if it is still running.
  template <class Handle>
  caf::error exit_reason_of(const Handle& hdl) {
    auto reason = std::make_shared<std::optional<caf::error>>();
    spawn([=](caf::event_based_actor* self) -> caf::behavior {
      self->set_down_handler([=](const caf::down_msg& msg) {
        *reason = msg.reason;
        self->quit();
      });
      self->monitor(hdl);
      return {[](caf::unit_t) {
      }};
    });
    if (*reason)
      return **reason;
    ADD_FAILURE() << "actor is still running";
    return {};
  }

  /// Whether `hdl` has not terminated yet.
  template <class Handle>
  bool is_running(const Handle& hdl) {
    const auto* ptr = caf::actor_cast<caf::abstract_actor*>(hdl);
    return ptr != nullptr
           && !dynamic_cast<const caf::scheduled_actor&>(*ptr).getf(
               caf::abstract_actor::is_terminated_flag);
  }

  caf::actor_system& system() { return system_; }

  caf::detail::test_actor_clock& clock() { return scheduler().clock(); }

private:
  caf::actor_system_config& configured() {
    config_.set("scheduler.policy", caf::atom("testing"));
    config_.add_message_types<caf::id_block::troupe_runtime>();
    config_.add_message_types<caf::id_block::troupe_actors>();
    config_.add_message_types<caf::id_block::troupe_queues>();
    return config_;
  }

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  caf::actor_system_config config_;
  caf::actor_system system_;
  std::vector<caf::actor> spawned_;
};

}  // namespace troupe::testing
