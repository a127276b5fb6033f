#include "actors/queue/rate_window.hpp"

#include <algorithm>
#include <cstddef>

namespace troupe {

job_time rate_window::free_at(const limit& l, job_time now) const noexcept {
  if (l.max == 0)
    return now;
  // As many of the oldest have to be over as there are too many for one more.
  auto jobs = jobs_;
  for (auto i = first_; i < runs_.size() && jobs >= l.max; ++i) {
    const auto over_at = runs_[i].at + l.per;
    jobs -= runs_[i].jobs;
    if (over_at > now && jobs < l.max)
      return over_at;
  }
  return now;
}

void rate_window::begun(const limit& l, job_time at) {
  if (l.max == 0)
    return;
  drop_until(at - l.per);
  const auto place = std::partition_point(
      first(), runs_.end(), [at](const run& r) { return r.at < at; });
  if (place != runs_.end() && place->at == at)
    ++place->jobs;
  else
    runs_.insert(place, {at, 1});
  ++jobs_;
}

void rate_window::drop_until(job_time at) {
  while (first_ < runs_.size() && runs_[first_].at <= at)
    jobs_ -= runs_[first_++].jobs;
  if (first_ * 2 > runs_.size()) {
    runs_.erase(runs_.begin(), first());
    first_ = 0;
  }
}

}  // namespace troupe
