// What follows a failed attempt: another one now, another one later, or none.
//
// The n-th retry waits delay x factor^(n-1), strayed by the jitter and cut at
// delay_max. Two things change that:
// - A key the provider refuses, or whose quota is spent, says nothing about its
//   neighbours and will not serve again soon: the call moves on at once. If no
//   other key is usable, the pool knows.
// - What the provider asks for (retry_after) is a floor. A rate limit binds one
//   key only, so it is no floor while there are untried keys.
//
// The one rule: no wait is begun that ends after the call's deadline. Such a
// call is answered at once, and told when the provider said to come back.
//
// Limits: a floor above delay_max is refused rather than cut: coming back
// earlier than asked would only prolong the trouble.

#pragma once

#include "actors/contracts.hpp"
#include "config/settings.hpp"
#include "runtime/errc.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace troupe {

/// What is known when an attempt has failed.
struct failed_attempt {
  troupe::fault fault = fault::transient;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  std::uint32_t attempts = 1;  ///< Made so far, at least 1.
  bool keys_untried = false;   ///< Whether some key has not failed this call.
  time_point deadline = time_point::max();
};

struct retry_decision {
  /// `none`: retry after `wait`. Else retries_spent, deadline_exceeded, or
  /// keys_cooling, where `wait` is what the caller should wait.
  errc refusal = errc::none;
  std::chrono::milliseconds wait{0};
};

/// Decides; `random` is in [0, 1).
retry_decision decide_retry(const config::retry_settings& settings,
                            const failed_attempt& failed, time_point now,
                            double random);

/// Decides whether a retried call waits until a key is usable; `waits` is how
/// often it did before.
retry_decision decide_wait(const config::retry_settings& settings,
                           time_point usable_at, std::uint32_t waits,
                           time_point deadline, time_point now);

}  // namespace troupe
