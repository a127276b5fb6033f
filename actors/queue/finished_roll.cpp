#include "actors/queue/finished_roll.hpp"

#include <cassert>

namespace troupe {

namespace {

// The oldest; null if it has to stay.
kept_job* first_of(const job_set& jobs) {
  if (jobs.empty() || !jobs.begin()->is(job_mark::end_stored))
    return nullptr;
  // The set is read here, the job is the queue's.
  return const_cast<kept_job*>(&*jobs.begin());
}

job_time age_of(const config::keep_settings& keep) {
  return keep.age.count();
}

}  // namespace

bool is_over(job_state s) noexcept {
  return s == job_state::completed || s == job_state::failed
         || s == job_state::dead;
}

finished_roll::finished_roll(const config::queue_settings& settings) {
  adopt(settings);
}

void finished_roll::adopt(const config::queue_settings& settings) {
  roll(job_state::completed).keep = settings.keep_completed;
  roll(job_state::failed).keep = settings.keep_failed;
  roll(job_state::dead).keep = settings.keep_dead;
}

finished_roll::one_state& finished_roll::roll(job_state s) {
  assert(is_over(s));
  return rolls_[static_cast<std::size_t>(s)
                - static_cast<std::size_t>(job_state::completed)];
}

const finished_roll::one_state& finished_roll::roll(job_state s) const {
  assert(is_over(s));
  return rolls_[static_cast<std::size_t>(s)
                - static_cast<std::size_t>(job_state::completed)];
}

void finished_roll::put(kept_job& job) {
  auto& to = roll(job.state);
  job.order = job.rarely().finished_at;
  to.jobs.insert(to.jobs.end(), job);
  ++to.count;
}

void finished_roll::take_out(kept_job& job) {
  auto& from = roll(job.state);
  from.jobs.erase(from.jobs.iterator_to(job));
  --from.count;
}

kept_job* finished_roll::too_many() const {
  for (const auto& r : rolls_)
    if (r.count > r.keep.count)
      if (auto* job = first_of(r.jobs))
        return job;
  return nullptr;
}

kept_job* finished_roll::too_old(job_time now) const {
  for (const auto& r : rolls_)
    if (auto* job = first_of(r.jobs); job && job->order + age_of(r.keep) <= now)
      return job;
  return nullptr;
}

std::optional<job_time> finished_roll::next_age() const {
  std::optional<job_time> out;
  for (const auto& r : rolls_)
    if (const auto* job = first_of(r.jobs))
      if (const auto at = job->order + age_of(r.keep); !out || at < *out)
        out = at;
  return out;
}

}  // namespace troupe
