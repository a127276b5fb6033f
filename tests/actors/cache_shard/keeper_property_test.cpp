// A shard's brain under random traffic.
//
// Beside a model with the same rules while nothing has to go; with bounds so
// tight that much has to, by what must always hold; and with leads and waits,
// by who was told what. A failure names its seed.

#include "actors/cache_shard/cache_keeper.hpp"
#include "tests/actors/cache_shard/keeper_model.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::keeper_model;

const std::vector<std::string> tag_names{"red", "green", "blue"};
const std::vector<std::string> patterns{"k1",  "k*",  "k?",   "*7",
                                        "k1?", "*1*", "k\\*", "x*"};

class traffic {
public:
  explicit traffic(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(random_() % n);
  }

  cache_key key(std::uint32_t names) {
    return {static_cast<cache_space>(below(3)), "t" + std::to_string(below(3)),
            "k" + std::to_string(below(names))};
  }

  cache_entry entry(std::uint32_t size_max) {
    cache_entry e;
    e.value = shared_bytes{std::string(below(size_max), 'v')};
    e.negative = below(8) == 0;
    if (below(3) == 0)
      e.tags = {tag_names[below(3)]};
    return e;
  }

  cache_purge purge() {
    cache_purge p;
    p.space = static_cast<cache_space>(below(3));
    p.tenant = "t" + std::to_string(below(3));
    p.every_tenant = below(2) == 0;
    (below(2) == 0 ? p.tag : p.pattern) = "";
    if (below(2) == 0)
      p.tag = tag_names[below(3)];
    else
      p.pattern = patterns[below(static_cast<std::uint32_t>(patterns.size()))];
    return p;
  }

private:
  std::mt19937 random_;
};

cache_keeper_options roomy() {
  return {.bounds = {.entries_max = 1'000'000, .bytes_max = 1ull << 40},
          .waiting = {},
          .seed = 0xfeed};
}

/// One keeper and one model, hearing the same.
class side_by_side {
public:
  explicit side_by_side(std::uint32_t seed) : t_(seed) {}

  void step() {
    now_ += std::chrono::milliseconds{t_.below(4)};
    switch (t_.below(32)) {
    case 0:
      return purge();
    case 1:
      return sweep();
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
      return change();
    default:
      return find();
    }
  }

  std::uint64_t found = 0;

private:
  static constexpr std::uint32_t names = 12;

  void find() {
    cache_question q;
    q.key = t_.key(names);
    if (t_.below(4) == 0)
      q.max_age_ms = t_.below(600);
    q.refresh = t_.below(10) == 0;
    q.stale_is_good = t_.below(2) == 0;
    const auto got = keeper_.find(++number_, {q}, now_, out_);
    ASSERT_TRUE(got);
    const auto& f = got->front();
    ASSERT_EQ(f.state, model_.find(q, now_));
    if (f.state == cache_state::absent)
      return;
    ++found;
    const auto* e = model_.get_entry(q.key, now_);
    ASSERT_EQ(f.etag, e->etag);
    ASSERT_EQ(f.age_ms, static_cast<std::uint64_t>((now_ - e->kept) / 1ms));
    if (f.state != cache_state::negative) {
      ASSERT_EQ(f.entry.value, e->what.value);
    }
  }

  void change() {
    cache_change c;
    c.key = t_.key(names);
    c.verb = t_.below(5) == 0 ? cache_verb::remove : cache_verb::keep;
    c.entry = t_.entry(30);
    c.ttl_ms = t_.below(1000);
    c.stale_ms = t_.below(500);
    c.if_absent = t_.below(6) == 0;
    if (const auto* e = model_.get_entry(c.key, now_);
        e != nullptr && t_.below(4) == 0)
      c.if_match = e->etag + t_.below(2);
    const auto expected = model_.change(c, now_);
    const auto got = keeper_.change({c}, now_, out_).front();
    ASSERT_EQ(got.outcome, expected.outcome);
    ASSERT_EQ(got.created, expected.created);
    if (got.outcome == cache_outcome::changed) {
      ASSERT_EQ(got.etag, expected.etag);
    } else if (c.verb == cache_verb::keep) {
      ASSERT_TRUE(etags_.insert(got.etag).second) << "an etag came twice";
      model_.set_etag(c.key, got.etag);
    }
  }

  // Counts come when a pass is over: not always at once.
  void purge() {
    const auto p = t_.purge();
    counts_[++number_] = model_.purge(p, now_);
    keeper_.purge(number_, p, now_, out_);
    compare_counts();
  }

  void sweep() {
    while (keeper_.sweep(now_, out_)) {
    }
    compare_counts();
    ASSERT_EQ(keeper_.entries().entries(), model_.live(now_));
  }

