// The line beside a naive one that looks at every job each time, in random
// schedules; and what it promises under loads made to break it: shares, limits
// in every window, nobody starved.

#include "actors/queue/ready_line.hpp"
#include "tests/actors/queue/line_rig.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace troupe;
using namespace troupe::test;

namespace {

/// In order of their keys; of equal ones who waits longer, then the number.
bool is_before(const kept_job& a, const kept_job& b, job_time aging) {
  const auto key = [aging](const kept_job& j) {
    return std::tuple{j.rank + (priority_max - j.priority) * aging, j.rank,
                      j.number};
  };
  return key(a) < key(b);
}

/// Which level a job lends its group.
job_time level_of(const kept_job& j, job_time aging, job_time now) {
  const auto waited = std::max<job_time>(0, now - j.rank);
  return std::min<job_time>(priority_max, j.priority + waited / aging);
}

/// A line of jobs without a line.
class naive_line {
public:
  explicit naive_line(const config::queue_settings& s) : s_(s) {}

  std::set<kept_job*> waiting;
  std::map<job_group*, int> active;
  std::vector<std::pair<job_time, job_group*>> began;

  /// Those that may begin by the rules: each the first of its group, of the
  /// groups in the highest level; empty = none may.
  std::set<job_number> next(job_time now) const {
    std::map<job_group*, kept_job*> firsts;
    for (auto* j : waiting) {
      if (!may_begin(*j->group, now))
        continue;
      auto& first = firsts[j->group];
      if (first == nullptr || is_before(*j, *first, aging()))
        first = j;
    }
    job_time highest = -1;
    for (const auto& [g, j] : firsts)
      highest = std::max(highest, level_of(*j, aging(), now));
    std::set<job_number> all;
    for (const auto& [g, j] : firsts)
      if (level_of(*j, aging(), now) == highest)
        all.insert(j->number);
    return all;
  }

  std::uint64_t began_since(job_time at, const job_group* g = nullptr) const {
    return static_cast<std::uint64_t>(
        std::count_if(began.begin(), began.end(), [=](const auto& b) {
          return b.first > at && (g == nullptr || b.second == g);
        }));
  }

private:
  job_time aging() const { return s_.aging.count(); }

  bool may_begin(job_group& g, job_time now) const {
    int all = 0;
    for (const auto& [who, count] : active)
      all += count;
    const auto of_group = active.count(&g) > 0 ? active.at(&g) : 0;
    return all < static_cast<int>(s_.concurrency)
           && of_group < static_cast<int>(s_.group_concurrency)
           && began_since(now - s_.rate.per.count()) < s_.rate.max
           && began_since(now - s_.group_rate.per.count(), &g)
                  < s_.group_rate.max;
  }

  const config::queue_settings& s_;
};

/// Random calls to both lines.
class walk {
public:
  explicit walk(unsigned seed) : random_(seed), s_(settings()), rig_(s_) {}

  void go(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFatalFailure(); ++i)
      step();
  }

private:
  unsigned draw(unsigned below) {
    return static_cast<unsigned>(random_()) % below;
  }

  config::queue_settings settings() {
    auto s = no_limits();
    s.aging = std::chrono::milliseconds{1 + draw(300)};
    s.concurrency = 1 + draw(6);
    s.group_concurrency = 1 + draw(3);
    s.rate = {1 + draw(10), std::chrono::milliseconds{1 + draw(100)}};
    s.group_rate = {1 + draw(4), std::chrono::milliseconds{1 + draw(100)}};
    s.weights = {{"g0", 3}, {"g1", 2}};
    return s;
  }

  void step() {
    switch (draw(8)) {
    case 0:
    case 1:
      rig_.now += draw(40);
      break;
    case 2:
    case 3:
      add();
      break;
    case 4:
      end_one();
      break;
    case 5:
      remove_one();
      break;
    default:
      take();
    }
    ASSERT_EQ(rig_.line().size(), naive_.waiting.size());
    ASSERT_EQ(rig_.line().oldest(), oldest());
  }

  void add() {
    auto& j = rig_.add({"g" + std::to_string(draw(4)),
                        static_cast<std::uint8_t>(draw(11)),
                        "t" + std::to_string(draw(2))});
    naive_.waiting.insert(&j);
  }

  void take() {
    const auto next = naive_.next(rig_.now);
    const auto n = rig_.take();
    if (next.empty()) {
      ASSERT_EQ(n, 0u);
      next_call_is_exact();
      return;
    }
    ASSERT_TRUE(next.contains(n)) << n;
    auto& j = rig_.job(n);
    naive_.waiting.erase(&j);
    ++naive_.active[j.group];
    naive_.began.emplace_back(rig_.now, j.group);
    active_.push_back(&j);
  }

  /// At that time something may begin, and nothing before it. (Without a call
  /// a rate only becomes freer, so a millisecond before is enough to ask.)
  void next_call_is_exact() {
    const auto call = rig_.line().next_call(rig_.now);
    ASSERT_TRUE(naive_.next(call.value_or(rig_.now + 300) - 1).empty());
    if (call) {
      ASSERT_GT(*call, rig_.now);
      ASSERT_FALSE(naive_.next(*call).empty());
    }
  }

