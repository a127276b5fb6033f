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

key_pool_metrics
key_pool_metrics_of(const metric_catalog& catalog,
                    const config::provider_settings& provider) {
  auto ends = label_values<wait_end>();
  ends.front().clear();
  return catalog.key_pool(
      provider.name,
      label_values({errc::keys_cooling, errc::keys_dead, errc::overloaded}),
      ends);
}

key_pool_actor::behavior_type key_pool(key_pool_state::self_pointer self,
                                       key_pool_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

key_pool_actor::behavior_type
key_pool_state::make_behavior(key_pool_deps deps) {
  deps_.emplace(std::move(deps));
  desk_.emplace(deps_->roster);
  random_.seed(deps_->seed);
  deps_->metrics.waiting.Set(0);  // Who waited with its predecessor is gone.
  return {
      [this](atom::lend, const call_ticket& t) {
        perform(desk_->lend(t, now(), random_));
      },
      [this](atom::decline, const call_ticket& t, const key_standing& s) {
        perform(desk_->decline(t, s, now(), random_));
      },
      [this](atom::stand, const key_standing& s) {
        perform(desk_->stand(s, now(), random_));
      },
      [this](atom::adopt, const roster_ptr& r) {
        perform(desk_->adopt(r, now(), random_));
      },
      [this](atom::sweep) { sweep(); },
      [this](atom::status) { return status(); },
  };
}

void key_pool_state::sweep() {
  sweep_pending_ = false;
  perform(desk_->sweep(now(), random_));
}

void key_pool_state::perform(const key_desk::steps& steps) {
  for (const auto& s : steps) {
    count(s);
    perform(s);
  }
  deps_->metrics.waiting.Set(static_cast<double>(desk_->waiting()));
  watch_line();
}

void key_pool_state::perform(const key_desk::step& s) {
  using kind = key_desk::step::kind;
  switch (s.what) {
  case kind::ask:
    self_->send(desk_->ring().roster().places[s.key].at.current(), atom::lend_v,
                s.ticket);
    return;
  case kind::postpone:
    self_->send(deps_->router.current(), atom::postpone_v, s.ticket, s.at);
    return;
  case kind::refuse:
    refuse(s);
    return;
  case kind::forget:
    return;
  }
}

void key_pool_state::refuse(const key_desk::step& s) {
  deps_->metrics.refused[s.why].Increment();
  if (s.why == errc::keys_dead)
    s.ticket.answer(errc::keys_dead);
  else
    s.ticket.answer(caf::make_error(
        s.why, static_cast<std::uint64_t>(from_now(s.at, now()).count())));
}

void key_pool_state::count(const key_desk::step& s) {
  if (s.ended == wait_end::none)
    return;
  deps_->metrics.ended[s.ended].Increment();
  deps_->metrics.wait_seconds.Observe(
      std::chrono::duration<double>{now() - s.waited_since}.count());
}

void key_pool_state::watch_line() {
  const auto due = desk_->next_sweep(now());
  if (sweep_pending_ || !due)
    return;
  sweep_pending_ = true;
  self_->delayed_send(self_, std::min<caf::timespan>(*due - now(), sweep_step),
                      atom::sweep_v);
}

std::vector<key_status> key_pool_state::status() const {
  const auto& places = desk_->ring().roster().places;
  std::vector<key_status> result;
  for (const auto& s : desk_->ring().standings())
    if (places[s.index].on != key_roster::duty::gone)
      result.push_back(status_of(s));
  return result;
}

key_status key_pool_state::status_of(const key_standing& s) const {
  const auto& roster = desk_->ring().roster();
  const auto& place = roster.places[s.index];
  key_status result{roster.provider->name, place.id.value(), "draining",
                    s.in_flight, 0};
  if (place.on == key_roster::duty::drains)
    return result;
  const auto is_dead = s.condition == key_condition::dead;
  const auto usable = is_usable(s, now());
  // A dead key is tried again some day, but is dead until that succeeds.
  const auto shown = usable && !is_dead ? key_condition::usable : s.condition;
  result.condition = name_of(shown);
  if (!usable)
    result.usable_in_ms = from_now(s.usable_at, now()).count();
  return result;
}

time_point key_pool_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
