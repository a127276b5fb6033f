#include "actors/api_key/key_guard.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <utility>

namespace troupe {

namespace {

constexpr std::array refusal_names{
    std::string_view{"none"},
    std::string_view{"breaker"},
    std::string_view{"in_flight"},
    std::string_view{"requests_minute"},
    std::string_view{"requests_hour"},
    std::string_view{"requests_day"},
    std::string_view{"tokens_minute"},
    std::string_view{"learned_requests"},
    std::string_view{"learned_tokens"},
    std::string_view{"learned_input_tokens"},
    std::string_view{"learned_output_tokens"},
};

static_assert(refusal_names.size()
              == static_cast<std::size_t>(key_refusal::count_));

/// The refusals that name a limit follow the others, in the order of the
/// limits.
constexpr key_refusal refusal_by(key_limit l) {
  return static_cast<key_refusal>(
      static_cast<std::size_t>(key_refusal::requests_minute)
      + static_cast<std::size_t>(l));
}

static_assert(refusal_by(key_limit::rpm) == key_refusal::requests_minute);
static_assert(refusal_by(key_limit::tpm) == key_refusal::tokens_minute);
static_assert(refusal_by(key_limit::requests) == key_refusal::learned_requests);
static_assert(refusal_by(key_limit::count_) == key_refusal::count_);

}  // namespace

std::string_view name_of(key_refusal r) noexcept {
  return refusal_names[static_cast<std::size_t>(r)];
}

key_guard::key_guard(const key_terms& terms, std::shared_ptr<key_memory> memory,
                     time_point now)
    : memory_(memory != nullptr ? std::move(memory)
                                : std::make_shared<key_memory>()) {
  adopt(terms);
  memory_->limits.settle_all(now);
  memory_->breaker.lose_calls();
}

key_guard::answer key_guard::lend(const key_demand& demand, time_point now) {
  const auto wanted = limit_book::amounts_of(demand);
  if (const auto o = find_obstacle(wanted, now); o.refusal != key_refusal::none)
    return {.refusal = o.refusal, .id = {}, .usable_at = o.until};
  const lease_id id{++memory_->last_lease};
  loans_.emplace_hint(loans_.end(), id,
                      loan{memory_->limits.lend(id.value(), wanted, now), now,
                           memory_->breaker.lend(), secret_});
  return {.refusal = key_refusal::none, .id = id, .usable_at = {}};
}

void key_guard::withdraw(lease_id id) {
  const auto found = loans_.find(id);
  assert(found != loans_.end());
  memory_->limits.withdraw(found->second.taken);
  memory_->breaker.withdraw(found->second.probe);
  loans_.erase(found);
}

bool key_guard::learn(lease_id id, const limits_ptr& readings, time_point now) {
  const auto found = loans_.find(id);
  if (found == loans_.end() || readings == nullptr)
    return false;
  memory_->limits.learn(found->second.taken, *readings, now);
  return true;
}

key_guard::verdict key_guard::settle(const lease_report& report, time_point now,
                                     double random) {
  const auto found = loans_.find(report.id);
  if (found == loans_.end())
    return {};
  const auto terms = found->second;
  loans_.erase(found);
  memory_->limits.settle(terms.taken, report, now);
  if (terms.secret != secret_)
    return {.known = true};
  if (report.fault == fault::none && report.first_byte.count() > 0)
    memory_->first_byte.add(report.first_byte, now);
  return {.known = true,
          .opened = memory_->breaker.judge({.fault = report.fault,
                                            .retry_after = report.retry_after,
                                            .probe = terms.probe},
                                           now, random)};
}

void key_guard::adopt(const key_terms& terms) {
  memory_->limits.adopt(terms.limits);
  memory_->breaker.adopt(terms.breaker);
  concurrent_ = terms.limits.concurrent;
  lease_ttl_ = terms.lease_ttl;
}

void key_guard::renew() {
  ++secret_;
  memory_->breaker.renew();
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
  result.condition = memory_->breaker.condition(now);
  const auto o = find_obstacle(limit_book::amounts_of({}), now);
  if (result.condition == key_condition::usable
      && o.refusal != key_refusal::none)
    result.condition = o.refusal == key_refusal::in_flight
                           ? key_condition::busy
                           : key_condition::spent;
  if (o.refusal != key_refusal::none)
    result.usable_at = o.until;
  const auto used = uses(now);
  result.headroom = 1 - *std::ranges::max_element(used);
  if (concurrent_ > 0)
    result.headroom =
        std::min(result.headroom,
                 std::max(0.0, 1
                                   - static_cast<double>(loans_.size())
                                         / static_cast<double>(concurrent_)));
  result.calls_free = calls_free(now);
  result.tokens_free = memory_->limits.tokens_free(now);
  result.first_byte = memory_->first_byte.value();
  return result;
}

limit_uses key_guard::uses(time_point now) {
  return memory_->limits.uses(now);
}

// Names the first obstacle, and the moment when all of them are gone.
key_guard::obstacle key_guard::find_obstacle(const limit_book::amounts& wanted,
                                             time_point now) {
  obstacle result;
  const auto meet = [&](key_refusal why, time_point until) {
    if (result.refusal == key_refusal::none)
      result.refusal = why;
    result.until = std::max(result.until, until);
  };
  if (!memory_->breaker.admits(now))
    meet(key_refusal::breaker,
         memory_->breaker.admits_at().value_or(now + turnover));
  if (is_busy())
    meet(key_refusal::in_flight, now + turnover);
  if (const auto o = memory_->limits.find_obstacle(wanted, now); o.limit)
    meet(refusal_by(*o.limit),
         o.reserved ? std::max(o.until, now + turnover) : o.until);
  return result;
}

bool key_guard::is_busy() const {
  return concurrent_ > 0 && loans_.size() >= concurrent_;
}

std::uint32_t key_guard::calls_free(time_point now) {
  auto result = memory_->limits.calls_free(now);
  if (concurrent_ > 0)
    result =
        std::min(result, concurrent_ - std::min(concurrent_, loans_.size()));
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(
      result, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace troupe
