// Which key serves, and what a call hears when none can.

#include "actors/key_pool/key_ring.hpp"
#include "tests/actors/key_pool/rosters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::roster_of;
using enum key_roster::duty;

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
  const key_ring ring{roster_of(5)};
  EXPECT_EQ(picks(ring, {}), (std::set<key_index>{0, 1, 2, 3, 4}));
}

TEST(key_ring, of_two_keys_it_takes_the_one_with_more_headroom) {
  key_ring ring{roster_of(2)};
  ring.stand(stands(0, key_condition::usable, now, 0.4, 1));
  ring.stand(stands(1, key_condition::usable, now, 0.5, 9));
  EXPECT_EQ(picks(ring, {}), std::set<key_index>{1});
}

TEST(key_ring, a_tie_goes_to_the_key_with_fewer_calls_in_flight) {
  key_ring ring{roster_of(2)};
  ring.sent(1, 10, now);
  EXPECT_EQ(picks(ring, {}), std::set<key_index>{0});
}

TEST(key_ring, of_many_keys_it_never_takes_the_worst) {
  key_ring ring{roster_of(4)};
  for (key_index i = 0; i < 4; ++i)
    ring.stand(stands(i, key_condition::usable, now, 0.1 * (i + 1)));
  EXPECT_EQ(picks(ring, {}), (std::set<key_index>{1, 2, 3}));
}

TEST(key_ring, avoids_what_declined_and_what_cannot_lend) {
  key_ring ring{roster_of(4)};
  ring.stand(stands(0, key_condition::cooling));
  ring.stand(stands(1, key_condition::busy));
  call c;
  c.declined = {2};
  EXPECT_EQ(picks(ring, c), std::set<key_index>{3});
}

TEST(key_ring, prefers_keys_that_have_not_failed_this_call) {
  key_ring ring{roster_of(3)};
  ring.stand(stands(2, key_condition::usable, now, 0.01));
  call c;
  c.burnt = {0, 1};
  EXPECT_EQ(picks(ring, c), std::set<key_index>{2});
  ring.stand(stands(2, key_condition::spent));
  EXPECT_EQ(picks(ring, c), (std::set<key_index>{0, 1}))
      << "better a burnt key than none";
}

TEST(key_ring, trusts_the_time_a_key_named) {
  key_ring ring{roster_of(1)};
  ring.stand(stands(0, key_condition::cooling, now + 10s));
  EXPECT_EQ(ring.pick({}, now + 10s - 1ns, 0).refusal, errc::keys_cooling);
  EXPECT_EQ(ring.pick({}, now + 10s, 0).refusal, errc::none);
}

TEST(key_ring, names_the_soonest_recovery_of_all_keys) {
  key_ring ring{roster_of(3)};
  ring.stand(stands(0, key_condition::cooling, now + 30s));
  ring.stand(stands(1, key_condition::spent, now + 20s));
  ring.stand(stands(2, key_condition::dead, now + 10s));
  const auto choice = ring.pick({}, now, 7);
  EXPECT_EQ(choice.refusal, errc::keys_cooling);
  EXPECT_EQ(choice.usable_at, now + 20s) << "a dead key does not recover";
}

TEST(key_ring, a_declining_key_is_waited_for_as_it_told_this_call) {
  key_ring ring{roster_of(2)};
  ring.stand(stands(0, key_condition::usable, time_point::min()));
  ring.stand(stands(1, key_condition::cooling, now + 30s));
  call c;
  c.declined = {0};
  c.soonest = now + 5s;
  EXPECT_EQ(ring.pick(c, now, 0).usable_at, now + 5s);
}

TEST(key_ring, says_so_when_all_keys_are_dead) {
  key_ring ring{roster_of(2)};
  ring.stand(stands(0, key_condition::dead));
  ring.stand(stands(1, key_condition::dead));
  EXPECT_EQ(ring.pick({}, now, 0).refusal, errc::keys_dead);
  EXPECT_EQ(ring.pick({}, now + 10s, 0).refusal, errc::none)
      << "until one may be tried again";
  EXPECT_EQ(key_ring{roster_of(0)}.pick({}, now, 0).refusal, errc::keys_dead);
}

key_standing rooms(key_index i, std::uint32_t calls, std::uint64_t tokens) {
  auto s = stands(i, key_condition::usable, now, 0.5);
  s.calls_free = calls;
  s.tokens_free = tokens;
  return s;
}

call call_of(std::uint64_t tokens) {
  call c;
  c.tokens_estimated = tokens;
  return c;
}