  void compare_counts() {
    for (const auto& p : out_.purged) {
      ASSERT_EQ(p.count, counts_.at(p.asker));
      counts_.erase(p.asker);
    }
    out_.purged.clear();
  }

  traffic t_;
  cache_keeper keeper_{roomy()};
  keeper_model model_;
  cache_keeper::outbox out_;
  cache_keeper::time_point now_{1h};
  std::uint64_t number_ = 0;
  std::map<std::uint64_t, std::uint64_t> counts_;
  std::set<std::uint64_t> etags_;
};

TEST(keeper_property_test, does_what_a_plain_map_with_the_same_rules_does) {
  std::uint64_t found = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    side_by_side both{seed};
    for (int i = 0; i < 20'000; ++i) {
      both.step();
      ASSERT_FALSE(::testing::Test::HasFatalFailure())
          << "seed " << seed << " step " << i;
    }
    found += both.found;
  }
  EXPECT_GT(found, 50'000u) << "the traffic finds too little to say much";
}

// Slices: more entries than one look goes through, and purges on top of each
// other.
TEST(keeper_property_test, purges_hold_at_once_while_their_passes_go_on) {
  cache_keeper keeper{roomy()};
  keeper_model model;
  cache_keeper::outbox out;
  traffic t{3};
  const cache_keeper::time_point now{1h};
  std::map<std::uint64_t, std::uint64_t> counts;
  std::uint64_t number = 0;
  std::size_t late = 0;
  for (int round = 0; round < 300; ++round) {
    for (int i = 0; i < 300; ++i) {
      cache_change c;
      c.key = t.key(3000);
      c.entry = t.entry(10);
      c.ttl_ms = 1000;
      model.change(c, now);
      model.set_etag(c.key, keeper.change({c}, now, out).front().etag);
    }
    for (auto n = t.below(100); n > 0; --n) {
      auto p = t.purge();
      p.pattern += p.pattern.empty() ? "" : std::to_string(t.below(10)) + "*";
      counts[++number] = model.purge(p, now);
      late += keeper.purge(number, p, now, out);
    }
    for (int i = 0; i < 100; ++i) {
      cache_question q;
      q.key = t.key(3000);
      ASSERT_EQ(keeper.find(++number, {q}, now, out)->front().state,
                model.find(q, now))
          << q.key.name;
    }
    for (const auto& p : out.purged)
      ASSERT_EQ(p.count, counts.at(p.asker));
    out.purged.clear();
  }
  EXPECT_GT(late, 1000u) << "no pass took more than one look";
}

TEST(keeper_property_test, never_holds_more_than_it_may) {
  const shelf_bounds bounds{.entries_max = 100,
                            .bytes_max = 100'000,
                            .tenant_entries_max = 50,
                            .tenant_bytes_max = 30'000};
  auto options = roomy();
  options.bounds = bounds;
  cache_keeper keeper{options};
  cache_keeper::outbox out;
  traffic t{5};
  std::uint64_t number = 0;
  std::uint64_t too_large = 0;
  cache_keeper::time_point now{1h};
  for (int i = 0; i < 200'000; ++i) {
    now += 1ms;
    cache_change c;
    c.key = t.key(100);
    c.entry = t.entry(t.below(50) == 0 ? 40'000 : 1500);
    c.ttl_ms = 10'000;
    const auto got = keeper.change({c}, now, out).front();
    too_large += got.outcome == cache_outcome::too_large;
    if (got.outcome == cache_outcome::done) {
      cache_question q;
      q.key = c.key;
      ASSERT_NE(keeper.find(++number, {q}, now, out)->front().state,
                cache_state::absent)
          << "what was used last went first";
    }
    std::uint64_t bytes = 0;
    for (const auto* name : {"t0", "t1", "t2"}) {
      std::uint64_t entries = 0;
      std::uint64_t of_tenant = 0;
      for (std::uint8_t s = 0; s < 3; ++s) {
        const auto x =
            keeper.entries().statistics(static_cast<cache_space>(s), name);
        entries += x.entries;
        of_tenant += x.bytes;
      }
      ASSERT_LE(entries, bounds.tenant_entries_max);
      ASSERT_LE(of_tenant, bounds.tenant_bytes_max);
      bytes += of_tenant;
    }
    ASSERT_EQ(bytes, keeper.entries().bytes());
    ASSERT_LE(keeper.entries().entries(), bounds.entries_max);
    ASSERT_LE(bytes, bounds.bytes_max);
  }
  EXPECT_GT(too_large, 100u);
}

}  // namespace
}  // namespace troupe
