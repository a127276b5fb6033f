#include "actors/queue/queue_metrics.hpp"

#include <array>
#include <utility>

namespace troupe {

namespace {

/// Jobs wait for a millisecond, or for hours, and so do they run.
const std::vector<double> buckets{0.001, 0.005, 0.02, 0.1, 0.5,   1,     5,
                                  15,    60,    300,  900, 3'600, 14'400};

constexpr std::array<std::string_view,
                     static_cast<std::size_t>(job_event_kind::count_)>
    names{"added",     "duplicate",  "refused", "started",
          "completed", "retried",    "failed",  "dead",
          "cancelled", "lease_lost", "late"};

constexpr std::array<std::string_view,
                     static_cast<std::size_t>(schedule_event::count_)>
    schedule_names{"added", "refused", "failed"};

constexpr double seconds_of(std::uint64_t ms) {
  return static_cast<double>(ms) / 1'000;
}

}  // namespace

std::string_view name_of(job_event_kind x) noexcept {
  const auto at = static_cast<std::size_t>(x);
  return at < names.size() ? names[at] : std::string_view{};
}

std::string_view name_of(schedule_event x) noexcept {
  const auto at = static_cast<std::size_t>(x);
  return at < schedule_names.size() ? schedule_names[at] : std::string_view{};
}

queue_metrics::queue_metrics(const metric_catalog& catalog,
                             const std::string& queue)
    : jobs_(catalog.counters(metric::jobs_total, {queue},
                             label_values<job_event_kind>())),
      wait_(catalog.histogram(metric::job_wait_seconds, {queue}, buckets)),
      duration_(
          catalog.histogram(metric::job_duration_seconds, {queue}, buckets)),
      oldest_(catalog.gauge(metric::queue_oldest_waiting_seconds, {queue})),
      paused_(catalog.gauge(metric::queue_paused, {queue})),
      schedules_(catalog.gauge(metric::queue_schedules, {queue})),
      schedule_jobs_(catalog.counters(metric::schedule_jobs_total, {queue},
                                      label_values<schedule_event>())) {
  for (std::size_t i = 0; i < size_.size(); ++i)
    if (const auto s = static_cast<job_state>(i); s != job_state::paused)
      size_[i] =
          &catalog.gauge(metric::queue_size, {queue, std::string{name_of(s)}});
}

void queue_metrics::count(const job_tally& happened) const {
  using enum job_event_kind;
  const std::array<std::pair<job_event_kind, std::uint64_t>,
                   static_cast<std::size_t>(count_)>
      all{{{added, happened.added},
           {duplicate, happened.duplicate},
           {refused, happened.refused},
           {started, happened.started},
           {completed, happened.completed},
           {retried, happened.retried},
           {failed, happened.failed},
           {dead, happened.dead},
           {cancelled, happened.cancelled},
           {lease_lost, happened.lease_lost},
           {late, happened.late}}};
  for (const auto& [kind, count] : all)
    if (count > 0)
      jobs_[kind].Increment(static_cast<double>(count));
  for (const auto ms : happened.waits_ms)
    wait_.Observe(seconds_of(ms));
  for (const auto ms : happened.runs_ms)
    duration_.Observe(seconds_of(ms));
}

void queue_metrics::count(schedule_event what, std::uint64_t jobs) const {
  if (jobs > 0)
    schedule_jobs_[what].Increment(static_cast<double>(jobs));
}

void queue_metrics::show(const queue_statistics& now,
                         std::size_t schedules) const {
  const auto set = [this](job_state s, std::uint64_t count) {
    size_[static_cast<std::size_t>(s)]->Set(static_cast<double>(count));
  };
  set(job_state::waiting, now.waiting);
  set(job_state::delayed, now.delayed);
  set(job_state::active, now.active);
  set(job_state::waiting_children, now.waiting_children);
  set(job_state::completed, now.completed);
  set(job_state::failed, now.failed);
  set(job_state::dead, now.dead);
  oldest_.Set(seconds_of(now.oldest_waiting_ms));
  paused_.Set(now.paused ? 1 : 0);
  schedules_.Set(static_cast<double>(schedules));
}

}  // namespace troupe
