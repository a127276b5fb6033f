#include "actors/api_key/api_key.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace troupe {

api_key_metrics api_key_metrics_of(const metric_catalog& catalog,
                                   const config::provider_settings& provider,
                                   key_index index) {
  auto outcomes = label_values<fault>();
  outcomes.front() = "ok";
  auto refusals = label_values<key_refusal>();
  refusals.front().clear();
  return catalog.api_key(provider.name, provider.keys[index].id.value(),
                         outcomes, refusals);
}

api_key_actor::behavior_type api_key(api_key_state::self_pointer self,
                                     api_key_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

api_key_actor::behavior_type api_key_state::make_behavior(api_key_deps deps) {
  deps_.emplace(std::move(deps));
  const auto& p = *deps_->provider;
  guard_.emplace(p.limits, p.breaker,
                 p.timeouts.total + key_guard::lease_margin);
  random_.seed(static_cast<std::minstd_rand::result_type>(deps_->seed));
  announce();
  return {
      [this](atom::lend, const call_ticket& t) { lend(t); },
      [this](atom::settle, const lease_report& r) { settle(r); },
      [this](atom::sweep) { sweep(); },
      [this](atom::wake, std::uint64_t number) { wake(number); },
  };
}

// Whether somebody still waits shows when the answer is given; asking earlier
// would only be a second, untimely opinion.
void api_key_state::lend(const call_ticket& ticket) {
  const auto answer = guard_->lend(ticket.matter()->tokens_estimated, now());
  if (answer.refusal == key_refusal::none)
    grant(ticket, answer.id);
  else
    decline(ticket, answer);
}

void api_key_state::decline(const call_ticket& ticket,
                            const key_guard::answer& why) {
  deps_->metrics.refused[why.refusal].Increment();
  const auto standing = guard_->standing(deps_->index, now());
  auto& call = *ticket.matter();
  if (standing.condition != key_condition::dead)
    call.soonest = std::min(call.soonest, why.usable_at);
  watch_recovery(standing);
  self_->send(deps_->pool.current(), atom::decline_v, ticket, standing);
}

void api_key_state::grant(const call_ticket& ticket, lease_id id) {
  const auto& entry = deps_->provider->keys[deps_->index];
  // After the answer the call is the borrower's.
  auto& call = *ticket.matter();
  ++call.attempts;
  call.key = deps_->index;
  lease granted;
  granted.id = id;
  granted.key = entry.id;
  granted.secret = entry.secret;
  granted.provider = deps_->provider;
  granted.model = call.provider_model;
  granted.attempt = call.attempts;
  granted.settle_with = caf::actor_cast<caf::actor>(self_->address());
  if (ticket.answer(std::move(granted)))
    watch_leases();
  else  // The borrower left meanwhile: nothing was lent.
    guard_->withdraw(id);
  announce();
}

void api_key_state::settle(const lease_report& report) {
  const auto jitter = std::generate_canonical<double, 32>(random_);
  const auto verdict = guard_->settle(report, now(), jitter);
  if (!verdict.known) {
    deps_->metrics.strange.Increment();
    return;
  }
  deps_->metrics.ended[report.fault].Increment();
  if (verdict.opened) {
    deps_->metrics.opened.Increment();
    spdlog::warn("api-key key={} breaker=open fault={}",
                 deps_->provider->keys[deps_->index].id.value(),
                 name_of(report.fault));
  }
  announce();
}

void api_key_state::sweep() {
  sweep_pending_ = false;
  if (const auto count = guard_->reclaim_overdue(now()); count > 0) {
    deps_->metrics.expired.Increment(count);
    spdlog::warn("api-key key={} leases_expired={}",
                 deps_->provider->keys[deps_->index].id.value(), count);
    announce();
  }
  watch_leases();
}

void api_key_state::wake(std::uint64_t number) {
  if (number != wake_number_)
    return;
  wakes_at_.reset();
  announce();
}

void api_key_state::announce() {
  const auto standing = guard_->standing(deps_->index, now());
  deps_->metrics.usable.Set(standing.condition == key_condition::usable);
  deps_->metrics.in_flight.Set(standing.in_flight);
  self_->send(deps_->pool.current(), atom::stand_v, standing);
  watch_recovery(standing);
}

// All leases live equally long, so the next to expire is never earlier than the
// one a pending timer waits for.
void api_key_state::watch_leases() {
  const auto due = guard_->next_overdue();
  if (sweep_pending_ || !due)
    return;
  sweep_pending_ = true;
  self_->delayed_send(self_, *due - now(), atom::sweep_v);
}

// A timer that is due too early only renews itself; one that would be due too
// late is replaced, and its number is then stale.
void api_key_state::watch_recovery(const key_standing& standing) {
  const auto at = standing.usable_at;
  if (standing.condition == key_condition::usable || at <= now()
      || (wakes_at_ && *wakes_at_ <= at))
    return;
  wakes_at_ = at;
  self_->delayed_send(self_, at - now(), atom::wake_v, ++wake_number_);
}

time_point api_key_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
