// When the next job may begin, so that in any window of a length at most so
// many begin.
//
// It remembers when the last ones began, by the millisecond: a job may begin
// when of all that began less than a window ago there are fewer than the limit.
// That is exact for windows that begin at any moment, and no jobs saved in one
// window are spent in the next. Memory: 16 bytes a millisecond in which some
// began, of one window.

#pragma once

#include "actors/job.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

class rate_window {
public:
  /// At most `max` begin in any `per`.
  struct limit {
    std::uint64_t max = 0;  ///< 0 = no limit.
    job_time per = 1'000;   ///< ms
  };

  /// When the next one may begin: `now`, or later.
  job_time free_at(const limit& l, job_time now) const noexcept;

  /// One began. Cheap if none is known that began later.
  void begun(const limit& l, job_time at);

  /// Whether nothing it remembers is of use at `now`.
  bool is_over(const limit& l, job_time now) const noexcept {
    return runs_.empty() || runs_.back().at <= now - l.per;
  }

private:
  struct run {
    job_time at = 0;
    std::uint64_t jobs = 0;
  };

  void drop_until(job_time at);
  std::vector<run>::iterator first() {
    return runs_.begin() + static_cast<std::ptrdiff_t>(first_);
  }

  std::vector<run> runs_;   // By their time.
  std::size_t first_ = 0;   // Those before are over; cut off in heaps.
  std::uint64_t jobs_ = 0;  // Of the runs from `first_` on.
};

}  // namespace troupe
