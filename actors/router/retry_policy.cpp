#include "actors/router/retry_policy.hpp"

#include <algorithm>
#include <cmath>

namespace troupe {

namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

// Computed in doubles and cut before the cast: large powers end at delay_max.
milliseconds back_off(const config::retry_settings& s, std::uint32_t attempts,
                      double random) {
  const auto longest = static_cast<double>(s.delay_max.count());
  const auto grown = static_cast<double>(s.delay.count())
                     * std::pow(s.factor, static_cast<double>(attempts - 1));
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
  if (!is_retryable(failed.fault) || failed.attempts >= settings.attempts)
    return {errc::retries_spent, {}};
  if (now >= failed.deadline)
    return {errc::deadline_exceeded, {}};
  if (failed.fault == fault::quota || failed.fault == fault::credential)
    return {};
  const auto binds_other_keys =
      failed.fault != fault::rate || !failed.keys_untried;
  const auto floor = binds_other_keys
                         ? failed.retry_after.value_or(milliseconds{0})
                         : milliseconds{0};
  const auto wait =
      std::max(back_off(settings, failed.attempts, random), floor);
  if (floor <= settings.delay_max && fits_before(failed.deadline, wait, now))
    return {errc::none, wait};
  if (floor > milliseconds{0})
    return {errc::keys_cooling, floor};
  return {errc::retries_spent, {}};
}

retry_decision decide_wait(const config::retry_settings& settings,
                           time_point usable_at, std::uint32_t waits,
                           time_point deadline, time_point now) {
  // Rounded up: who waits this long must find the key usable.
  const auto wait = ceil<milliseconds>(std::max(usable_at, now) - now);
  const auto may_wait = waits < settings.attempts && wait <= settings.delay_max
                        && fits_before(deadline, wait, now);
  return {may_wait ? errc::none : errc::keys_cooling, wait};
}

}  // namespace troupe
