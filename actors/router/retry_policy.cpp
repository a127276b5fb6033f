#include "actors/router/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace troupe {

namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

// Computed in doubles and cut before the cast: large powers end at delay_max.
milliseconds back_off(const config::retry_settings& s, std::uint32_t pause,
                      double random) {
  if (s.delay.count() == 0)  // Or a power that overflows makes it no number.
    return s.delay;
  const auto longest = static_cast<double>(s.delay_max.count());
  const auto grown = static_cast<double>(s.delay.count())
                     * std::pow(s.factor, static_cast<double>(pause - 1));
  const auto strayed =
      std::min(grown, longest) * (1 + s.jitter * (2 * random - 1));
  return milliseconds{std::llround(std::min(strayed, longest))};
}

bool fits_before(time_point deadline, milliseconds wait, time_point now) {
  // Compared as spans: `now + wait` may not be representable.
  return wait < deadline - now;
}

}  // namespace

retry_decision decide_retry(const config::retry_settings& settings,
                            const failed_attempt& failed, time_point now,
                            double random) {
  if (failed.attempts >= settings.attempts)
    return {errc::retries_spent, {}};
  if (now >= failed.deadline)
    return {errc::deadline_exceeded, {}};
  const auto floor = failed.retry_after.value_or(milliseconds{0});
  const auto wait = std::max(back_off(settings, failed.pause, random), floor);
  if (floor <= settings.delay_max && fits_before(failed.deadline, wait, now))
    return {errc::none, wait};
  if (floor > milliseconds{0})
    return {errc::targets_cooling, floor};
  return {errc::retries_spent, {}};
}

retry_decision decide_wait(const config::provider_settings& settings,
                           time_point usable_at, std::uint32_t waits,
                           time_point deadline, time_point now) {
  // Rounded up: who waits this long must find the target usable.
  const auto wait = ceil<milliseconds>(std::max(usable_at, now) - now);
  const auto may_wait = waits < settings.retry.attempts
                        && wait <= settings.waiting.time
                        && fits_before(deadline, wait, now);
  return {may_wait ? errc::none : errc::targets_cooling, wait};
}

}  // namespace troupe
