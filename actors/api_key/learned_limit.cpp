#include "actors/api_key/learned_limit.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace troupe {

namespace {

/// What a limit is taken to be for until its readings say otherwise. Most are
/// by the minute.
constexpr std::chrono::minutes period{1};

/// Resets that are dates are told in whole seconds, whichever way rounded.
constexpr std::chrono::seconds reset_rounding{1};

/// Larger amounts decide nothing, and would make sums overflow.
constexpr std::uint64_t amount_max = std::uint64_t{1} << 50;

/// No bucket takes longer to fill: a month. Times beyond would overflow.
constexpr std::chrono::hours refill_max{24 * 31};

}  // namespace

bool learned_limit::fits(std::uint64_t amount, time_point now) const {
  return fits_at(amount, now) <= now;
}

// The rest of the bucket may be missing still when `amount` is there.
learned_limit::time_point learned_limit::fits_at(std::uint64_t amount,
                                                 time_point now) const {
  if (!known() || full_at_ <= now)
    return now;
  const auto rest = pace_ * static_cast<double>(limit_ - clamped(amount));
  const auto at = full_at_ - std::chrono::floor<nanoseconds>(rest);
  return std::max(at, now);
}

learned_limit::mark learned_limit::lend(std::uint64_t ordinal,
                                        std::uint64_t amount, time_point now) {
  amount = std::min(amount, amount_max);
  lent_ += amount;
  full_before_ = full_at_;
  if (known())
    full_at_ = std::max(full_at_, now + travel) + refill(clamped(amount));
  return {ordinal, lent_};
}

void learned_limit::withdraw(mark at, std::uint64_t amount) {
  assert(at.lent == lent_);
  lent_ = at.lent - std::min(amount, amount_max);
  full_at_ = full_before_;
}

void learned_limit::settle(mark at, std::uint64_t amount, std::uint64_t used,
                           time_point now) {
  if (!known() || at.ordinal <= read_)
    return;
  amount = clamped(amount);
  used = clamped(used);
  if (used > amount) {
    lent_ += used - amount;
    full_at_ = std::max(full_at_, now) + refill(used - amount);
    return;
  }
  // The provider's bucket may have been full all the time, and then refilled
  // nothing meanwhile: all that was lent after this is missing still.
  const auto at_latest = now + travel + refill(lent_ - at.lent);
  full_at_ =
      std::min(full_at_, std::max(full_at_ - refill(amount - used), at_latest));
}

void learned_limit::learn(const limit_reading& reading, mark at,
                          time_point read_at, time_point now) {
  const auto limit = reading.limit.value_or(limit_);
  if (limit == 0 || at.ordinal <= read_)
    return;
  read_ = at.ordinal;
  if (limit != limit_)
    adopt(std::min(limit, amount_max), now);
  if (!reading.remaining)
    return;
  const auto missing = limit_ - clamped(*reading.remaining);
  if (missing > 0 && reading.reset && reading.reset->count() > 0)
    correct_pace(missing, *reading.reset);
  full_at_ = std::min(read_at, now) + refill(missing);
  if (const auto later = lent_ - at.lent; later > 0)
    full_at_ = std::max(full_at_, now + travel) + refill(later);
}

std::uint64_t learned_limit::free(time_point now) const {
  if (!known() || full_at_ <= now)
    return std::numeric_limits<std::uint64_t>::max();
  const auto missing = std::ceil(exact{full_at_ - now} / pace_);
  return missing < static_cast<double>(limit_)
             ? limit_ - static_cast<std::uint64_t>(missing)
             : 0;
}

double learned_limit::free_share(time_point now) const {
  if (!known() || full_at_ <= now)
    return 1;
  const auto missing = exact{full_at_ - now} / pace_;
  return std::max(0.0, 1 - missing / static_cast<double>(limit_));
}

learned_limit::nanoseconds learned_limit::refill(std::uint64_t amount) const {
  const auto time = pace_ * static_cast<double>(amount);
  return std::chrono::ceil<nanoseconds>(std::min<exact>(time, refill_max));
}

// What is missing stays missing; the pace is another.
void learned_limit::adopt(std::uint64_t limit, time_point now) {
  const auto missing =
      known() && full_at_ > now ? exact{full_at_ - now} / pace_ : 0.0;
  limit_ = limit;
  pace_ = exact{period} / static_cast<double>(limit);
  const auto refilled = std::min<exact>(pace_ * missing, refill_max);
  full_at_ = now + std::chrono::ceil<nanoseconds>(refilled);
}

// The true figure is below `missing` by up to its rounding, and the reset off
// by its own. Where the pace contradicts both, the slower bound takes its
// place; with too little missing there is none, and the pace is as told.
void learned_limit::correct_pace(std::uint64_t missing, exact reset) {
  const auto rounding = std::max<std::uint64_t>(1, limit_ / roundings);
  const auto fastest = (reset - reset_rounding) / static_cast<double>(missing);
  if (missing > rounding) {
    const auto least = static_cast<double>(missing - rounding);
    if (pace_ < fastest || pace_ > (reset + reset_rounding) / least)
      pace_ = (reset + reset_rounding) / least;
  } else if (pace_ < fastest) {
    pace_ = reset / static_cast<double>(missing);
  }
  pace_ = std::min(pace_, exact{refill_max} / static_cast<double>(limit_));
}

}  // namespace troupe
