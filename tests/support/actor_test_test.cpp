// The fixture's own promises: time, answers and deaths in a room without
// threads.

#include "tests/support/actor_test.hpp"

namespace troupe::testing {
namespace {

using namespace std::chrono_literals;

class actor_test_test : public actor_test {};

caf::behavior ticking(caf::event_based_actor* self, int* ticks) {
  self->delayed_send(self, 10ms, caf::tick_atom_v);
  return {
      [self, ticks](caf::tick_atom) {
        ++*ticks;
        self->delayed_send(self, 10ms, caf::tick_atom_v);
      },
  };
}

caf::behavior doubling(caf::event_based_actor* self) {
  return {
      [](std::int32_t x) -> caf::result<std::int32_t> {
        if (x < 0)
          return caf::make_error(errc::invalid_setting);
        return 2 * x;
      },
      [](caf::ok_atom) {},
      [self](caf::get_atom) -> caf::result<std::int32_t> {
        return self->make_response_promise();
      },
  };
}

TEST_F(actor_test_test, a_renewing_timer_fires_once_a_period) {
  auto ticks = 0;
  spawn(ticking, &ticks);
  advance(9ms);
  EXPECT_EQ(ticks, 0);
  advance(1ms);
  EXPECT_EQ(ticks, 1);
  advance(1s);
  EXPECT_EQ(ticks, 101);
}

TEST_F(actor_test_test, the_clock_ends_where_it_was_sent) {
  auto ticks = 0;
  spawn(ticking, &ticks);
  const auto start = now();
  advance(25ms);
  EXPECT_EQ(now() - start, 25ms);
}

TEST_F(actor_test_test, asking_returns_the_reply_or_the_error) {
  const auto hdl = spawn(doubling);
  EXPECT_EQ(ask<std::int32_t>(hdl, std::int32_t{21}), 42);
  EXPECT_EQ(code_of(ask<std::int32_t>(hdl, std::int32_t{-1})),
            errc::invalid_setting);
  EXPECT_TRUE(ask<void>(hdl, caf::ok_atom_v));
}

TEST_F(actor_test_test, a_promise_that_is_kept_back_is_pending) {
  const auto hdl = spawn(doubling);
  EXPECT_FALSE(request<std::int32_t>(hdl, caf::get_atom_v)->has_value());
}

TEST_F(actor_test_test, exit_reasons_are_told_after_the_fact) {
  const auto hdl = spawn(doubling);
  EXPECT_TRUE(is_running(hdl));
  caf::anon_send_exit(hdl, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_FALSE(is_running(hdl));
  EXPECT_EQ(exit_reason_of(hdl), caf::exit_reason::user_shutdown);
}

}  // namespace
}  // namespace troupe::testing
