// Two rules that come with a job: how long it pauses between attempts, and what
// becomes of it where there is one alike already.
//
// Each is an object of its own in a job's body. Times are milliseconds; how
// long they may be is what a queue can keep track of, not what is wise.

#pragma once

#include "actors/job.hpp"
#include "http/routes/queue/fields.hpp"

#include <cstdint>

namespace troupe::http::app_queue {

/// A year: what is further away than that is a plan, not a job.
inline constexpr std::uint64_t delay_max_ms = 366ull * 24 * 3600 * 1000;

/// A week for one attempt, and for the pause behind it.
inline constexpr std::uint64_t attempt_max_ms = 7ull * 24 * 3600 * 1000;

/// `{"kind","delay_ms","delay_max_ms","delays_ms","jitter"}`
complaint take_backoff(value& v, job_backoff& into);

/// `{"key","mode","ttl_ms"}`
complaint take_dedup(value& v, job_dedup& into);

}  // namespace troupe::http::app_queue
