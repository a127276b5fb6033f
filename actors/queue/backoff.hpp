// How long a job pauses before its next attempt.
//
//   exponential   delay, 2 x delay, 4 x delay, ...
//   fixed         delay, each time
//   custom        what it was given, one after the other; the last one repeats
//
// Jitter spreads the jobs that failed together, by a draw from outside; no
// pause is longer than delay_max, and none overflows.

#pragma once

#include "actors/job.hpp"
#include "config/queue_settings.hpp"

#include <cstdint>

namespace troupe {

/// The pause after that many failures, in ms. @pre failures >= 1; `draw`, even
/// from 0 to 1, places it in its jitter.
std::uint64_t pause_after(const job_backoff& b, std::uint32_t failures,
                          double draw) noexcept;

/// What the queue does where a job does not say.
job_backoff backoff_of(const config::job_pause_settings& s);

}  // namespace troupe
