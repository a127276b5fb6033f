#include "actors/router/planner.hpp"

#include "actors/router/target_order.hpp"
#include "actors/router/trail.hpp"
#include "runtime/errc.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using deed = planner::step::deed;
using std::chrono::ceil;
using std::chrono::milliseconds;

planner::step refused(caf::error why) {
  planner::step result;
  result.why = std::move(why);
  return result;
}

planner::step refused(errc why) {
  return refused(caf::make_error(why));
}

planner::step refused(errc why, milliseconds wait) {
  return refused(
      caf::make_error(why, static_cast<std::uint64_t>(wait.count())));
}

/// When to look again at what is about to change, nobody knows when: a target
/// whose probe is out, a pool whose keys are busy.
constexpr milliseconds turnover = std::chrono::seconds{1};

planner::step after(milliseconds wait) {
  return {.what = deed::wait, .wait = wait, .why = {}};
}

bool can_serve(const call& c, config::protocol wire) {
  return wire == c.protocol
         || (c.wires >> static_cast<unsigned>(wire) & 1u) != 0;
}

caf::error other_wire(const call& c, config::protocol wire) {
  return caf::make_error(errc::unknown_model, c.model,
                         "it speaks the " + std::string{name_of(wire)}
                             + " protocol, which this endpoint cannot be "
                               "translated to");
}

}  // namespace

planner::planner(routing_ptr routes, std::uint64_t seed)
    : routes_(std::move(routes)), budget_(routes_->retry_budget()),
      random_(static_cast<std::minstd_rand::result_type>(seed)) {
  board_.adopt(routes_);
}

void planner::adopt(routing_ptr routes) {
  board_.adopt(routes);
  budget_.set_share(routes->retry_budget());
  routes_ = std::move(routes);
  hedges_.clear();
}

planner::step planner::begin(call& c, time_point now) {
  if (now >= c.deadline)
    return refused(errc::deadline_exceeded);
  if (auto why = plan(c, now))
    return refused(std::move(why));
  budget_.count_call(now);
  return next(c, now);
}

planner::step planner::resume(call& c, time_point now) {
  end_pause(c);
  if (auto why = replan(c, now))
    return refused(std::move(why));
  return next(c, now);
}

planner::step planner::postponed(call& c, time_point usable_at,
                                 time_point now) {
  if (c.candidates.empty())  // It came to its pool by another way.
    return begin(c, now);
  give_back(c, now);
  if (c.is_hedge)
    return refused(errc::retries_spent);
  note_no_key(c, usable_at);
  if (auto why = replan(c, now))
    return refused(std::move(why));
  return next(c, now);
}

void planner::dropped(call& c, time_point now) {
  give_back(c, now);
}

planner::step planner::failed(call& c, const attempt_result& r,
                              time_point now) {
  const auto after = [&]() -> step {
    const auto& tried = *c.routes->provider_of(current(c).target).settings;
    if (c.attempts >= tried.retry.attempts)
      return refused(errc::retries_spent);
    if (now >= c.deadline)
      return refused(errc::deadline_exceeded);
    if (!note_fault(c, r, now))
      return refused(errc::retries_spent);
    const bool stays = c.routes == routes_;
    if (auto why = replan(c, now))
      return refused(std::move(why));
    if (stays && rule_of(r.fault).next == remedy::other_key
        && board_.admits(current(c).target, now))
      return lend(c, c.turn, now);
    return next(c, now);
  };
  const auto found = judge(c, r, now);
  auto result = after();
  result.found = found;
  return result;
}

// The slow one is no worse than the others, but it is being asked already.
planner::step planner::hedge(call& c, time_point now) {
  c.is_hedge = true;
  c.probes_target = false;
  const auto found = routes_->find(c.model, c.protocol);
  if (c.routes != routes_ || !found)
    return refused(errc::retries_spent);
  const auto budget = hedges_.find(*found);
  if (budget == hedges_.end() || !budget->second.spend(now))
    return refused(errc::retries_spent);
  c.burnt.push_back(c.key);
  ++current(c).faults;
  return next(c, now);
}

target_board::finding planner::judge(const target_report& r, time_point now) {
  return board_.judge(r, now, draw());
}

target_board::finding planner::judge(call& c, const attempt_result& r,
                                     time_point now) {
  const auto found = judge({.routes = c.routes,
                            .target = current(c).target,
                            .fault = r.fault,
                            .retry_after = r.retry_after,
                            .probe = c.probes_target},
                           now);
  c.probes_target = false;
  return found;
}

