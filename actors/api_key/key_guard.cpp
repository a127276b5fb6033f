#include "actors/api_key/key_guard.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace troupe {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array refusal_names{
    std::string_view{"none"},          std::string_view{"breaker"},
    std::string_view{"in_flight"},     std::string_view{"requests_minute"},
    std::string_view{"requests_hour"}, std::string_view{"requests_day"},
    std::string_view{"tokens_minute"},
};

static_assert(refusal_names.size()
              == static_cast<std::size_t>(key_refusal::count_));

/// Even an empty call takes something from a token limit.
constexpr std::uint64_t tokens_min = 1;

// What a call took from the token limit. Without a report of usage: nothing if
// the provider turned it away at the door, else all that was reserved, since
// nobody knows how far it came.
std::uint64_t tokens_of(const lease_report& r, std::uint64_t reserved) {
  if (r.usage.reported)
    return r.usage.total();
  switch (r.fault) {
  case fault::rate:
  case fault::quota:
  case fault::credential:
  case fault::client:
  case fault::context_length:
    return 0;
  case fault::none:
  case fault::transient:
  case fault::content_filter:
  case fault::malformed:
  case fault::abandoned:
  case fault::count_:
    return reserved;
  }
  return reserved;
}

}  // namespace

std::string_view name_of(key_refusal r) noexcept {
  return refusal_names[static_cast<std::size_t>(r)];
}

key_guard::key_guard(const config::key_limits& limits,
                     const config::breaker_settings& breaker,
                     milliseconds lease_ttl)
    : concurrent_(limits.concurrent), lease_ttl_(lease_ttl),
      requests_minute_(limits.rpm, minutes{1}),
      requests_hour_(limits.rph, hours{1}),
      requests_day_(limits.rpd, hours{24}),
      tokens_minute_(limits.tpm, minutes{1}), breaker_(breaker) {}

key_guard::answer key_guard::lend(std::uint64_t tokens, time_point now) {
  tokens = std::max(tokens, tokens_min);
  if (const auto o = find_obstacle(tokens, now); o.refusal != key_refusal::none)
    return {.refusal = o.refusal, .id = {}, .usable_at = o.until};
  for (auto* w : {&requests_minute_, &requests_hour_, &requests_day_})
    w->book(1, now);
  tokens_minute_.hold(tokens);
  const lease_id id{++last_lease_};
  loans_.emplace(id, loan{tokens, now, breaker_.lend()});
  return {.refusal = key_refusal::none, .id = id, .usable_at = {}};
}

void key_guard::withdraw(lease_id id) {
  const auto found = loans_.find(id);
  assert(found != loans_.end());
  for (auto* w : {&requests_minute_, &requests_hour_, &requests_day_})
    w->unbook(1);
  tokens_minute_.release(found->second.tokens);
  breaker_.withdraw(found->second.probe);
  loans_.erase(found);
}

key_guard::verdict key_guard::settle(const lease_report& report, time_point now,
                                     double random) {
  const auto found = loans_.find(report.id);
  if (found == loans_.end())
    return {};
  const auto terms = found->second;
  loans_.erase(found);
  tokens_minute_.release(terms.tokens);
  if (const auto used = tokens_of(report, terms.tokens); used > 0)
    tokens_minute_.book(used, now);
  return {.known = true,
          .opened = breaker_.judge({.fault = report.fault,
                                    .retry_after = report.retry_after,
                                    .probe = terms.probe},
                                   now, random)};
}

std::uint32_t key_guard::reclaim_overdue(time_point now) {
  std::uint32_t count = 0;
  while (!loans_.empty() && *next_overdue() <= now) {
    lease_report lost;
    lost.id = loans_.begin()->first;
    lost.fault = fault::abandoned;
    settle(lost, now, 0);
    ++count;
  }
  return count;
}

std::optional<time_point> key_guard::next_overdue() const {
  if (loans_.empty())
    return std::nullopt;
  return loans_.begin()->second.since + lease_ttl_;
}

key_standing key_guard::standing(key_index index, time_point now) {
  key_standing result;
  result.index = index;
  result.in_flight = static_cast<std::uint32_t>(loans_.size());
  result.condition = breaker_.condition(now);
  const auto o = find_obstacle(tokens_min, now);
  if (result.condition == key_condition::usable
      && o.refusal != key_refusal::none)
    result.condition = o.refusal == key_refusal::in_flight
                           ? key_condition::busy
                           : key_condition::spent;
  if (o.refusal != key_refusal::none)
    result.usable_at = o.until;
  for (auto* w :
       {&requests_minute_, &requests_hour_, &requests_day_, &tokens_minute_})
    result.headroom = std::min(result.headroom, w->free_share(now));
  if (concurrent_ > 0)
    result.headroom =
        std::min(result.headroom, 1
                                      - static_cast<double>(loans_.size())
                                            / static_cast<double>(concurrent_));
  return result;
}

// Names the first obstacle, and the moment when all of them are gone.
key_guard::obstacle key_guard::find_obstacle(std::uint64_t tokens,
                                             time_point now) {
  obstacle result;
  const auto meet = [&](key_refusal why, std::optional<time_point> until) {
    if (result.refusal == key_refusal::none)
      result.refusal = why;
    result.until = std::max(result.until, until.value_or(now + turnover));
  };
  if (!breaker_.admits(now))
    meet(key_refusal::breaker, breaker_.admits_at());
  if (is_busy())
    meet(key_refusal::in_flight, std::nullopt);
  const auto check = [&](limit_window& w, std::uint64_t n, key_refusal why) {
    if (!w.fits(n, now))
      meet(why, w.fits_at(n, now));
  };
  check(requests_minute_, 1, key_refusal::requests_minute);
  check(requests_hour_, 1, key_refusal::requests_hour);
  check(requests_day_, 1, key_refusal::requests_day);
  check(tokens_minute_, tokens, key_refusal::tokens_minute);
  return result;
}

bool key_guard::is_busy() const {
  return concurrent_ > 0 && loans_.size() >= concurrent_;
}

}  // namespace troupe
