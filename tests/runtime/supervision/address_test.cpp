// An address stays while incarnations come and go, on whatever thread.

#include "runtime/supervision/address.hpp"
#include "runtime/supervision/child_spec.hpp"
#include "tests/support/scheduled_system.hpp"

#include <atomic>
#include <thread>

namespace troupe {
namespace {

caf::behavior idle(caf::event_based_actor*) {
  return {[](caf::ok_atom) {
  }};
}

TEST(address, is_empty_before_the_first_incarnation) {
  EXPECT_FALSE(address<caf::actor>{}.current());
}

TEST(address, every_copy_names_the_same_incarnation) {
  testing::scheduled_system system{1};
  const address<caf::actor> at;
  const auto copy = at;
  at.replace(system->spawn(idle));
  EXPECT_TRUE(copy.current());
  EXPECT_EQ(copy.current(), at.current());
  at.replace(nullptr);
}

TEST(address, may_outlive_the_system_of_its_actor) {
  const address<caf::actor> at;
  {
    testing::scheduled_system system{1};
    at.replace(system->spawn(idle));
    caf::anon_send_exit(at.current(), caf::exit_reason::user_shutdown);
  }
  EXPECT_TRUE(at.current());
}

TEST(address, may_be_read_while_it_is_written) {
  constexpr auto incarnations = 2000;
  testing::scheduled_system system{2};
  const address<caf::actor> at;
  at.replace(system->spawn(idle));
  std::atomic<bool> stop{false};
  std::atomic<int> empty{0};
  {
    std::jthread reader{[&] {
      while (!stop)
        if (!at.current())
          ++empty;
    }};
    for (auto i = 0; i < incarnations; ++i)
      at.replace(system->spawn(idle));
    stop = true;
  }
  EXPECT_EQ(empty, 0);
  at.replace(nullptr);
}

TEST(address, a_pinned_child_lives_on_its_thread) {
  testing::scheduled_system system{2};
  for (std::size_t thread = 0; thread < 2; ++thread) {
    std::promise<std::optional<std::size_t>> seen;
    const address<caf::actor> at;
    auto spec = child_at(
        {.name = "child", .thread = thread, .budget = {}}, at,
        [](caf::event_based_actor* self,
           std::promise<std::optional<std::size_t>>* where) {
          where->set_value(asio_scheduler::of(self->system()).current_index());
        },
        &seen);
    spec.start(*system);
    EXPECT_EQ(testing::await(seen.get_future()), thread);
    at.replace(nullptr);
  }
}

}  // namespace
}  // namespace troupe
