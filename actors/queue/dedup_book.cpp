#include "actors/queue/dedup_book.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using kind = dedup_verdict::kind;

/// No tenant's name has a zero in it.
std::string text_of(const dedup_book::owner& whose) {
  std::string text;
  text.reserve(whose.tenant.size() + 1 + whose.dedup.key.size());
  text.append(whose.tenant).push_back('\0');
  return text.append(whose.dedup.key);
}

job_time after(job_time at, std::uint64_t ms) {
  // 2^53 ms are 285,000 years, and leave room to add.
  return at + static_cast<job_time>(std::min(ms, std::uint64_t{1} << 53));
}

}  // namespace

dedup_verdict dedup_book::decide(const owner& whose, job_time now,
                                 const state_of& state) {
  forget_past(now);
  const auto found = find(whose, now);
  if (found == claims_.end())
    return {};
  const auto& c = found->second;
  const dedup_verdict drop{kind::drop, c.bearer};
  switch (whose.dedup.mode) {
  case dedup_mode::throttle:
    return now < after(c.since, whose.dedup.ttl_ms) ? drop : dedup_verdict{};
  case dedup_mode::debounce:
    return !c.has_ended && state(c.bearer) == job_state::delayed
               ? dedup_verdict{kind::replace, c.bearer}
               : dedup_verdict{};
  case dedup_mode::keep_last:
    if (c.held != 0)
      return {kind::replace, c.held};
    if (!c.has_ended && state(c.bearer) == job_state::active)
      return {kind::hold, c.bearer};
    [[fallthrough]];
  default:
    return c.has_ended ? dedup_verdict{} : drop;
  }
}

void dedup_book::claim(const owner& whose, job_number number,
                       job_time added_at) {
  const auto at = claims_.try_emplace(text_of(whose)).first;
  auto& c = at->second;
  if (c.has_ended)
    past_.erase({c.until, at->first});
  const auto ttl = whose.dedup.ttl_ms;
  // Who is held stays so: now for the end of this job.
  c.bearer = number;
  c.since = added_at;
  c.until = ttl > 0 ? after(added_at, ttl) : 0;
  c.outlives = whose.dedup.mode == dedup_mode::throttle;
  c.has_ended = false;
}

bool dedup_book::hold(const owner& whose, job_number number) {
  const auto found = claims_.find(text_of(whose));
  if (found == claims_.end() || found->second.has_ended)
    return false;
  found->second.held = number;
  found->second.held_ttl_ms = whose.dedup.ttl_ms;
  return true;
}

std::optional<job_number> dedup_book::ended(const owner& whose,
                                            job_number number, job_time now) {
  const auto found = claims_.find(text_of(whose));
  if (found == claims_.end())
    return {};
  auto& c = found->second;
  if (c.held == number)
    c.held = 0;
  if (c.bearer != number || c.has_ended)
    return {};
  if (c.held != 0) {
    c.bearer = std::exchange(c.held, 0);
    c.since = now;
    c.until = c.held_ttl_ms > 0 ? after(now, c.held_ttl_ms) : 0;
    c.outlives = false;
    return c.bearer;
  }
  if (!c.outlives || c.until <= now) {
    claims_.erase(found);
    return {};
  }
  c.has_ended = true;
  past_.emplace(c.until, found->first);
  if (past_.size() > past_max)
    forget(claims_.find(past_.begin()->second));
  return {};
}

dedup_book::claims::iterator dedup_book::find(const owner& whose,
                                              job_time now) {
  const auto found = claims_.find(text_of(whose));
  if (found == claims_.end())
    return found;
  const auto& c = found->second;
  const auto is_over =
      c.until != 0 && c.until <= now && c.held == 0 && !c.outlives;
  if (!is_over)
    return found;
  forget(found);
  return claims_.end();
}

void dedup_book::forget_past(job_time now) {
  while (!past_.empty() && past_.begin()->first <= now)
    forget(claims_.find(past_.begin()->second));
}

void dedup_book::forget(claims::iterator at) {
  if (at->second.has_ended)
    past_.erase({at->second.until, at->first});
  claims_.erase(at);
}

}  // namespace troupe