TEST(key_ring, sends_no_key_what_its_limits_would_refuse) {
  key_ring ring{roster_of(4)};
  ring.stand(rooms(0, 0, 1000));
  ring.stand(rooms(1, 9, 99));
  ring.stand(rooms(2, 1, 100));
  ring.stand(rooms(3, 0, 0));
  EXPECT_EQ(picks(ring, call_of(100)), std::set<key_index>{2});
  EXPECT_EQ(picks(ring, call_of(99)), (std::set<key_index>{1, 2}));
}

TEST(key_ring, what_was_sent_counts_until_it_is_answered) {
  key_ring ring{roster_of(1)};
  ring.stand(rooms(0, 2, 100));
  EXPECT_EQ(ring.room(now), 100u);
  ring.sent(0, 60, now);
  EXPECT_EQ(ring.room(now), 40u);
  ring.stand(rooms(0, 2, 100));
  EXPECT_EQ(ring.room(now), 40u) << "it speaks of an earlier moment";
  ring.sent(0, 10, now);
  EXPECT_EQ(ring.room(now), 0u) << "two calls, and it has room for two";
  ring.answered(0, 60);
  ring.answered(0, 10);
  ring.stand(rooms(0, 1, 35));
  EXPECT_EQ(ring.room(now), 35u);
}

TEST(key_ring, a_key_that_is_past_its_time_is_asked_once) {
  key_ring ring{roster_of(1)};
  ring.stand(stands(0, key_condition::cooling, now));
  EXPECT_EQ(ring.pick({}, now, 0).refusal, errc::none);
  ring.sent(0, 10, now);
  EXPECT_EQ(ring.pick({}, now, 0).refusal, errc::keys_cooling)
      << "until its answer is in";
}

TEST(key_ring, a_key_that_is_short_is_asked_when_it_has_room) {
  key_ring ring{roster_of(1)};
  ring.stand(rooms(0, 9, 40));
  auto c = call_of(60);
  EXPECT_EQ(ring.pick(c, now, 0).refusal, errc::none) << "only it can tell";
  EXPECT_EQ(ring.room(now), 40u) << "though it has no room";
  c.soonest = now + 7s;
  ring.declined(0, c, now);
  EXPECT_EQ(ring.pick(call_of(60), now, 0).refusal, errc::keys_cooling);
  EXPECT_EQ(ring.pick(call_of(60), now, 0).usable_at, now + 7s);
  EXPECT_EQ(ring.next_room(now), now + 7s);
  EXPECT_EQ(ring.unknown(60, now), std::nullopt);
  EXPECT_EQ(ring.unknown(50, now), 0u) << "a smaller one may fit before";
  EXPECT_EQ(ring.pick(call_of(60), now + 7s, 0).refusal, errc::none);
  EXPECT_GE(ring.room(now + 7s), 60u);
}

TEST(key_ring, believes_what_a_key_does_more_than_what_it_says) {
  key_ring ring{roster_of(1)};
  auto c = call_of(60);
  c.soonest = now;  // Says so, but has just declined.
  ring.declined(0, c, now);
  EXPECT_EQ(ring.room(now), 59u);
  EXPECT_EQ(ring.pick(call_of(60), now, 0).refusal, errc::keys_cooling);
  ring.stand(stands(0, key_condition::cooling, now));
  ring.declined(0, c, now);
  EXPECT_EQ(ring.pick(call_of(60), now, 0).refusal, errc::keys_cooling);
}

TEST(key_ring, of_two_keys_it_takes_the_one_with_the_better_score) {
  struct row {
    double headroom_0, headroom_1;
    std::chrono::milliseconds first_byte_0, first_byte_1;
    key_index better;
  };
  for (const auto& r : {
           row{1, 0.51, 800ms, 400ms, 1},  // Half as fast needs twice the room.
           row{1, 0.49, 800ms, 400ms, 0},
           row{1, 0.9, 40ms, 1ms, 0},   // Both are as fast as can be.
           row{1, 0.9, 800ms, 0ms, 0},  // As fast as the fastest that is known.
           row{0.9, 1, 0ms, 0ms, 1},
           row{0.2, 0.1, 0ms, 400ms, 0},
       }) {
    key_ring ring{roster_of(2)};
    auto a = stands(0, key_condition::usable, now, r.headroom_0);
    a.first_byte = r.first_byte_0;
    auto b = stands(1, key_condition::usable, now, r.headroom_1);
    b.first_byte = r.first_byte_1;
    ring.stand(a);
    ring.stand(b);
    EXPECT_EQ(picks(ring, {}), std::set<key_index>{r.better})
        << r.headroom_0 << " " << r.headroom_1;
  }
}

