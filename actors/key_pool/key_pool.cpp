#include "actors/key_pool/key_pool.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace troupe {

namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

// Rounded up: who waits this long must find the key usable.
milliseconds from_now(time_point at, time_point now) {
  return ceil<milliseconds>(std::max(at, now) - now);
}

}  // namespace

counters_by_name
key_pool_metrics_of(const metric_catalog& catalog,
                    const config::provider_settings& provider) {
  return catalog.counters(metric::key_pool_refusals_total, {provider.name},
                          label_values({errc::keys_cooling, errc::keys_dead}));
}

key_pool_actor::behavior_type key_pool(key_pool_state::self_pointer self,
                                       key_pool_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

key_pool_actor::behavior_type
key_pool_state::make_behavior(key_pool_deps deps) {
  deps_.emplace(std::move(deps));
  ring_.emplace(deps_->keys.size());
  random_.seed(deps_->seed);
  return {
      [this](atom::lend, const call_ticket& t) { lend(t); },
      [this](atom::decline, const call_ticket& t, const key_standing& s) {
        decline(t, s);
      },
      [this](atom::stand, const key_standing& s) { ring_->stand(s); },
      [this](atom::status) { return status(); },
  };
}

void key_pool_state::lend(const call_ticket& ticket) {
  if (!ticket.awaited())
    return;
  ticket.matter()->declined.clear();
  ticket.matter()->soonest = time_point::max();
  offer(ticket);
}

void key_pool_state::decline(const call_ticket& ticket,
                             const key_standing& standing) {
  ring_->stand(standing);
  if (!ticket.awaited())
    return;
  ticket.matter()->declined.push_back(standing.index);
  offer(ticket);
}

// Ends: every round takes one more key out of the choice.
void key_pool_state::offer(const call_ticket& ticket) {
  const auto choice = ring_->pick(*ticket.matter(), now(), random_());
  if (choice.refusal != errc::none) {
    refuse(ticket, choice);
    return;
  }
  ring_->sent(choice.key);
  self_->send(deps_->keys[choice.key].current(), atom::lend_v, ticket);
}

void key_pool_state::refuse(const call_ticket& ticket,
                            const key_ring::choice& why) {
  if (why.refusal == errc::keys_cooling && ticket.matter()->attempts > 0) {
    self_->send(deps_->router.current(), atom::postpone_v, ticket,
                why.usable_at);
    return;
  }
  deps_->refused[why.refusal].Increment();
  if (why.refusal == errc::keys_dead) {
    ticket.answer(errc::keys_dead);
    return;
  }
  const auto wait = from_now(why.usable_at, now());
  ticket.answer(caf::make_error(errc::keys_cooling,
                                static_cast<std::uint64_t>(wait.count())));
}

std::vector<key_status> key_pool_state::status() const {
  std::vector<key_status> result;
  for (const auto& s : ring_->standings()) {
    const auto is_dead = s.condition == key_condition::dead;
    const auto usable = is_usable(s, now());
    // A dead key is tried again some day, but is dead until that succeeds.
    const auto shown = usable && !is_dead ? key_condition::usable : s.condition;
    result.push_back({deps_->provider->name,
                      deps_->provider->keys[s.index].id.value(),
                      std::string{name_of(shown)}, s.in_flight,
                      usable ? 0 : from_now(s.usable_at, now()).count()});
  }
  return result;
}

time_point key_pool_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
