// Jobs as clients add them: POST .../jobs and .../jobs/bulk.
//
// `data` is any JSON and is carried as the bytes it came in. What a job does
// not say is the queue's to say.

#pragma once

#include "actors/job.hpp"
#include "http/wire/error_body.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

namespace troupe::http::app_queue {

/// Jobs that are added with one request.
inline constexpr std::size_t bulk_max = 10'000;

/// A year: what is further away than that is a plan, not a job.
inline constexpr std::uint64_t delay_max_ms = 366ull * 24 * 3600 * 1000;

/// A week for one attempt, and for the pause behind it.
inline constexpr std::uint64_t attempt_max_ms = 7ull * 24 * 3600 * 1000;

using new_jobs_read = std::variant<new_jobs, wire::door_error>;

/// The one job of `body`. Grows the capacity of `body`.
new_jobs_read read_job(std::string& body, const std::string& tenant);

/// The jobs of `{"jobs":[...]}`. Likewise.
new_jobs_read read_jobs(std::string& body, const std::string& tenant);

}  // namespace troupe::http::app_queue
