// What workers outside say: their wishes for work, and what became of jobs.
//
// Reports of many jobs at once (`{"jobs":[...]}`) are each for itself: one late
// token among them spoils nothing. A report may carry the wish for the next
// jobs (`lease`), so that a job costs one round trip.

#pragma once

#include "actors/job.hpp"
#include "http/wire/error_body.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace troupe::http::app_queue {

/// Jobs in one lease, reports in one request, events in one append.
inline constexpr std::size_t lease_jobs_max = 1'000;
inline constexpr std::size_t reports_max = 10'000;
inline constexpr std::size_t appended_max = 1'000;

/// A poll that waits longer is cut by proxies.
inline constexpr std::uint64_t wait_max_ms = 60'000;

/// Shorter than this no lease outlives its way to the worker.
inline constexpr std::uint64_t lease_min_ms = 100;
inline constexpr std::uint64_t lease_max_ms = 24ull * 3600 * 1000;

/// An error is kept up to here: a stack trace, not a log.
inline constexpr std::size_t error_size_max = 8 * 1024;

/// What a worker asks for.
using wish_read = std::variant<lease_wish, wire::door_error>;

/// The body of POST .../lease. Grows the capacity of `body`.
wish_read read_wish(std::string& body, const std::string& tenant);

/// What is to be changed, and whether the next jobs are wished for.
struct report {
  job_changes changes;
  std::optional<lease_wish> wish;
};

using report_read = std::variant<report, wire::door_error>;

/// What is said to one job: the body of POST .../jobs/{id}/complete and of all
/// the others. Grows the capacity of `body`.
report_read read_report(job_verb verb, std::string& body, const std::string& id,
                        const std::string& tenant);

/// Likewise to many, of verb `complete` or `heartbeat`.
report_read read_reports(job_verb verb, std::string& body,
                         const std::string& tenant);

}  // namespace troupe::http::app_queue
