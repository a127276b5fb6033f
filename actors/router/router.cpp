#include "actors/router/router.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using deed = planner::step::deed;

std::vector<std::string> retryable_faults() {
  auto faults = label_values<fault>();
  for (std::size_t i = 0; i < faults.size(); ++i)
    if (!is_retryable(static_cast<fault>(i)))
      faults[i].clear();
  return faults;
}

}  // namespace

router_metrics::router_metrics(const metric_catalog& catalog,
                               const routing& routes)
    : refused(catalog.counters(
        metric::router_refusals_total, {},
        label_values({errc::unknown_model, errc::no_provider,
                      errc::keys_cooling, errc::keys_dead,
                      errc::targets_cooling, errc::deadline_exceeded,
                      errc::retries_spent}))),
      over_budget(
          catalog.counter(metric::router_retry_budget_spent_total, {})) {
  const auto faults = retryable_faults();
  for (const auto& p : routes.providers()) {
    const auto& name = p.settings->name;
    providers.push_back(
        {catalog.counters(metric::router_retries_total, {name}, faults),
         catalog.counter(metric::router_waits_total, {name}),
         catalog.counter(metric::router_fallbacks_total, {name}),
         catalog.counter(metric::router_hedges_total, {name})});
  }
  for (const auto& t : routes.targets()) {
    const auto& whose = routes.providers()[t.provider].settings->name;
    const auto model = t.model.empty() ? std::string{"*"} : t.model;
    targets.push_back(
        {catalog.counter(metric::target_breaker_openings_total, {whose, model}),
         catalog.gauge(metric::target_usable, {whose, model})});
  }
}

router_actor::behavior_type router(router_state::self_pointer self,
                                   const router_deps& deps) {
  return self->state.make_behavior(deps);
}

router_actor::behavior_type
router_state::make_behavior(const router_deps& deps) {
  catalog_.emplace(deps.metrics);
  const auto routes = *deps.routes->get();
  planner_.emplace(routes, deps.seed);
  adopt(routes);
  return {
      [this](atom::route, const call_ticket& t) { route(t); },
      [this](atom::retry, const call_ticket& t, const attempt_result& r) {
        retry(t, r);
      },
      [this](atom::hedge, const call_ticket& t) { hedge(t); },
      [this](atom::postpone, const call_ticket& t, time_point usable_at) {
        postpone(t, usable_at);
      },
      [this](atom::lend, const call_ticket& t) { resume(t); },
      [this](atom::judge, const target_report& r) { judge(r); },
      [this](atom::adopt, const routing_ptr& r) { adopt(r); },
  };
}

void router_state::route(const call_ticket& ticket) {
  if (ticket.awaited())
    follow(ticket, planner_->begin(*ticket.matter(), now()));
}

void router_state::retry(const call_ticket& ticket,
                         const attempt_result& result) {
  auto& call = *ticket.matter();
  if (!ticket.awaited()) {
    tell(planner_->judge(call, result, now()), result.fault);
    return;
  }
  auto* failed = metrics_of(call);
  auto step = planner_->failed(call, result, now());
  tell(step.found, result.fault);
  if (failed && step.what != deed::refuse && is_retryable(result.fault))
    failed->retries[result.fault].Increment();
  if (step.over_budget)
    metrics_->over_budget.Increment();
  follow(ticket, std::move(step));
}

void router_state::hedge(const call_ticket& ticket) {
  if (ticket.awaited())
    follow(ticket, planner_->hedge(*ticket.matter(), now()));
}

void router_state::postpone(const call_ticket& ticket, time_point usable_at) {
  auto& call = *ticket.matter();
  if (ticket.awaited())
    follow(ticket, planner_->postponed(call, usable_at, now()));
  else
    planner_->dropped(call, now());
}

void router_state::resume(const call_ticket& ticket) {
  if (ticket.awaited())
    follow(ticket, planner_->resume(*ticket.matter(), now()));
}

void router_state::judge(const target_report& report) {
  tell(planner_->judge(report, now()), report.fault);
}

// A target's breaker opened or closed.
void router_state::tell(target_board::finding f, fault why) {
  if (f.what == target_board::verdict::nothing)
    return;
  const bool opened = f.what == target_board::verdict::opened;
  if (opened)
    metrics_->targets[f.target].opened.get().Increment();
  metrics_->targets[f.target].usable.get().Set(!opened);
  spdlog::warn("router target={} breaker={} fault={}",
               planner_->routes().targets()[f.target].name,
               opened ? "open" : "closed", name_of(why));
}

void router_state::adopt(const routing_ptr& routes) {
  planner_->adopt(routes);
  metrics_.emplace(*catalog_, *routes);
  for (std::size_t i = 0; i < metrics_->targets.size(); ++i)
    metrics_->targets[i].usable.get().Set(
        planner_->board().is_open(static_cast<target_index>(i)) ? 0 : 1);
}

void router_state::follow(const call_ticket& ticket, planner::step step) {
  auto& call = *ticket.matter();
  switch (step.what) {
  case deed::lend: {
    if (call.is_hedge)
      metrics_of(call)->hedges.get().Increment();
    else if (call.turn != 0)
      metrics_of(call)->fallbacks.get().Increment();
    const auto& to =
        call.routes->provider_of(call.candidates[call.turn].target);
    self_->send(to.pool.current(), atom::lend_v, ticket);
    break;
  }
  case deed::wait:
    metrics_of(call)->waits.get().Increment();
    self_->delayed_send(self_, step.wait, atom::lend_v, ticket);
    break;
  case deed::refuse:
    metrics_->refused[code_of(step.why)].Increment();
    ticket.answer(std::move(step.why));
    break;
  }
}

// Null for a call that was last tried, before a reload, with a provider that is
// gone.
router_metrics::provider* router_state::metrics_of(const call& c) {
  const auto& whose =
      *c.routes->provider_of(c.candidates[c.turn].target).settings;
  const auto& all = planner_->routes().providers();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].settings->name == whose.name)
      return &metrics_->providers[i];
  return nullptr;
}

time_point router_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