TEST(key_ring, a_conversation_has_its_key) {
  key_ring ring{roster_of(5)};
  std::map<key_index, int> shares;
  for (std::uint64_t affinity = 1; affinity <= 300; ++affinity) {
    call c;
    c.affinity = affinity;
    const auto own = picks(ring, c);
    ASSERT_EQ(own.size(), 1u);
    ++shares[*own.begin()];
  }
  for (key_index i = 0; i < 5; ++i)
    EXPECT_NEAR(shares[i], 60, 25) << "and every key its conversations";
}

TEST(key_ring, a_conversation_leaves_its_key_for_good_reason_only) {
  call c;
  c.affinity = 42;
  const auto own = *picks(key_ring{roster_of(3)}, c).begin();
  const auto others = [&](const key_standing& s, const call& of) {
    key_ring ring{roster_of(3)};
    ring.stand(s);
    const auto found = picks(ring, of);
    return !found.contains(own);
  };
  auto low = stands(own, key_condition::usable, now, key_ring::sticky_reserve);
  low.first_byte = 10s;
  EXPECT_FALSE(others(low, c)) << "others are better, but not its own";
  low.headroom -= 0.001;
  EXPECT_TRUE(others(low, c));
  EXPECT_TRUE(others(stands(own, key_condition::cooling), c));
  auto burnt = c;
  burnt.burnt = {own};
  EXPECT_TRUE(others(stands(own, key_condition::usable), burnt));
  auto declined = c;
  declined.declined = {own};
  EXPECT_TRUE(others(stands(own, key_condition::usable), declined));
  EXPECT_TRUE(others(rooms(own, 9, 9), [&] {
    auto big = c;
    big.tokens_estimated = 10;
    return big;
  }()));
}

// Where each of a thousand conversations goes.
std::vector<key_index> homes(const key_ring& ring) {
  std::vector<key_index> result;
  for (std::uint64_t affinity = 1; affinity <= 1000; ++affinity) {
    call c;
    c.affinity = affinity;
    result.push_back(ring.pick(c, now, affinity).key);
  }
  return result;
}

TEST(key_ring, a_key_that_goes_moves_only_its_own_conversations) {
  key_ring ring{roster_of(5)};
  const auto before = homes(ring);
  for (const auto duty : {drains, gone}) {
    ring.adopt(roster_of({lends, lends, duty, lends, lends}));
    const auto after = homes(ring);
    for (std::size_t i = 0; i < before.size(); ++i)
      if (before[i] != 2)
        ASSERT_EQ(after[i], before[i]);
      else
        ASSERT_NE(after[i], 2u);
  }
}

TEST(key_ring, a_key_that_comes_moves_only_what_it_gets) {
  key_ring ring{roster_of(5)};
  const auto before = homes(ring);
  ring.adopt(roster_of(6));
  const auto after = homes(ring);
  int moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (after[i] != before[i]) {
      ASSERT_EQ(after[i], 5u);
      ++moved;
    }
  EXPECT_NEAR(moved, 1000 / 6, 60);
}

TEST(key_ring, a_new_roster_keeps_what_is_known_of_who_stays) {
  key_ring ring{roster_of(3)};
  ring.stand(stands(0, key_condition::cooling, now + 10s));
  ring.stand(stands(1, key_condition::cooling, now + 20s));
  ring.stand(stands(2, key_condition::cooling, now + 30s));
  ring.adopt(roster_of({gone, drains, lends, lends}));
  EXPECT_EQ(ring.standings()[1].condition, key_condition::cooling);
  EXPECT_EQ(ring.standings()[2].usable_at, now + 30s);
  EXPECT_EQ(picks(ring, {}), std::set<key_index>{3});
  ring.adopt(roster_of({lends, drains, lends, gone}));
  EXPECT_EQ(picks(ring, {}), std::set<key_index>{0}) << "known no more";
  ring.stand(stands(9, key_condition::cooling));  // Announced early: no harm.
}

TEST(key_ring, keys_that_do_not_lend_are_not_waited_for) {
  key_ring ring{roster_of({drains, gone})};
  EXPECT_EQ(ring.pick({}, now, 0).refusal, errc::keys_dead);
  EXPECT_EQ(ring.pick({}, now, 0).usable_at, time_point::max());
  EXPECT_FALSE(ring.is_dead()) << "nobody refuses them";
  EXPECT_EQ(ring.room(now), 0u);
}

TEST(key_ring, over_any_standings_a_call_has_its_answer_after_every_key) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    const auto keys = 1 + random() % 8;
    key_ring ring{roster_of(keys)};
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
