// How many workers a queue has, by word of an operator, in the whole cast.

#include "actors/cast.hpp"
#include "tests/support/actor_test.hpp"

#include <prometheus/registry.h>

#include <array>

namespace troupe {
namespace {

/// What outlives the actors: workers look for it when they end.
struct scale_room {
  std::array<job_carrier_slot, 1> slots{};
};

class admin_scale_test : protected scale_room, public testing::actor_test {
protected:
  admin_scale_test() {
    cast_options options;
    options.job_carriers = slots;
    company = start_cast(system(), settings, catalog, options);
    adopt(company.root);
    settle();
  }

  caf::expected<pool_size> scale(const std::string& queue,
                                 std::uint32_t count) {
    return ask<pool_size>(company.admin.current(), atom::scale_v, queue, count);
  }

  config::settings settings;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  cast company;
};

TEST_F(admin_scale_test, a_queue_has_as_many_workers_as_somebody_says) {
  const auto size = scale("ai-response", 8);
  ASSERT_TRUE(size);
  EXPECT_EQ(size->queue, "ai-response");
  EXPECT_EQ(size->workers, 8u);
  EXPECT_EQ(size->wanted, 8u);
}

TEST_F(admin_scale_test, it_stays_within_its_bounds) {
  EXPECT_EQ(scale("ai-response", 99)->wanted, settings.workers.max);
  EXPECT_EQ(scale("ai-response", 1)->wanted, settings.workers.min);
}

TEST_F(admin_scale_test, where_the_workers_are_outside_nobody_can_say) {
  EXPECT_EQ(code_of(scale("email", 8)), errc::unknown_queue);
  EXPECT_EQ(code_of(scale("nobody", 8)), errc::unknown_queue);
}

}  // namespace
}  // namespace troupe
