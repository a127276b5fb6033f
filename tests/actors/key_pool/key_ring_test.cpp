// Which key serves, and what a call hears when none can.

#include "actors/key_pool/key_ring.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr time_point now{1h};

key_standing stands(key_index i, key_condition c,
                    time_point usable_at = now + 10s, double headroom = 1,
                    std::uint32_t in_flight = 0) {
  key_standing s;
  s.index = i;
  s.condition = c;
  s.usable_at = usable_at;
  s.headroom = headroom;
  s.in_flight = in_flight;
  return s;
}

/// Every key that some random number picks.
std::set<key_index> picks(const key_ring& ring, const call& c) {
  std::set<key_index> result;
  for (std::uint64_t r = 0; r < 1000; ++r) {
    const auto choice = ring.pick(c, now, r);
    EXPECT_EQ(choice.refusal, errc::none);
    result.insert(choice.key);
  }
  return result;
}

TEST(key_ring, equal_keys_all_get_their_turn) {
  const key_ring ring{5};
  EXPECT_EQ(picks(ring, {}), (std::set<key_index>{0, 1, 2, 3, 4}));
}

TEST(key_ring, of_two_keys_it_takes_the_one_with_more_headroom) {
  key_ring ring{2};
  ring.stand(stands(0, key_condition::usable, now, 0.4, 1));
  ring.stand(stands(1, key_condition::usable, now, 0.5, 9));
  EXPECT_EQ(picks(ring, {}), std::set<key_index>{1});
}

TEST(key_ring, a_tie_goes_to_the_key_with_fewer_calls_in_flight) {
  key_ring ring{2};
  ring.sent(1);
  EXPECT_EQ(picks(ring, {}), std::set<key_index>{0});
}

TEST(key_ring, of_many_keys_it_never_takes_the_worst) {
  key_ring ring{4};
  for (key_index i = 0; i < 4; ++i)
    ring.stand(stands(i, key_condition::usable, now, 0.1 * (i + 1)));
  EXPECT_EQ(picks(ring, {}), (std::set<key_index>{1, 2, 3}));
}

TEST(key_ring, avoids_what_declined_and_what_cannot_lend) {
  key_ring ring{4};
  ring.stand(stands(0, key_condition::cooling));
  ring.stand(stands(1, key_condition::busy));
  call c;
  c.declined = {2};
  EXPECT_EQ(picks(ring, c), std::set<key_index>{3});
}

TEST(key_ring, prefers_keys_that_have_not_failed_this_call) {
  key_ring ring{3};
  ring.stand(stands(2, key_condition::usable, now, 0.01));
  call c;
  c.burnt = {0, 1};
  EXPECT_EQ(picks(ring, c), std::set<key_index>{2});
  ring.stand(stands(2, key_condition::spent));
  EXPECT_EQ(picks(ring, c), (std::set<key_index>{0, 1}))
      << "better a burnt key than none";
}

TEST(key_ring, trusts_the_time_a_key_named) {
  key_ring ring{1};
  ring.stand(stands(0, key_condition::cooling, now + 10s));
  EXPECT_EQ(ring.pick({}, now + 10s - 1ns, 0).refusal, errc::keys_cooling);
  EXPECT_EQ(ring.pick({}, now + 10s, 0).refusal, errc::none);
}

TEST(key_ring, names_the_soonest_recovery_of_all_keys) {
  key_ring ring{3};
  ring.stand(stands(0, key_condition::cooling, now + 30s));
  ring.stand(stands(1, key_condition::spent, now + 20s));
  ring.stand(stands(2, key_condition::dead, now + 10s));
  const auto choice = ring.pick({}, now, 7);
  EXPECT_EQ(choice.refusal, errc::keys_cooling);
  EXPECT_EQ(choice.usable_at, now + 20s) << "a dead key does not recover";
}

TEST(key_ring, a_declining_key_is_waited_for_as_it_told_this_call) {
  key_ring ring{2};
  ring.stand(stands(0, key_condition::usable, time_point::min()));
  ring.stand(stands(1, key_condition::cooling, now + 30s));
  call c;
  c.declined = {0};
  c.soonest = now + 5s;
  EXPECT_EQ(ring.pick(c, now, 0).usable_at, now + 5s);
}

TEST(key_ring, says_so_when_all_keys_are_dead) {
  key_ring ring{2};
  ring.stand(stands(0, key_condition::dead));
  ring.stand(stands(1, key_condition::dead));
  EXPECT_EQ(ring.pick({}, now, 0).refusal, errc::keys_dead);
  EXPECT_EQ(ring.pick({}, now + 10s, 0).refusal, errc::none)
      << "until one may be tried again";
  EXPECT_EQ(key_ring{0}.pick({}, now, 0).refusal, errc::keys_dead);
}

TEST(key_ring, over_any_standings_a_call_has_its_answer_after_every_key) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    const auto keys = 1 + random() % 8;
    key_ring ring{keys};
    for (key_index i = 0; i < keys; ++i)
      ring.stand(stands(i, static_cast<key_condition>(random() % 6),
                        now + std::chrono::seconds{random() % 20} - 5s,
                        0.1 * static_cast<double>(random() % 11)));
    call c;
    c.soonest = now + 1h;
    std::size_t asked = 0;
    for (;; ++asked) {
      const auto choice = ring.pick(c, now, random());
      if (choice.refusal != errc::none) {
        EXPECT_GT(choice.usable_at, now);
        break;
      }
      ASSERT_TRUE(is_usable(ring.standings()[choice.key], now));
      ASSERT_EQ(std::count(c.declined.begin(), c.declined.end(), choice.key),
                0);
      c.declined.push_back(choice.key);
    }
    EXPECT_LE(asked, keys);
  }
}

}  // namespace
}  // namespace troupe