  void end_one() {
    if (active_.empty())
      return;
    const auto at =
        active_.begin() + draw(static_cast<unsigned>(active_.size()));
    auto& j = **at;
    active_.erase(at);
    --naive_.active[j.group];
    rig_.line().gone(j, rig_.now);
    if (draw(3) == 0) {  // Handed back; else its group is kept, by the job.
      rig_.line().add(j, rig_.now);
      naive_.waiting.insert(&j);
    }
  }

  void remove_one() {
    if (naive_.waiting.empty())
      return;
    auto* j = *std::next(naive_.waiting.begin(),
                         draw(static_cast<unsigned>(naive_.waiting.size())));
    naive_.waiting.erase(j);
    rig_.line().remove(*j, rig_.now);
  }

  std::optional<job_time> oldest() const {
    std::optional<job_time> found;
    for (const auto* j : naive_.waiting)
      found = std::min(found.value_or(j->rank), j->rank);
    return found;
  }

  std::mt19937 random_;
  config::queue_settings s_;
  line_rig rig_;
  naive_line naive_{s_};
  std::vector<kept_job*> active_;
};

}  // namespace

TEST(ready_line_property_test, takes_what_a_naive_line_may_take) {
  for (unsigned seed = 1; seed <= 60 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    walk{seed}.go(1'000);
  }
}

TEST(ready_line_property_test, groups_have_their_weights_share) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random{seed};
    auto s = no_limits();
    double sum = 0;
    for (int g = 0; g < 5; ++g) {
      const auto weight = static_cast<std::uint32_t>(1 + random() % 20);
      s.weights["g" + std::to_string(g)] = weight;
      sum += weight;
    }
    line_rig r{s};
    for (int i = 0; i < 5'000; ++i)
      r.add({"g" + std::to_string(i % 5)});
    std::map<std::string, double> served;
    constexpr int count = 1'000;
    for (int i = 0; i < count; ++i)
      ++served[r.serve()];
    for (const auto& [name, weight] : s.weights)
      EXPECT_NEAR(served[name], count * weight / sum, 2.0)
          << name << " seed " << seed;
  }
}

TEST(ready_line_property_test, newcomers_do_not_starve_who_waits) {
  // Each of the others has one job and one name, and they come as fast as the
  // jobs go: whoever lets newcomers in first serves `a` never again.
  line_rig r;
  for (int i = 0; i < 5; ++i)
    r.add({"a"});
  int name = 0;
  for (int i = 0; i < 10; ++i)
    r.add({std::to_string(name++)});
  int of_a = 0;
  for (int i = 0; i < 60; ++i) {
    of_a += r.serve() == "a";
    r.add({std::to_string(name++)});
    r.now += 1;
  }
  EXPECT_EQ(of_a, 5);  // One in each round of 11.
}

TEST(ready_line_property_test, an_aged_job_goes_before_all_its_group_is_given) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random{seed};
    line_rig r;
    const auto p = static_cast<std::uint8_t>(random() % 11);
    for (int i = 0; i < 20; ++i)  // Some that stand before it.
      r.add({"a", static_cast<std::uint8_t>(random() % 11)});
    const auto n = r.add({"a", p}).number;
    r.now += (priority_max - p) * 1'000;
    const auto before = r.line().size();
    for (std::uint64_t i = 0;; ++i) {
      ASSERT_LT(i, before) << "seed " << seed;
      r.add({"a", priority_critical});
      r.now += random() % 5;
      if (r.take() == n)
        break;
    }
  }
}

TEST(ready_line_property_test, its_group_has_each_nth_job_of_n_groups) {
  // Nine tenants who call everything critical, and one whose old job is low.
  line_rig r;
  const auto n = r.add({"a", priority_low}).number;
  r.now += 10'000;
  for (int i = 0; i < 1'000; ++i)
    r.add({std::to_string(i % 9), priority_critical});
  std::set<job_number> first_ten;
  for (int i = 0; i < 10; ++i)
    first_ten.insert(r.take());
  EXPECT_TRUE(first_ten.contains(n));
}

TEST(ready_line_property_test, nobody_starves_under_a_flood_of_the_urgent) {
  // As many critical jobs come as go. The low one's time is 10 s of aging, and
  // the backlog before it.
  line_rig r;
  const auto n = r.add({"a", priority_low}).number;
  for (int i = 0; i < 50; ++i)
    r.add({i % 2 == 0 ? "a" : "b", priority_critical});
  const auto since = r.now;
  while (r.take() != n) {
    r.now += 10;
    r.add({r.now % 20 == 0 ? "a" : "b", priority_critical});
    ASSERT_LE(r.now - since, 10'000 + 52 * 10);
  }
  EXPECT_GE(r.now - since, 9'000);  // It did have to wait.
}
