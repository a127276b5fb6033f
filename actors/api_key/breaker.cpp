#include "actors/api_key/breaker.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace troupe {

namespace {

using std::chrono::milliseconds;

milliseconds wish(const std::optional<milliseconds>& retry_after,
                  milliseconds otherwise) {
  return std::clamp(retry_after.value_or(otherwise), milliseconds{0},
                    breaker::rest_max);
}

}  // namespace

bool breaker::admits(time_point now) const {
  if (state_ == state::probing || now < rests_until_)
    return false;
  return state_ == state::closed || now >= until_;
}

std::optional<time_point> breaker::admits_at() const {
  if (state_ == state::probing)
    return std::nullopt;
  return state_ == state::closed ? rests_until_
                                 : std::max(rests_until_, until_);
}

bool breaker::lend() {
  assert(state_ != state::probing);
  if (state_ == state::closed)
    return false;
  state_ = state::probing;
  return true;
}

void breaker::withdraw(bool probe) {
  // The cool-down is over, so the next call may probe at once.
  if (probe)
    state_ = state::open;
}

void breaker::close() {
  state_ = state::closed;
  openings_ = 0;
  faults_ = 0;
}

void breaker::renew() {
  close();
  rests_until_ = time_point::min();
}

bool breaker::judge(const report& r, time_point now, double random) {
  const auto penalty = rule_of(r.fault).key;
  if (penalty == key_penalty::rests)
    rests_until_ = std::max(rests_until_, now + wish(r.retry_after, rate_rest));
  // Only the probe speaks while it is out.
  if (state_ == state::probing && !r.probe)
    return false;
  switch (penalty) {
  case key_penalty::none:
    if (r.fault == fault::none)
      judge_success(r.probe);
    else
      withdraw(r.probe);
    return false;
  case key_penalty::counts:
    return judge_fault(r, now, random);
  case key_penalty::rests:
    withdraw(r.probe);
    return false;
  case key_penalty::spent:
    // A dead key stays dead: its quota is the smaller trouble.
    if (state_ == state::open && cause_ == cause::credential)
      return false;
    open(cause::quota, now + wish(r.retry_after, quota_rest));
    return false;
  case key_penalty::dead:
    open(cause::credential, now + wish(r.retry_after, dead_rest));
    return false;
  }
  return false;
}

void breaker::judge_success(bool probe) {
  if (probe)
    close();
  faults_ = 0;
}

bool breaker::judge_fault(const report& r, time_point now, double random) {
  if (r.probe && cause_ == cause::credential) {
    open(cause::credential, now + dead_rest);
    return false;
  }
  if (!r.probe && (state_ != state::closed || ++faults_ < settings_.open_after))
    return false;
  state_ = state::open;
  const auto wait =
      std::max(cooldown(random), wish(r.retry_after, milliseconds{0}));
  ++openings_;
  cause_ = cause::faults;
  until_ = now + wait;
  faults_ = 0;
  return true;
}

key_condition breaker::condition(time_point now) const {
  if (state_ == state::probing)
    return key_condition::probing;
  if (state_ == state::open && cause_ == cause::credential)
    return key_condition::dead;
  if (admits(now))
    return key_condition::usable;
  if (state_ == state::open && cause_ == cause::quota && now < until_)
    return key_condition::spent;
  return key_condition::cooling;
}

// A late report must not shorten an earlier verdict.
void breaker::open(cause why, time_point until) {
  const bool was_open = state_ == state::open;
  until_ = was_open ? std::max(until_, until) : until;
  state_ = state::open;
  cause_ = why;
  faults_ = 0;
}

milliseconds breaker::cooldown(double random) const {
  // 2^31 times any cool-down is above any maximum.
  const auto doublings = static_cast<int>(std::min(openings_, 31u));
  const auto base =
      std::ldexp(static_cast<double>(settings_.cooldown.count()), doublings);
  const auto longest = static_cast<double>(settings_.cooldown_max.count());
  const auto strayed =
      std::min(base, longest) * (1 + jitter * (2 * random - 1));
  return milliseconds{std::llround(std::min(strayed, longest))};
}

}  // namespace troupe
