// W-TinyLFU keeps what is asked for often: its rules one by one, and that it
// never loses count of who is there.

#include "actors/cache_shard/tiny_lfu.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace troupe {
namespace {

// A cache of bare keys, as a shard uses its retention.
class keys {
public:
  explicit keys(std::size_t max) : max_(max), who_(max, 1) {}

  bool ask(std::uint64_t key) {
    const auto found = slots_.find(key);
    if (found == slots_.end()) {
      who_.missed(hash_of(key));
      return false;
    }
    who_.used(found->second);
    return true;
  }

  void keep(std::uint64_t key) {
    auto s = static_cast<retention::slot>(by_slot_.size());
    if (!free_.empty()) {
      s = *free_.begin();
      free_.erase(free_.begin());
    }
    by_slot_[s] = key;
    slots_[key] = s;
    who_.added(s, hash_of(key));
    while (slots_.size() > max_)
      drop_one();
  }

  bool ask_and_keep(std::uint64_t key) {
    const bool hit = ask(key);
    if (!hit)
      keep(key);
    return hit;
  }

  void remove(std::uint64_t key) {
    const auto s = slots_.at(key);
    who_.removed(s);
    slots_.erase(key);
    free_.insert(s);
  }

  bool has(std::uint64_t key) const { return slots_.contains(key); }
  std::size_t size() const { return slots_.size(); }
  std::uint64_t any() const { return slots_.begin()->first; }

private:
  static std::uint64_t hash_of(std::uint64_t key) {
    return std::mt19937_64{key}();
  }

  void drop_one() {
    const auto s = who_.victim();
    ASSERT_TRUE(by_slot_.contains(s) && !free_.contains(s))
        << "a victim that is not there";
    remove(by_slot_.at(s));
  }

  std::size_t max_;
  tiny_lfu who_;
  std::map<retention::slot, std::uint64_t> by_slot_;
  std::map<std::uint64_t, retention::slot> slots_;
  std::set<retention::slot> free_;
};

TEST(tiny_lfu, keeps_what_is_asked_for_often_through_a_scan) {
  keys cache{100};
  for (int round = 0; round < 5; ++round)
    for (std::uint64_t k = 0; k < 70; ++k)
      cache.ask_and_keep(k);
  for (std::uint64_t k = 1000; k < 1500; ++k)
    cache.ask_and_keep(k);
  std::size_t left = 0;
  for (std::uint64_t k = 0; k < 70; ++k)
    left += cache.has(k);
  EXPECT_GE(left, 60u) << "the oldest-first rule would have kept none";
}

TEST(tiny_lfu, keeps_the_newest_fifth_whatever_it_is) {
  keys cache{100};
  for (int round = 0; round < 20; ++round)
    for (std::uint64_t k = 0; k < 100; ++k)
      cache.ask_and_keep(k);
  for (std::uint64_t k = 1000; k < 1500; ++k) {
    cache.keep(k);
    if (k >= 1020) {
      EXPECT_TRUE(cache.has(k - 19));
    }
  }
}

TEST(tiny_lfu, forgets_yesterdays_favourites) {
  keys cache{100};
  for (int round = 0; round < 50; ++round)
    for (std::uint64_t k = 0; k < 100; ++k)
      cache.ask_and_keep(k);
  for (int round = 0; round < 100; ++round)
    for (std::uint64_t k = 500; k < 580; ++k)
      cache.ask_and_keep(k);
  std::size_t there = 0;
  for (std::uint64_t k = 500; k < 580; ++k)
    there += cache.has(k);
  EXPECT_GE(there, 75u);
}

TEST(tiny_lfu, holds_one_entry_where_there_is_room_for_one) {
  keys cache{1};
  for (std::uint64_t k = 0; k < 100; ++k) {
    cache.keep(k);
    EXPECT_EQ(cache.size(), 1u);
  }
}

TEST(tiny_lfu, never_loses_count_in_a_million_random_steps) {
  std::mt19937_64 draws{7};
  keys cache{64};
  for (int step = 0; step < 1'000'000; ++step) {
    const auto key = draws() % 200;
    if (draws() % 16 == 0 && cache.size() > 0)
      cache.remove(cache.any());
    else
      cache.ask_and_keep(key);
    ASSERT_LE(cache.size(), 64u);
  }
}

TEST(frequency_sketch, never_guesses_too_low_before_it_ages) {
  frequency_sketch sketch{1000};
  std::mt19937_64 draws{3};
  std::map<std::uint64_t, std::uint32_t> truth;
  for (int i = 0; i < 5000; ++i) {
    const auto hash = std::mt19937_64{draws() % 800}();
    sketch.count(hash);
    ++truth[hash];
  }
  std::size_t exact = 0;
  for (const auto& [hash, times] : truth) {
    EXPECT_GE(sketch.frequency(hash),
              std::min(times, frequency_sketch::count_max));
    exact += sketch.frequency(hash) == times;
  }
  EXPECT_GE(exact, truth.size() * 9 / 10);
}

TEST(frequency_sketch, halves_everything_in_time) {
  frequency_sketch sketch{100};
  for (int i = 0; i < 12; ++i)
    sketch.count(42);
  EXPECT_EQ(sketch.frequency(42), 12u);
  for (std::uint64_t i = 0; i < 1000; ++i)
    sketch.count(std::mt19937_64{i}());
  EXPECT_LE(sketch.frequency(42), 7u);
}

}  // namespace
}  // namespace troupe
