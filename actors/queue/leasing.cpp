// To workers and back: by word of the worker, or because its time is over.

#include "actors/queue/backoff.hpp"
#include "actors/queue/inside.hpp"
#include "actors/queue/token_text.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace troupe {

namespace {

/// Waits and runs that are remembered until somebody asks for them.
constexpr std::size_t spans_max = 100'000;

void note(std::vector<std::uint32_t>& spans, job_time length) {
  if (spans.size() < spans_max)
    spans.push_back(static_cast<std::uint32_t>(
        std::clamp<job_time>(length, 0, 0xFFFF'FFFF)));
}

}  // namespace

std::vector<taken_job> queue_book::take(const lease_wish& wish, job_time now) {
  auto& in = *in_;
  std::vector<taken_job> out;
  if (!in.may_lease)
    return out;
  while (out.size() < wish.max) {
    auto* job = in.line.take(now, wish.tenant);
    if (job == nullptr)
      break;
    out.push_back(in.lend(*job, wish, now));
  }
  return out;
}

taken_job queue_book::inside::lend(kept_job& job, const lease_wish& wish,
                                   job_time now) {
  auto& rare = job.rarely();
  rare.token = {.start = memory.start, .count = ++leases};
  rare.worker = wish.worker;
  rare.ended_by = lease_end::none;
  rare.lease_ms = wish.lease_ms != 0
                      ? wish.lease_ms
                      : static_cast<std::uint64_t>(settings->heartbeat.count());
  rare.lease_until = now
                     + (wish.lease_ms != 0 ? lease_span(wish.lease_ms)
                                           : settings->lease.count());
  rare.started_at = now;
  const auto timeout_ms = rare.timeout_ms.value_or(
      static_cast<std::uint64_t>(settings->timeout.count()));
  rare.attempt_until = timeout_ms == 0 ? 0 : now + lease_span(timeout_ms);
  if (rare.events > 0)
    job.set(job_mark::announce);
  ++happened.started;
  note(happened.waits_ms, now - job.rank);
  // The line has let it go.
  move(job, job_state::active, now);
  return {.number = job.number,
          .has_checkpoint = has_paper(job, job_paper::checkpoint),
          .job = {.id = id_of(job),
                  .token = text_of(rare.token),
                  .name = std::string{job.called()},
                  .group = job.group->name,
                  .tenant = job.group->tenant,
                  .data = {},
                  .priority = job.priority,
                  .attempt = job.attempts_made + 1,
                  .attempts = job.attempts,
                  .created_at = job.created_at,
                  .lease_until = rare.lease_until,
                  .lease_ms = rare.lease_ms,
                  .timeout_ms = timeout_ms,
                  .checkpoint = {},
                  .children = counts_of(job)}};
}

void queue_book::inside::end_lease(kept_job& job, lease_end how, job_time now) {
  unplace(job, now);
  line.gone(job, now);
  job.rare->ended_by = how;
  job.clear(job_mark::announce);
  if (how == lease_end::completed)
    note(happened.runs_ms, now - job.rare->started_at);
}

void queue_book::inside::note_failure(kept_job& job, std::string_view error,
                                      job_time now) {
  auto& rare = *job.rare;
  disk.failure(job.number, rare.failures++,
               failure_text({.attempt = job.attempts_made + 1,
                             .at = now,
                             .error = std::string{error},
                             .worker = rare.worker}));
}

void queue_book::inside::fail_attempt(kept_job& job, std::string_view error,
                                      retry_wish retry,
                                      std::uint64_t retry_in_ms, job_time now) {
  note_failure(job, error, now);
  ++job.attempts_made;
  if (retry == retry_wish::never)
    return finish(job, job_state::failed, error, now);
  if (job.attempts_made >= job.attempts)
    return finish(job, job_state::dead, error, now);
  ++happened.retried;
  set_error(job, error);
  const auto pause = retry == retry_wish::after ? retry_in_ms : pause_of(job);
  job.rank = now + delay_span(pause);
  move(job, pause == 0 ? job_state::waiting : job_state::delayed, now);
}

std::uint64_t queue_book::inside::pause_of(const kept_job& job) {
  const auto draw = std::uniform_real_distribution<double>{0.0, 1.0}(random);
  return pause_after(job.rare->backoff ? *job.rare->backoff
                                       : backoff_of(settings->backoff),
                     job.attempts_made, draw);
}

void queue_book::inside::take_back(kept_job& job, job_time now) {
  const auto& rare = *job.rare;
  const auto is_late = rare.attempt_until != 0 && rare.attempt_until <= now;
  // Both: it did not say a word either.
  if (is_late && rare.lease_until > now)
    time_out(job, now);
  else
    lose_worker(job, now);
}

void queue_book::inside::lose_worker(kept_job& job, job_time now) {
  const auto who = job.rare->worker.empty() ? std::string{"a worker"}
                                            : "'" + job.rare->worker + "'";
  const auto error = "lost its worker: " + who + " was not heard of in time";
  ++happened.lease_lost;
  end_lease(job, lease_end::taken_back, now);
  note_failure(job, error, now);
  if (++job.workers_lost > workers_lost_max)
    return finish(job, job_state::dead,
                  "took two workers with it: the last was " + who, now);
  set_error(job, error);
  // It is where it was.
  move(job, job_state::waiting, now);
}

void queue_book::inside::time_out(kept_job& job, job_time now) {
  const auto& rare = *job.rare;
  const auto error = "timed out after "
                     + std::to_string(rare.attempt_until - rare.started_at)
                     + " ms";
  end_lease(job, lease_end::taken_back, now);
  fail_attempt(job, error, retry_wish::as_usual, 0, now);
}

}  // namespace troupe
