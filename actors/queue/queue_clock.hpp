// The time of a queue: milliseconds since 1970, carried on steadily.
//
// The wall's clock is asked once, when the queue starts; from then on the
// actor's steady clock counts. So a wall that is set forth or back moves no
// lease and no delay; a restart may.

#pragma once

#include "actors/job.hpp"

#include <chrono>

namespace troupe {

class queue_clock {
public:
  using time_point = std::chrono::steady_clock::time_point;

  queue_clock() = default;

  /// It is `wall` on the queue's clock now.
  queue_clock(job_time wall, time_point now) : wall_(wall), since_(now) {}

  /// What time it is then.
  job_time at(time_point then) const {
    return wall_
           + std::chrono::floor<std::chrono::milliseconds>(then - since_)
                 .count();
  }

  /// When it will be that late, or was.
  time_point when(job_time then) const {
    return since_ + std::chrono::milliseconds{then - wall_};
  }

private:
  job_time wall_ = 0;
  time_point since_{};
};

}  // namespace troupe
