// Schedules: jobs that come again, by a cron pattern or by an interval.
//
// A time at which a job comes is an occurrence. Its job has an id made from the
// schedule's and the occurrence's time, so that adding it a second time, after
// a crash, is one job. A time that nobody was there for is a misfire; the
// policy says what becomes of it.

#pragma once

#include "actors/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A schedule's place in its queue's records. Kept as long as it lives.
using schedule_number = std::int64_t;

/// What becomes of occurrences that were missed.
enum class misfire_policy : std::uint8_t {
  once,  ///< The last one comes now, for all of them.
  skip,  ///< None comes, but one that is at most `misfire_grace_ms` late.
  all,   ///< The last `catch_up_max` come now.
  count_,
};

/// Returns `once`, `skip`, `all`.
std::string_view name_of(misfire_policy p) noexcept;

/// So late is still in time. A minute: what cron's own times are made of.
inline constexpr std::uint64_t misfire_grace_ms = 60'000;

/// The year 9999: what calendars hold.
inline constexpr job_time schedule_time_max = 253'402'300'799'000;

/// Whether it is a time that a schedule can have to do with.
constexpr bool is_schedule_time(job_time t) noexcept {
  return t >= 0 && t <= schedule_time_max;
}

/// A schedule as somebody wants it. The same id again is the same schedule.
struct schedule_wish {
  std::string id;              ///< [A-Za-z0-9_.@-]{1,100}
  std::string cron;            ///< Empty: by `every_ms`.
  std::uint64_t every_ms = 0;  ///< 100 ms to ten years.
  std::string zone = "UTC";    ///< Of the pattern.
  /// No occurrence is earlier. With an interval it is the first one; without,
  /// the first one is an interval after the wish.
  job_time start_at = 0;
  job_time end_at = 0;      ///< No occurrence is later; 0 = no end.
  std::uint64_t limit = 0;  ///< Jobs in all; 0 = no limit.
  misfire_policy misfire = misfire_policy::once;
  std::uint32_t catch_up_max = 10;  ///< misfire_policy::all: 1 to 100.
  /// What comes: without id and dedup. Its tenant is the schedule's; two
  /// tenants may use one id.
  new_job job;
};

/// What is wrong with a wish.
struct schedule_fault {
  std::string field;  ///< `cron`
  std::string why;    ///< "hour: must lie between 0 and 23"
};

/// Where a schedule stands.
struct schedule_progress {
  /// An interval is counted from here.
  job_time anchor = 0;
  std::optional<job_time> next_at;  ///< Nothing: it is over.
  job_time last_at = 0;             ///< The last one that came; 0 = none yet.
  std::uint64_t made = 0;           ///< Jobs so far.

  friend bool operator==(const schedule_progress&,
                         const schedule_progress&) = default;
};

/// A schedule as people see it.
struct schedule_view {
  schedule_number number = 0;
  schedule_wish wish;
  schedule_progress progress;
};

/// What is done to one schedule.
struct schedule_order {
  bool removes = false;  ///< Of `wish` only the id and the job's tenant count.
  schedule_wish wish;
};

/// What became of it.
struct schedule_receipt {
  std::optional<schedule_fault> fault;  ///< Nothing was changed.
  bool known = false;  ///< There was one of that id: changed, or removed.
  schedule_view view;  ///< As it is now; nothing of one that is removed.
};

/// Asks for one schedule (`id`), or for a page.
struct schedule_query {
  std::string id;      ///< Empty: a page.
  std::string tenant;  ///< With an id, whose; without, empty: of all.
  schedule_number after = 0;
  std::uint32_t limit = 50;
};

struct schedule_page {
  std::vector<schedule_view> schedules;
  schedule_number next = 0;  ///< Asks on from here; 0 = that was all.
};

}  // namespace troupe
