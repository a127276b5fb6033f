// How long a retry waits, and whether a call may wait at all.
//
// The n-th pause of a call before the same target waits delay x factor^(n-1),
// strayed by the jitter and cut at delay_max. Attempts elsewhere that came at
// once do not lengthen it. What the provider asks for (retry_after) is a floor.
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
  std::uint32_t attempts = 1;  ///< Made so far, anywhere.
  std::uint32_t pause = 1;     ///< Which pause this one would be, from 1.
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  time_point deadline = time_point::max();
};

struct retry_decision {
  /// `none`: go on after `wait`. Else retries_spent, deadline_exceeded, or one
  /// of the cooling ones, where `wait` is what the caller should wait.
  errc refusal = errc::none;
  std::chrono::milliseconds wait{0};
};

/// Whether and when the same target is tried again; `random` is in [0, 1).
retry_decision decide_retry(const config::retry_settings& settings,
                            const failed_attempt& failed, time_point now,
                            double random);

/// Whether a call waits until a target recovers at `usable_at`; `waits` is how
/// often it did before.
retry_decision decide_wait(const config::provider_settings& settings,
                           time_point usable_at, std::uint32_t waits,
                           time_point deadline, time_point now);

}  // namespace troupe
