// One job is changed: by the worker that holds it, or by others.

#include "actors/queue/inside.hpp"
#include "actors/queue/token_text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace troupe {

namespace {

/// Papers and events that may wait for a store that fails.
constexpr std::size_t backlog_max = 64u << 20;

bool is_worker_s(job_verb v) {
  return v <= job_verb::release;
}

change_receipt refuse(const kept_job& job, job_refusal why) {
  return {
      .refused = why, .state = job.state, .lease_until = 0, .cancelled = false};
}

change_receipt said_of(const kept_job& job) {
  return {.refused = job_refusal::none,
          .state = job.state,
          .lease_until =
              job.state == job_state::active ? job.rare->lease_until : 0,
          .cancelled = false};
}

/// 0 if it is not a number.
job_number number_of(std::string_view id) {
  job_number out = 0;
  const auto end = std::from_chars(id.data(), id.data() + id.size(), out);
  return end.ec == std::errc{} && end.ptr == id.data() + id.size() ? out : 0;
}

}  // namespace

caf::expected<change_receipt> queue_book::change(const job_change& wish,
                                                 job_time now) {
  auto& in = *in_;
  if (in.refusal && wish.value.size() > 0 && in.disk.bytes() > backlog_max)
    return in.refusal;
  auto* job = in.find(wish.id, wish.tenant, wish.token);
  if (job == nullptr)
    return change_receipt{.refused = job_refusal::unknown_job,
                          .state = job_state::waiting,
                          .lease_until = 0,
                          .cancelled = false};
  return is_worker_s(wish.verb) ? in.by_worker(*job, wish, now)
                                : in.by_others(*job, wish, now);
}

bool queue_book::needs_disk(const job_change& wish,
                            const change_receipt& said) {
  return said.refused == job_refusal::none && wish.verb != job_verb::heartbeat;
}

kept_job* queue_book::inside::find(std::string_view id, std::string_view tenant,
                                   std::string_view token) const {
  const auto is_theirs = [&](const kept_job& job) {
    return !job.is(job_mark::fresh)
           && (tenant.empty() || job.group->tenant == tenant);
  };
  if (const auto number = number_of(id)) {
    auto* job = roll.find(number);
    // One with an id of its own goes by that.
    return job && is_theirs(*job) && (!job->rare || job->rare->id.empty())
               ? job
               : nullptr;
  }
  kept_job* out = nullptr;
  const auto wanted = token.empty() ? lease_token{} : token_of(token);
  roll.each_of(id, [&](kept_job& job) {
    if (!is_theirs(job))
      return;
    const auto is_better =
        out == nullptr || (wanted != lease_token{} && job.rare->token == wanted)
        || (job.number < out->number && out->rare->token != wanted);
    if (is_better)
      out = &job;
  });
  return out;
}

change_receipt queue_book::inside::by_worker(kept_job& job,
                                             const job_change& wish,
                                             job_time now) {
  const auto token = token_of(wish.token);
  if (job.state != job_state::active || job.rare->token != token)
    return refuse_late(job, wish, token);
  switch (wish.verb) {
  case job_verb::complete:
    end_lease(job, lease_end::completed, now);
    ++job.attempts_made;
    if (wish.value.size() > 0) {
      add_paper(job, job_paper::result);
      disk.paper(job.number, job_paper::result, wish.value);
    }
    finish(job, job_state::completed, {}, now);
    break;
  case job_verb::fail:
    end_lease(job, lease_end::failed, now);
    fail_attempt(job, wish.value.view(), wish.retry, wish.retry_in_ms, now);
    break;
  case job_verb::heartbeat:
    beat(job, wish, now);
    break;
  case job_verb::checkpoint:
    if (!has_paper(job, job_paper::checkpoint)) {
      add_paper(job, job_paper::checkpoint);
      disk.touch(job);
    }
    disk.paper(job.number, job_paper::checkpoint, wish.value);
    break;
  case job_verb::release:
    end_lease(job, lease_end::taken_back, now);
    move(job, job_state::waiting, now);
    break;
  default:
    if (!speak(job, wish))
      return refuse(job, job_refusal::wrong_state);
  }
  return said_of(job);
}

// What a worker says whose lease is over; or what it has said before.
change_receipt queue_book::inside::refuse_late(const kept_job& job,
                                               const job_change& wish,
                                               const lease_token& token) {
  const auto is_last =
      job.rare && token != lease_token{} && job.rare->token == token;
  const auto ended_by = is_last ? job.rare->ended_by : lease_end::none;
  if ((wish.verb == job_verb::complete && ended_by == lease_end::completed)
      || (wish.verb == job_verb::fail && ended_by == lease_end::failed))
    return said_of(job);
  ++happened.late;
  auto out = refuse(job, job_refusal::stale_token);
  out.cancelled = ended_by == lease_end::cancelled;
  return out;
}

void queue_book::inside::beat(kept_job& job, const job_change& wish,
                              job_time now) {
  shift(job, now, [&] {
    auto& rare = *job.rare;
    rare.lease_until =
        now + lease_span(wish.lease_ms != 0 ? wish.lease_ms : rare.lease_ms);
  });
}

// An event, which is the job's progress too where that is what it is.
bool queue_book::inside::speak(kept_job& job, const job_change& wish) {
  if (job.rare->events >= events_max)
    return false;
  if (job.is(job_mark::announce)) {
    job.clear(job_mark::announce);
    add_event(job, "attempt",
              R"({"attempt":)" + std::to_string(job.attempts_made + 1)
                  + R"(,"attempts":)" + std::to_string(job.attempts) + '}');
  }
  if (wish.verb == job_verb::progress) {
    add_paper(job, job_paper::progress);
    disk.paper(job.number, job_paper::progress, wish.value);
    add_event(job, "progress", wish.value.view());
  } else {
    add_event(job, wish.event, wish.value.view());
  }
  return true;
}

change_receipt queue_book::inside::by_others(kept_job& job,
                                             const job_change& wish,
                                             job_time now) {
  const auto is_ended = is_over(job.state);
  switch (wish.verb) {
  case job_verb::retry:
    if (!is_ended)
      return refuse(job, job_refusal::wrong_state);
    revive(job, now);
    break;
  case job_verb::cancel:
    if (is_ended)
      return refuse(job, job_refusal::wrong_state);
    cancel(job, now);
    break;
  case job_verb::promote:
    if (job.state != job_state::delayed
        && job.state != job_state::waiting_children)
      return refuse(job, job_refusal::wrong_state);
    // One that was held stands for itself now, without the key.
    if (job.is(job_mark::held))
      leave_key(job, now);
    wake(job, now);
    break;
  case job_verb::adjust:
    if (is_ended)
      return refuse(job, job_refusal::wrong_state);
    shift(job, now,
          [&] { job.priority = std::min(wish.priority, priority_max); });
    disk.touch(job);
    break;
  case job_verb::remove: {
    if (job.state == job_state::active)
      return refuse(job, job_refusal::wrong_state);
    auto out = said_of(job);
    remove(job, now);
    return out;
  }
  default:
    return refuse(job, job_refusal::wrong_state);
  }
  return said_of(job);
}

void queue_book::inside::cancel(kept_job& job, job_time now) {
  if (job.state == job_state::active)
    end_lease(job, lease_end::cancelled, now);
  else
    unplace(job, now);
  ++happened.cancelled;
  finish(job, job_state::failed, "cancelled", now);
}

}  // namespace troupe
