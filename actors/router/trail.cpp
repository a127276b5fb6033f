#include "actors/router/trail.hpp"

#include "actors/api_key/breaker.hpp"
#include "actors/router/routing.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

// Whether some attempt was failed by its target, so that the request itself is
// not at fault.
bool was_failed(const call& c) {
  return std::ranges::any_of(c.candidates,
                             [](const auto& x) { return x.faults > 0; });
}

bool is_refusal(fault f) {
  return f == fault::client || f == fault::content_filter;
}

// The next attempt or pause begins: every pool may be asked once more.
void begin_round(call& c) {
  for (auto& x : c.candidates)
    x.passed = false;
}

// Bars what has no larger window than the target that was too small.
bool bar_smaller(call& c) {
  const auto& all = c.routes->targets();
  const auto known = all[current(c).target].context;
  current(c).barred = true;
  bool is_left = false;
  for (auto& x : c.candidates) {
    const auto size = all[x.target].context;
    x.barred = x.barred || (known != 0 && size != 0 && size <= known);
    is_left = is_left || !x.barred;
  }
  return is_left;
}

}  // namespace

void turn_to(call& c, std::size_t turn) {
  if (turn == c.turn)
    return;
  current(c).burnt = std::move(c.burnt);
  c.turn = turn;
  c.burnt = std::move(current(c).burnt);
}

bool note_fault(call& c, const attempt_result& r, time_point now) {
  begin_round(c);
  if (std::ranges::find(c.burnt, c.key) == c.burnt.end())
    c.burnt.push_back(c.key);
  auto& tried = current(c);
  switch (rule_of(r.fault).next) {
  case remedy::nobody:
    tried.barred = is_refusal(r.fault) && was_failed(c);
    return tried.barred;
  case remedy::larger_target:
    return bar_smaller(c);
  case remedy::next_target:
    tried.barred = true;
    return std::ranges::any_of(c.candidates,
                               [](const auto& x) { return !x.barred; });
  case remedy::other_key:
    return true;
  case remedy::other_target:
    ++tried.faults;
    tried.rests = true;
    tried.not_before = now
                       + std::clamp(r.retry_after.value_or(milliseconds{0}),
                                    milliseconds{0}, breaker::rest_max);
    return true;
  }
  return false;
}

void note_no_key(call& c, time_point usable_at) {
  auto& asked = current(c);
  asked.passed = true;
  asked.usable_at = usable_at;
  asked.barred = asked.barred || usable_at == time_point::max();
}

void end_pause(call& c) {
  begin_round(c);
  c.may_wait = false;
  for (auto& x : c.candidates)
    x.rests = false;
}

const candidate* soonest_rested(const call& c, time_point now) {
  const candidate* best = nullptr;
  const auto rank = [&](const candidate& x) {
    return std::pair{std::max(x.not_before, now), x.faults};
  };
  for (const auto& x : c.candidates)
    if (!x.barred && (x.rests || x.not_before > now)
        && (!best || rank(x) < rank(*best)))
      best = &x;
  return best;
}

void carry_over(const call& before, call& after) {
  const auto& now = after.routes->targets();
  for (std::size_t i = 0; i < before.candidates.size(); ++i) {
    const auto& known = before.candidates[i];
    const auto& name = before.routes->targets()[known.target].name;
    const auto stays =
        std::ranges::find_if(after.candidates, [&](const auto& x) {
          return now[x.target].name == name;
        });
    if (stays == after.candidates.end())
      continue;
    const auto target = stays->target;
    *stays = known;
    stays->target = target;
    if (i != before.turn)
      continue;
    stays->burnt = before.burnt;
    after.turn = static_cast<std::size_t>(stays - after.candidates.begin());
  }
  after.burnt = std::move(current(after).burnt);
  after.may_wait = false;
}

}  // namespace troupe
