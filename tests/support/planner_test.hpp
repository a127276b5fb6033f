// A planner, one call and the time: what happens to the call, in a few words.
//
// Steps are told as texts, "lend a", "wait 1000", "refuse retries_spent", so
// that a test is a table of what is done and what follows.

#pragma once

#include "actors/router/planner.hpp"
#include "runtime/errc.hpp"
#include "tests/support/routes.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace troupe::testing {

class planner_test : public ::testing::Test {
protected:
  using milliseconds = std::chrono::milliseconds;

  static call fresh_call() {
    call c;
    c.model = "m";
    c.tokens_in = 100;
    c.tokens_estimated = 200;
    return c;
  }

  /// Change `settings` before; call again to start over.
  void start() {
    routes = routes_of(settings);
    plan.emplace(routes, 1);
    c = fresh_call();
  }

  void reload() {
    routes = routes_of(settings);
    plan->adopt(routes);
  }

  /// Makes `settings` those of `m` at so many targets, and starts.
  void start(std::size_t targets) {
    settings = serving(targets);
    start();
  }

  static std::string name_at(const call& x) {
    return x.routes->provider_of(x.candidates[x.turn].target).settings->name;
  }

  static std::string told(const call& x, const planner::step& s) {
    using deed = planner::step::deed;
    switch (s.what) {
    case deed::lend:
      return "lend " + name_at(x);
    case deed::wait:
      return "wait " + std::to_string(s.wait.count());
    case deed::refuse:
      break;
    }
    auto result = "refuse " + std::string{name_of(code_of(s.why))};
    if (code_of(s.why) == errc::targets_cooling)
      result += ' ' + std::to_string(s.why.context().get_as<std::uint64_t>(0));
    return result;
  }

  std::string begin(call& x) { return told(x, plan->begin(x, now)); }
  std::string begin() { return begin(c); }

  /// The key that was lent is used up by the attempt.
  std::string fail(call& x, fault f,
                   std::optional<milliseconds> retry_after = {}) {
    ++x.attempts;
    return told(x,
                plan->failed(x, {.fault = f, .retry_after = retry_after}, now));
  }
  std::string fail(fault f, std::optional<milliseconds> retry_after = {}) {
    return fail(c, f, retry_after);
  }

  /// The pool has no key until then, from now.
  std::string postpone(call& x, milliseconds until) {
    return told(x, plan->postponed(x, now + until, now));
  }
  std::string postpone(milliseconds until) { return postpone(c, until); }

  /// The pool never has a key for it.
  std::string postpone_forever() {
    return told(c, plan->postponed(c, time_point::max(), now));
  }

  std::string resume(call& x, milliseconds after) {
    now += after;
    return told(x, plan->resume(x, now));
  }
  std::string resume(milliseconds after) { return resume(c, after); }

  /// Ends a call that was lent.
  void serve(call& x, milliseconds first_byte = milliseconds{0}) {
    report(x, fault::none, first_byte);
  }

  void report(call& x, fault f, milliseconds first_byte = milliseconds{0}) {
    plan->judge({.routes = x.routes,
                 .target = x.candidates[x.turn].target,
                 .fault = f,
                 .retry_after = {},
                 .probe = x.probes_target,
                 .first_byte = first_byte},
                now);
    x.probes_target = false;
  }

  target_index at(const std::string& provider) const {
    return target_at(*routes, provider);
  }

  /// Opens a target's breaker by as many faults as it takes.
  void open(const std::string& provider) {
    for (int i = 0; i < 5; ++i)
      plan->judge({.routes = routes,
                   .target = at(provider),
                   .fault = fault::transient,
                   .retry_after = {}},
                  now);
    ASSERT_TRUE(plan->board().is_open(at(provider)));
  }

  config::settings settings = serving(1);
  routing_ptr routes;
  std::optional<planner> plan;
  call c;
  time_point now{std::chrono::hours{1}};
};

}  // namespace troupe::testing