// Lists what can serve the call, best first. Touches nothing if nothing can.
caf::error planner::plan(call& c, time_point now) {
  const auto found = routes_->find(c.model, c.protocol);
  if (!found)
    return found.error();
  const auto order =
      order_of(*routes_, **found,
               {.tokens_in = c.tokens_in,
                .tokens_out = c.tokens_estimated
                              - std::min(c.tokens_in, c.tokens_estimated),
                .latency = [&](auto t) { return board_.latency(t, now); },
                .random =
                    [this] {
                      return draw();
                    }});
  candidates able;
  for (const auto t : order)
    if (can_serve(c, routes_->provider_of(t).settings->protocol))
      able.push_back({.target = t, .burnt = {}});
  if (able.empty() && !(*found)->is_listed)
    return caf::make_error(errc::no_provider, std::string{name_of(c.protocol)});
  if (able.empty())
    return other_wire(c,
                      routes_->provider_of(order.front()).settings->protocol);
  c.routes = routes_;
  c.candidates = std::move(able);
  c.turn = 0;
  c.burnt.clear();
  c.by_latency = (*found)->strategy == config::strategy::latency;
  if (const auto& hedge = (*found)->hedge) {
    c.hedge_after = hedge->after;
    hedges_.try_emplace(*found, hedge->budget).first->second.count_call(now);
  }
  return {};
}

// Likewise for a call from before a reload; keeps how it fared with the targets
// that stay.
caf::error planner::replan(call& c, time_point now) {
  if (c.routes == routes_)
    return {};
  const auto before = c;
  if (auto why = plan(c, now))
    return why;
  carry_over(before, c);
  return {};
}

// Asks the first candidate, in order, that failed this call least. If there is
// none: what rests after a pause, what has no key or an open breaker later.
planner::step planner::next(call& c, time_point now) {
  if (now >= c.deadline)
    return refused(errc::deadline_exceeded);
  std::size_t best = c.candidates.size();
  for (std::size_t i = 0; i < c.candidates.size(); ++i)
    if (is_ready(c.candidates[i], now)
        && (best == c.candidates.size()
            || c.candidates[i].faults < c.candidates[best].faults))
      best = i;
  if (best != c.candidates.size())
    return lend(c, best, now);
  if (c.is_hedge)
    return refused(errc::retries_spent);
  if (const auto* retried = soonest_rested(c, now))
    return pause(c, *retried, now);
  return wait_for_any(c, now);
}

bool planner::is_ready(const candidate& x, time_point now) {
  return !x.barred && !x.rests && !x.passed && x.usable_at <= now
         && x.not_before <= now && board_.admits(x.target, now);
}

planner::step planner::lend(call& c, std::size_t turn, time_point now) {
  turn_to(c, turn);
  const auto target = current(c).target;
  const auto& model = routes_->targets()[target].model;
  c.provider_model = model.empty() ? c.model : model;
  c.probes_target = board_.lend(target, now);
  c.tells_router = c.by_latency || c.probes_target;
  c.is_suspect = board_.suspicion(target);
  c.may_wait = !c.probes_target && !c.is_hedge
               && std::ranges::none_of(c.candidates, [&](const candidate& x) {
                    return !x.barred && x.target != target;
                  });
  return {.what = deed::lend, .why = {}};
}

// The pool gave the call back: no attempt was made.
void planner::give_back(call& c, time_point now) {
  if (c.probes_target)
    judge(c, {.fault = fault::abandoned, .retry_after = {}}, now);
}

double planner::draw() {
  return std::generate_canonical<double, 32>(random_);
}

planner::step planner::pause(call& c, const candidate& retried,
                             time_point now) {
  const auto& settings = *routes_->provider_of(retried.target).settings;
  const auto wish = ceil<milliseconds>(std::max(retried.not_before, now) - now);
  const auto decision = decide_retry(settings.retry,
                                     {.attempts = c.attempts,
                                      .pause = retried.faults,
                                      .retry_after = wish,
                                      .deadline = c.deadline},
                                     now, draw());
  if (decision.refusal == errc::targets_cooling)
    return refused(errc::targets_cooling, decision.wait);
  if (decision.refusal != errc::none)
    return refused(decision.refusal);
  if (!budget_.spend(now)) {
    auto result = refused(errc::retries_spent);
    result.over_budget = true;
    return result;
  }
  return after(decision.wait);
}

// Nobody may be asked now: in line for a key, or here for a breaker.
planner::step planner::wait_for_any(call& c, time_point now) {
  const candidate* best = nullptr;
  auto soonest = time_point::max();
  bool has_keys = true;
  for (const auto& x : c.candidates) {
    has_keys = has_keys && x.usable_at != time_point::max();
    if (x.barred)
      continue;
    auto at = std::max(x.usable_at, now);
    if (!board_.admits(x.target, now))
      at = std::max(at, board_.admits_at(x.target).value_or(now + turnover));
    if (!best || at < soonest) {
      best = &x;
      soonest = at;
    }
  }
  if (!best)
    return refused(has_keys ? errc::retries_spent : errc::keys_dead);
  const auto turn = static_cast<std::size_t>(best - c.candidates.data());
  // Who comes back from a line is not sent there again at once.
  const bool stood_in_line = c.may_wait && turn == c.turn;
  if (!board_.is_open(best->target) && !stood_in_line) {
    auto result = lend(c, turn, now);
    c.may_wait = true;
    return result;
  }
  if (best->passed)
    soonest = std::max(soonest, now + turnover);
  const auto& settings = *routes_->provider_of(best->target).settings;
  const auto decision =
      decide_wait(settings, soonest, c.waits, c.deadline, now);
  if (decision.refusal != errc::none)
    return refused(decision.refusal, decision.wait);
  ++c.waits;
  return after(decision.wait);
}

}  // namespace troupe
