// The wheel in virtual time: what is due fires in order of its ticks, never
// early, and arming costs nobody else their turn.

#include "http/timing_wheel.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace troupe::http {
namespace {

using namespace std::chrono_literals;
using time_point = deadline::time_point;

struct probe final : deadline {
  void on_due() override {
    ++fired;
    if (then)
      then();
  }
  int fired = 0;
  std::function<void()> then;
};

const time_point start = time_point{} + 1000h;

TEST(timing_wheel, fires_at_the_first_turn_after_the_deadline_and_only_once) {
  timing_wheel wheel{start};
  probe p;
  wheel.arm(p, start + 100ms);
  wheel.turn(start + 99ms);
  EXPECT_EQ(p.fired, 0);
  wheel.turn(start + 100ms + timing_wheel::tick);
  EXPECT_EQ(p.fired, 1);
  EXPECT_FALSE(p.armed());
  wheel.turn(start + 10h);
  EXPECT_EQ(p.fired, 1);
}

TEST(timing_wheel, a_moved_deadline_fires_at_its_new_time_only) {
  timing_wheel wheel{start};
  probe p;
  wheel.arm(p, start + 100ms);
  wheel.arm(p, start + 1h);
  wheel.turn(start + 1min);
  EXPECT_EQ(p.fired, 0);
  wheel.turn(start + 1h + timing_wheel::tick);
  EXPECT_EQ(p.fired, 1);
}

TEST(timing_wheel, a_disarmed_or_destroyed_deadline_never_fires) {
  timing_wheel wheel{start};
  probe disarmed;
  wheel.arm(disarmed, start + 50ms);
  disarmed.disarm();
  auto destroyed = std::make_unique<probe>();
  wheel.arm(*destroyed, start + 50ms);
  destroyed.reset();
  EXPECT_TRUE(wheel.idle());
  wheel.turn(start + 1s);
  EXPECT_EQ(disarmed.fired, 0);
}

TEST(timing_wheel, what_fires_may_arm_disarm_and_destroy_others_of_its_slot) {
  timing_wheel wheel{start};
  probe first;
  auto second = std::make_unique<probe>();
  wheel.arm(first, start + 50ms);
  wheel.arm(*second, start + 50ms);
  first.then = [&] {
    second.reset();
    if (first.fired == 1)
      wheel.arm(first, start + 200ms);
  };
  wheel.turn(start + 75ms);
  EXPECT_EQ(first.fired, 1);
  wheel.turn(start + 225ms);
  EXPECT_EQ(first.fired, 2);
}

TEST(timing_wheel, a_deadline_in_the_past_fires_at_the_next_turn) {
  timing_wheel wheel{start};
  wheel.turn(start + 10s);
  probe p;
  wheel.arm(p, start);
  wheel.turn(start + 10s + timing_wheel::tick);
  EXPECT_EQ(p.fired, 1);
}

TEST(timing_wheel, random_deadlines_never_fire_early_and_at_most_a_tick_late) {
  std::mt19937_64 random{7};
  timing_wheel wheel{start};
  std::vector<std::unique_ptr<probe>> probes;
  for (int i = 0; i < 2000; ++i) {
    probes.push_back(std::make_unique<probe>());
    wheel.arm(*probes.back(),
              start + std::chrono::milliseconds{random() % 120000});
  }
  for (auto now = start; now < start + 121s; now += timing_wheel::tick) {
    wheel.turn(now);
    for (const auto& p : probes) {
      if (p->fired > 0)
        EXPECT_LE(p->due(), now);
      else
        EXPECT_GT(p->due() + timing_wheel::tick, now);
    }
  }
  EXPECT_TRUE(wheel.idle());
}

}  // namespace
}  // namespace troupe::http
