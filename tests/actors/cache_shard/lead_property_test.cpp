// Leads and waits under random traffic: by who was told what, it is checked
// that at most one leads for a key, that everybody hears once and in time, and
// that nothing from before a purge is ever given. A failure names its seed.

#include "actors/cache_shard/cache_keeper.hpp"

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

cache_keeper_options roomy() {
  return {.bounds = {.entries_max = 1'000'000, .bytes_max = 1ull << 40},
          .waiting = {},
          .seed = 0xfeed};
}

/// Many who ask, some who lead, some who bring what they led.
class crowd {
public:
  explicit crowd(std::uint32_t seed) : random_(seed) {}

  void step() {
    now_ += std::chrono::milliseconds{below(3)};
    const auto what = below(12);
    if (what < 6)
      ask();
    else if (what < 9)
      bring();
    else if (what == 9)
      purge();
    else
      keeper_.sweep(now_, out_);
    hear();
  }

  // After all leads and waits are over nobody may be left.
  void end() {
    for (int i = 0; i < 400; ++i) {
      now_ += 50ms;
      keeper_.sweep(now_, out_);
      hear();
    }
    ASSERT_TRUE(waiting_.empty()) << waiting_.size() << " never heard";
  }

  std::uint64_t told_later = 0;
  std::uint64_t refused = 0;

private:
  struct lead {
    std::string name;
    std::uint64_t token = 0;
    std::uint64_t generation = 0;  // How often it was purged before.
    cache_keeper::time_point until;
  };

  struct asked {
    cache_question wants;
    cache_keeper::time_point at;
    std::uint64_t generation = 0;
  };

  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(random_() % n);
  }

  static cache_key key_of(const std::string& name) {
    return {cache_space::completion, "t", name};
  }

  void ask() {
    cache_question q;
    q.key = key_of("k" + std::to_string(below(8)));
    q.lead_ms = below(4) == 0 ? 0 : 1 + below(60);
    q.wait_ms = below(3) == 0 ? 0 : 1 + below(100);
    q.stale_is_good = below(3) == 0;
    q.refresh = below(6) == 0;
    waiting_[++number_] = {q, now_, generation_[q.key.name]};
    const auto got = keeper_.find(number_, {q}, now_, out_);
    hear();  // Whom a lead that has ended was passed on to.
    if (got)
      told(number_, got->front());
    else
      ++told_later;
  }

  void bring() {
    if (leads_.empty())
      return;
    const auto at = below(static_cast<std::uint32_t>(leads_.size()));
    const auto l = leads_[at];
    leads_.erase(leads_.begin() + at);
    cache_change c;
    c.key = key_of(l.name);
    c.token = l.token;
    c.verb = below(4) == 0 ? cache_verb::yield : cache_verb::keep;
    c.entry.value = shared_bytes{std::to_string(l.generation)};
    c.ttl_ms = below(30);
    c.stale_ms = below(30);
    const auto got = keeper_.change({c}, now_, out_).front();
    const bool in_time = now_ < l.until && held_[l.name] == l.token;
    const bool is_old = l.generation != generation_[l.name];
    const bool expected = in_time && (c.verb == cache_verb::yield || !is_old);
    ASSERT_EQ(got.outcome,
              expected ? cache_outcome::done : cache_outcome::lead_lost);
    refused += !expected;
    if (in_time && held_[l.name] == l.token)
      held_[l.name] = 0;
  }

  void purge() {
    const auto name = "k" + std::to_string(below(8));
    if (below(2) == 0) {
      cache_change c;
      c.key = key_of(name);
      c.verb = cache_verb::remove;
      keeper_.change({c}, now_, out_);
      hear();  // A lead that was passed on just before is old by now.
      ++generation_[name];
    } else {
      ++generation_[name];
      keeper_.purge(++number_,
                    {.space = cache_space::completion,
                     .tenant = "t",
                     .pattern = below(2) == 0 ? name : name + "*",
                     .tag = ""},
                    now_, out_);
    }
  }

  void hear() {
    for (const auto& a : out_.found)
      told(a.question, a.findings.front());
    out_.found.clear();
    out_.purged.clear();
  }

  void told(std::uint64_t number, const cache_finding& f) {
    const auto who = waiting_.find(number);
    ASSERT_NE(who, waiting_.end()) << "told twice";
    const auto was = who->second;
    const auto& name = was.wants.key.name;
    waiting_.erase(who);
    ASSERT_LE(now_ - was.at,
              std::chrono::milliseconds{was.wants.wait_ms + 200});
    if (f.state == cache_state::lead) {
      ASSERT_GT(was.wants.lead_ms, 0u);
      ASSERT_TRUE(tokens_.insert(f.token).second) << "a token came twice";
      for (const auto& l : leads_)
        ASSERT_FALSE(l.name == name && held_[name] == l.token && now_ < l.until)
            << "two lead at once";
      held_[name] = f.token;
      leads_.push_back({name, f.token, generation_[name],
                        now_ + std::chrono::milliseconds{was.wants.lead_ms}});
    } else if (f.state == cache_state::fresh || f.state == cache_state::stale) {
      ASSERT_EQ(f.entry.value.view(), std::to_string(generation_[name]))
          << "content from before a purge";
    } else if (f.state == cache_state::busy) {
      ASSERT_EQ(f.token, held_[name]);
    }
  }

  std::mt19937 random_;
  cache_keeper keeper_{roomy()};
  cache_keeper::outbox out_;
  cache_keeper::time_point now_{1h};
  std::uint64_t number_ = 0;
  std::map<std::uint64_t, asked> waiting_;
  std::vector<lead> leads_;
  std::map<std::string, std::uint64_t> held_;  // The token that leads.
  std::map<std::string, std::uint64_t> generation_;
  std::set<std::uint64_t> tokens_;
};

TEST(lead_property_test, one_leads_all_hear_once_and_nothing_old_comes_back) {
  std::uint64_t told_later = 0;
  std::uint64_t refused = 0;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    crowd all{seed};
    for (int i = 0; i < 20'000; ++i) {
      all.step();
      ASSERT_FALSE(::testing::Test::HasFatalFailure())
          << "seed " << seed << " step " << i;
    }
    all.end();
    told_later += all.told_later;
    refused += all.refused;
  }
  EXPECT_GT(told_later, 10'000u);
  EXPECT_GT(refused, 1'000u);
}

}  // namespace
}  // namespace troupe
