#include "actors/router/router.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

router_metrics router_metrics_of(const metric_catalog& catalog,
                                 const config::settings& settings) {
  router_metrics result{
      .refused = catalog.counters(
          metric::router_refusals_total, {},
          label_values({errc::unknown_model, errc::no_provider,
                        errc::keys_cooling, errc::deadline_exceeded,
                        errc::retries_spent})),
      .retries = {},
      .waits = {},
  };
  auto faults = label_values<fault>();
  for (std::size_t i = 0; i < faults.size(); ++i)
    if (!is_retryable(static_cast<fault>(i)))
      faults[i].clear();
  for (const auto& p : settings.providers) {
    result.retries.push_back(
        catalog.counters(metric::router_retries_total, {p->name}, faults));
    result.waits.emplace_back(
        catalog.counter(metric::router_waits_total, {p->name}));
  }
  return result;
}

router_actor::behavior_type router(router_state::self_pointer self,
                                   router_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

router_actor::behavior_type router_state::make_behavior(router_deps deps) {
  deps_.emplace(std::move(deps));
  random_.seed(static_cast<std::minstd_rand::result_type>(deps_->seed));
  return {
      [this](atom::route, const call_ticket& t) { route(t); },
      [this](atom::retry, const call_ticket& t, const attempt_result& r) {
        retry(t, r);
      },
      [this](atom::postpone, const call_ticket& t, time_point usable_at) {
        postpone(t, usable_at);
      },
      [this](atom::lend, const call_ticket& t) { ask_pool(t); },
  };
}

void router_state::route(const call_ticket& ticket) {
  if (!ticket.awaited())
    return;
  auto& call = *ticket.matter();
  if (now() >= call.deadline) {
    refuse(ticket, caf::make_error(errc::deadline_exceeded));
    return;
  }
  const auto target = deps_->routes->find(call.model, call.protocol);
  if (!target) {
    refuse(ticket, target.error());
    return;
  }
  call.provider = (*target)->provider;
  call.provider_model =
      (*target)->model.empty() ? call.model : (*target)->model;
  ask_pool(ticket);
}

void router_state::retry(const call_ticket& ticket,
                         const attempt_result& result) {
  if (!ticket.awaited())
    return;
  auto& call = *ticket.matter();
  if (std::find(call.burnt.begin(), call.burnt.end(), call.key)
      == call.burnt.end())
    call.burnt.push_back(call.key);
  const auto& provider = *deps_->providers[call.provider];
  const auto decision =
      decide_retry(provider.retry,
                   {.fault = result.fault,
                    .retry_after = result.retry_after,
                    .attempts = std::max(call.attempts, 1u),
                    .keys_untried = call.burnt.size() < provider.keys.size(),
                    .deadline = call.deadline},
                   now(), std::generate_canonical<double, 32>(random_));
  if (decision.refusal == errc::none)
    deps_->metrics.retries[call.provider][result.fault].Increment();
  follow(ticket, decision);
}

void router_state::postpone(const call_ticket& ticket, time_point usable_at) {
  if (!ticket.awaited())
    return;
  auto& call = *ticket.matter();
  const auto decision =
      decide_wait(deps_->providers[call.provider]->retry, usable_at, call.waits,
                  call.deadline, now());
  if (decision.refusal == errc::none) {
    ++call.waits;
    deps_->metrics.waits[call.provider].get().Increment();
  }
  follow(ticket, decision);
}

void router_state::ask_pool(const call_ticket& ticket) {
  if (ticket.awaited())
    self_->send(deps_->pools[ticket.matter()->provider].current(), atom::lend_v,
                ticket);
}

void router_state::follow(const call_ticket& ticket,
                          const retry_decision& decision) {
  if (decision.refusal == errc::keys_cooling)
    refuse(ticket,
           caf::make_error(errc::keys_cooling,
                           static_cast<std::uint64_t>(decision.wait.count())));
  else if (decision.refusal != errc::none)
    refuse(ticket, caf::make_error(decision.refusal));
  else if (decision.wait > std::chrono::milliseconds{0})
    self_->delayed_send(self_, decision.wait, atom::lend_v, ticket);
  else
    ask_pool(ticket);
}

void router_state::refuse(const call_ticket& ticket, caf::error why) {
  deps_->metrics.refused[code_of(why)].Increment();
  ticket.answer(std::move(why));
}

time_point router_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
