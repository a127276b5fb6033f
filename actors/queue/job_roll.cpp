#include "actors/queue/job_roll.hpp"

#include <cassert>

namespace troupe {

job_roll::~job_roll() {
  for (const auto& [at, p] : pages_)
    for (const auto* job : p.jobs)
      delete job;
}

kept_job* job_roll::find(job_number number) const {
  const auto at = pages_.find(number / places);
  return at == pages_.end() ? nullptr : at->second.jobs[number % places];
}

kept_job* job_roll::first_from(job_number number) const {
  auto at = pages_.lower_bound(number / places);
  if (at == pages_.end())
    return nullptr;
  // No page is empty: the next one has it, if this one has not.
  auto place = at->first == number / places ? number % places : 0;
  for (;; ++place) {
    if (place == places) {
      if (++at == pages_.end())
        return nullptr;
      place = 0;
    }
    if (at->second.jobs[place] != nullptr)
      return at->second.jobs[place];
  }
}

kept_job* job_roll::last_to(job_number number) const {
  auto at = pages_.upper_bound(number / places);
  if (at == pages_.begin())
    return nullptr;
  --at;
  auto place = at->first == number / places ? number % places : places - 1;
  for (;; --place) {
    if (at->second.jobs[place] != nullptr)
      return at->second.jobs[place];
    if (place == 0) {
      if (at == pages_.begin())
        return nullptr;
      --at;
      place = places;
    }
  }
}

kept_job& job_roll::insert(std::unique_ptr<kept_job> job) {
  const auto number = job->number;
  // Most come behind the last one.
  const auto at = pages_.try_emplace(pages_.end(), number / places);
  auto& place = at->second.jobs[number % places];
  assert(place == nullptr);
  if (job->rare && !job->rare->id.empty())
    by_id_.emplace(job->rare->id, job.get());
  place = job.release();
  ++at->second.count;
  ++size_;
  return *place;
}

std::unique_ptr<kept_job> job_roll::release(kept_job& job) {
  if (job.rare && !job.rare->id.empty()) {
    const auto [begin, end] = by_id_.equal_range(job.rare->id);
    for (auto i = begin; i != end; ++i)
      if (i->second == &job) {
        by_id_.erase(i);
        break;
      }
  }
  const auto at = pages_.find(job.number / places);
  assert(at != pages_.end());
  at->second.jobs[job.number % places] = nullptr;
  if (--at->second.count == 0)
    pages_.erase(at);
  --size_;
  return std::unique_ptr<kept_job>{&job};
}

}  // namespace troupe
