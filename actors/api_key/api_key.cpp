#include "actors/api_key/api_key.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

key_terms terms_of(const config::provider_settings& p) {
  return {.limits = p.limits,
          .breaker = p.breaker,
          .lease_ttl = p.timeouts.total + key_guard::lease_margin};
}

}  // namespace

api_key_metrics api_key_metrics_of(const metric_catalog& catalog,
                                   const std::string& provider,
                                   const key_id& key) {
  auto outcomes = label_values<fault>();
  outcomes.front() = "ok";
  auto refusals = label_values<key_refusal>();
  refusals.front().clear();
  return catalog.api_key(provider, key.value(), outcomes, refusals,
                         label_values<key_limit>());
}

api_key_actor::behavior_type api_key(api_key_state::self_pointer self,
                                     api_key_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

api_key_actor::behavior_type api_key_state::make_behavior(api_key_deps deps) {
  deps_.emplace(std::move(deps));
  if (deps_->memory == nullptr)
    deps_->memory = std::make_shared<key_memory>();
  if (const auto& told = deps_->memory->adopted) {
    deps_->provider = told->provider;
    deps_->entry = told->entry;
  }
  guard_.emplace(terms_of(*deps_->provider), deps_->memory, now());
  random_.seed(static_cast<std::minstd_rand::result_type>(deps_->seed));
  announce();
  return {
      [this](atom::lend, const call_ticket& t) { lend(t); },
      [this](atom::settle, const lease_report& r) { settle(r); },
      [this](atom::learn, lease_id id, const limits_ptr& l) { learn(id, l); },
      [this](atom::adopt, const key_brief& b) { adopt(b); },
      [this](atom::sweep) { sweep(); },
      [this](atom::wake, std::uint64_t number) { wake(number); },
  };
}

// Whether somebody still waits shows when the answer is given; asking earlier
// would only be a second, untimely opinion.
void api_key_state::lend(const call_ticket& ticket) {
  // Use may have fallen since anybody looked, and rises with this call.
  watch_limits();
  const auto& call = *ticket.matter();
  const auto answer = guard_->lend(
      {.tokens = call.tokens_estimated, .tokens_in = call.tokens_in}, now());
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
  const auto& entry = deps_->entry;
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
  announce(occasion::lend);
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
                 deps_->entry.id.value(), name_of(report.fault));
  }
  announce();
}

void api_key_state::learn(lease_id id, const limits_ptr& readings) {
  if (guard_->learn(id, readings, now()))
    announce();
}

void api_key_state::adopt(const key_brief& brief) {
  const bool is_renewed = brief.entry.secret != deps_->entry.secret;
  deps_->provider = brief.provider;
  deps_->entry = brief.entry;
  deps_->memory->adopted = brief;
  guard_->adopt(terms_of(*brief.provider));
  if (is_renewed)
    guard_->renew();
  announce();
}

void api_key_state::sweep() {
  sweep_pending_ = false;
  if (const auto count = guard_->reclaim_overdue(now()); count > 0) {
    deps_->metrics.expired.Increment(count);
    spdlog::warn("api-key key={} leases_expired={}", deps_->entry.id.value(),
                 count);
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

void api_key_state::announce(occasion why) {
  auto standing = guard_->standing(deps_->index, now());
  standing.after_lend = why == occasion::lend;
  deps_->metrics.usable.Set(standing.condition == key_condition::usable);
  deps_->metrics.in_flight.Set(standing.in_flight);
  self_->send(deps_->pool.current(), atom::stand_v, standing);
  watch_limits();
  watch_recovery(standing);
}

void api_key_state::watch_limits() {
  const auto used = guard_->uses(now());
  deps_->metrics.limit_used.Set(*std::ranges::max_element(used));
  for (std::size_t i = 0; i < used.size(); ++i) {
    const auto limit = static_cast<key_limit>(i);
    const auto level =
        deps_->memory->alarm.watch(limit, used[i], deps_->provider->alerts);
    if (!level)
      continue;
    deps_->metrics.limit_alerts[limit].Increment();
    spdlog::warn("api-key key={} limit={} used={:.0f}% level={:.0f}%",
                 deps_->entry.id.value(), name_of(limit), used[i] * 100,
                 *level * 100);
  }
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
