// When a schedule's occurrences are: pattern or interval, within its bounds.
//
// One rule: the times are fixed by the wish and the anchor alone. When somebody
// looks makes no difference, so an occurrence has the same time, and its job
// the same id, before a crash and after it.

#pragma once

#include "actors/schedule/cron_times.hpp"
#include "actors/schedule/schedule.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace troupe {

class schedule_timing {
public:
  /// Checks all of a wish that is about time. `anchor` is where an interval is
  /// counted from, if the wish has no start.
  static std::variant<schedule_timing, schedule_fault>
  make(const schedule_wish& wish, job_time anchor);

  /// The first occurrence after `t`; nothing: there is none.
  std::optional<job_time> next_after(job_time t) const;

  /// The last `count` occurrences after `after` up to `until`, in their order.
  /// Costs some 30 steps of `next_after` each, however many there were.
  std::vector<job_time> last_of(job_time after, job_time until,
                                std::size_t count) const;

private:
  std::optional<job_time> last_of(job_time after, job_time until) const;
  std::optional<job_time> unbounded_next(job_time t) const;

  std::optional<cron_pattern> pattern_;
  time_zone zone_;
  job_time every_ = 0;
  job_time anchor_ = 0;
  job_time start_ = 0;
  job_time end_ = 0;
};

}  // namespace troupe
