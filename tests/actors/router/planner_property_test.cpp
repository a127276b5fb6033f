// The planner over random schedules: many calls at several targets, with random
// faults, pools without keys, waits, reloads and lost calls. Whatever happens,
// its rules hold and every call ends. A failure names its seed.

#include "actors/router/planner.hpp"
#include "tests/support/planner_test.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <random>
#include <set>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using deed = planner::step::deed;

// A call, and what the test knows of it.
struct guest {
  call is;
  bool is_lent = false;  // Else it waits until `wakes`.
  time_point wakes;
  std::set<std::string> barred;  // Names of targets.
  bool was_failed = false;
  int steps = 0;
};

class planner_property_test : public testing::planner_test {
protected:
  void begin_world(unsigned seed) {
    random.seed(seed);
    guests.clear();
    open_until.clear();
    targets = 1 + some(4);
    settings =
        testing::serving(targets, static_cast<config::strategy>(some(4)));
    attempts = 1 + some(8);
    for (std::size_t i = 0; i < targets; ++i) {
      auto& p = testing::provider_at(settings, i);
      p.retry.attempts = attempts;
      p.breaker.open_after = 1 + some(5);
      settings.models[0].targets[i].context = 1000 * some(3);
    }
    start();
  }

  std::uint32_t some(std::uint32_t below) {
    return static_cast<std::uint32_t>(random() % below);
  }

  std::string target_of(const guest& g) const {
    return g.is.routes->targets()[g.is.candidates[g.is.turn].target].name;
  }

  void arrive() {
    guests.emplace_back();
    auto& g = guests.back();
    g.is = fresh_call();
    g.is.deadline =
        some(4) ? now + std::chrono::seconds{some(300)} : time_point::max();
    follow(g, plan->begin(g.is, now));
  }

  // Something happens to a call: it wakes, or its loan ends somehow.
  void move(guest& g) {
    if (!g.is_lent) {
      // Time leaps only when nobody is out: a probe's patience is not at issue.
      if (std::ranges::none_of(guests, &guest::is_lent))
        now = std::max(now, g.wakes);
      if (now >= g.wakes)
        follow(g, plan->resume(g.is, now));
    } else if (some(4) == 0) {
      postpone_some(g);
    } else if (some(20) == 0) {
      plan->dropped(g.is, now);
      g.steps = -1;
    } else if (some(3) == 0) {
      report(g.is, some(10) ? fault::none : fault::transient);
      g.steps = -1;
    } else {
      fail_some(g);
    }
  }

  void postpone_some(guest& g) {
    const bool never = some(5) == 0;
    if (never)
      g.barred.insert(target_of(g));
    follow(g, plan->postponed(
                  g.is,
                  never ? time_point::max()
                        : now + std::chrono::milliseconds{some(3)} * some(5000),
                  now));
  }

  void fail_some(guest& g) {
    const auto f =
        some(2)
            ? fault::transient
            : static_cast<fault>(some(static_cast<unsigned>(fault::count_)));
    const bool refuses = f == fault::client || f == fault::content_filter;
    if (f == fault::context_length || (refuses && g.was_failed))
      g.barred.insert(target_of(g));
    g.was_failed = g.was_failed || rule_of(f).blames_target;
    ++g.is.attempts;
    ASSERT_LE(g.is.attempts, attempts);
    const std::optional<milliseconds> wish =
        some(4) ? std::nullopt : std::optional{milliseconds{some(20'000)}};
    follow(g, plan->failed(g.is, {.fault = f, .retry_after = wish}, now));
  }

  void follow(guest& g, const planner::step& s) {
    g.is_lent = s.what == deed::lend;
    ASSERT_LT(++g.steps, 400) << "it does not end";
    if (s.what == deed::refuse) {
      EXPECT_NE(code_of(s.why), errc::none);
      EXPECT_FALSE(g.is.probes_target);
      g.steps = -1;
    } else if (s.what == deed::wait) {
      EXPECT_GE(s.wait, 0ms);
      EXPECT_FALSE(g.is.probes_target) << "a waiting call probes nothing";
      ASSERT_LT(s.wait, g.is.deadline - now);
      g.wakes = now + s.wait;
    } else {
      check_lent(g);
    }
  }

  void check_lent(const guest& g) {
    const auto name = target_of(g);
    EXPECT_EQ(g.is.routes, routes) << "only current targets are lent";
    EXPECT_FALSE(g.barred.contains(name)) << name;
    EXPECT_LT(now, g.is.deadline);
    EXPECT_LT(g.is.attempts, attempts);
    const auto t = g.is.candidates[g.is.turn].target;
    EXPECT_EQ(plan->board().is_open(t), g.is.probes_target);
    const auto found = open_until.find(name);
    EXPECT_TRUE(found == open_until.end() || found->second <= now) << name;
    EXPECT_FALSE(g.is.may_wait && g.is.probes_target);
    EXPECT_TRUE(g.is.tells_router || !g.is.probes_target);
  }

  // At most one probe a target, and the cool-downs for the next step.
  void look_around() {
    std::map<std::string, int> probes;
    for (const auto& g : guests)
      if (g.is_lent && g.is.probes_target) {
        EXPECT_EQ(++probes[target_of(g)], 1) << target_of(g);
      }
    open_until.clear();
    for (target_index t = 0; t < routes->targets().size(); ++t) {
      const auto& name = routes->targets()[t].name;
      const auto at = plan->board().admits_at(t);
      EXPECT_EQ(!at, probes[name] == 1) << name;
      if (plan->board().is_open(t) && at)
        open_until[name] = *at;
    }
  }

  void reload_some() {
    auto& listed = settings.models[0].targets;
    std::ranges::shuffle(listed, random);
    for (std::size_t i = 0; i < listed.size(); ++i)
      listed[i].priority = static_cast<std::uint32_t>(i);
    // One that left does not come back: who had tried it has forgotten it.
    if (listed.size() > 1 && some(4) == 0)
      listed.pop_back();
    reload();
  }

  guest& any() {
    return *std::next(guests.begin(),
                      some(static_cast<std::uint32_t>(guests.size())));
  }

  std::mt19937_64 random;
  std::list<guest> guests;
  std::map<std::string, time_point> open_until;
  std::uint32_t targets = 1;
  std::uint32_t attempts = 8;
};

TEST_F(planner_property_test, its_rules_hold_and_every_call_ends) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    begin_world(seed);
    for (int i = 0; i < 600; ++i) {
      now += milliseconds{some(500)};
      if (some(100) == 0)
        reload_some();
      if (guests.size() < 20 && (guests.empty() || some(3) == 0))
        arrive();
      else
        move(any());
      std::erase_if(guests, [](const guest& g) { return g.steps < 0; });
      look_around();
      ASSERT_FALSE(HasFailure()) << i;
    }
    while (!guests.empty()) {
      move(any());
      std::erase_if(guests, [](const guest& g) { return g.steps < 0; });
      look_around();
      ASSERT_FALSE(HasFailure());
    }
  }
}

}  // namespace
}  // namespace troupe
