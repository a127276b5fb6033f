#include "http/simulator/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::simulator {

namespace {

using std::chrono::milliseconds;

constexpr double minute_ms = 60'000;

/// How long an even flow of `per_minute` takes to bring `missing`.
milliseconds time_for(double missing, std::uint64_t per_minute) {
  const auto wait = missing * minute_ms / static_cast<double>(per_minute);
  // Whole milliseconds, rounded up: coming back then must succeed. What never
  // fits is told to come back in an hour.
  constexpr double wait_max_ms = 3'600'000;
  return milliseconds{
      static_cast<std::int64_t>(std::ceil(std::clamp(wait, 0.0, wait_max_ms)))};
}

bucket_level level_of(double held, std::uint64_t limit) {
  return {limit, static_cast<std::uint64_t>(std::max(held, 0.0)),
          time_for(static_cast<double>(limit) - held, limit)};
}

}  // namespace

rate_limiter::account& rate_limiter::account_of(std::string_view key,
                                                time_point now) {
  const auto full_requests = static_cast<double>(limits_.requests_per_minute);
  const auto full_tokens = static_cast<double>(limits_.tokens_per_minute);
  auto at = accounts_.find(std::string{key});
  if (at == accounts_.end()) {
    // Forgetting any account is kind to its key; strangers gain no more.
    if (accounts_.size() >= keys_max)
      accounts_.erase(accounts_.begin());
    return accounts_.emplace(key, account{full_requests, full_tokens, now})
        .first->second;
  }
  auto& known = at->second;
  const std::chrono::duration<double, std::milli> gone = now - known.at;
  const auto minutes = std::max(gone.count(), 0.0) / minute_ms;
  known.requests =
      std::min(full_requests, known.requests + full_requests * minutes);
  known.tokens = std::min(full_tokens, known.tokens + full_tokens * minutes);
  known.at = now;
  return known;
}

rate_verdict rate_limiter::take(std::string_view key, std::uint64_t tokens,
                                time_point now) {
  rate_verdict verdict;
  if (limits_.requests_per_minute == 0 && limits_.tokens_per_minute == 0)
    return verdict;
  auto& known = account_of(key, now);
  const bool limits_requests = limits_.requests_per_minute > 0;
  const bool limits_tokens = limits_.tokens_per_minute > 0;
  const auto cost = static_cast<double>(tokens);
  // A hair below, because the fill of a minute is a sum of rounded parts.
  constexpr double hair = 1e-6;
  if (limits_requests && known.requests < 1 - hair)
    verdict.retry_after =
        time_for(1 - known.requests, limits_.requests_per_minute);
  if (limits_tokens && known.tokens < cost - hair) {
    verdict.retry_after =
        std::max(verdict.retry_after.value_or(milliseconds{0}),
                 time_for(cost - known.tokens, limits_.tokens_per_minute));
    verdict.tokens_refused = true;
  }
  if (!verdict.retry_after) {
    known.requests -= 1;
    known.tokens -= cost;
  }
  if (limits_requests)
    verdict.requests = level_of(known.requests, limits_.requests_per_minute);
  if (limits_tokens)
    verdict.tokens = level_of(known.tokens, limits_.tokens_per_minute);
  return verdict;
}

}  // namespace troupe::simulator
