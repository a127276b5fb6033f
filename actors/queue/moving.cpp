// From state to state.

#include "actors/queue/inside.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

/// Of an error that stays in memory.
constexpr std::size_t short_error_max = 256;

}  // namespace

job_time lease_span(std::uint64_t ms) {
  constexpr std::uint64_t day = 24ull * 60 * 60 * 1'000;
  return static_cast<job_time>(std::min(ms, day));
}

job_time delay_span(std::uint64_t ms) {
  constexpr std::uint64_t years = 100ull * 365 * 24 * 60 * 60 * 1'000;
  return static_cast<job_time>(std::min(ms, years));
}

void add_paper(kept_job& job, job_paper paper) {
  job.papers = static_cast<std::uint8_t>(job.papers
                                         | 1u << static_cast<unsigned>(paper));
}

void drop_paper(kept_job& job, job_paper paper) {
  job.papers = static_cast<std::uint8_t>(
      job.papers & ~(1u << static_cast<unsigned>(paper)));
}

bool has_paper(const kept_job& job, job_paper paper) {
  return (job.papers & 1u << static_cast<unsigned>(paper)) != 0;
}

std::string id_of(const kept_job& job) {
  return job.rare && !job.rare->id.empty() ? job.rare->id
                                           : std::to_string(job.number);
}

void queue_book::inside::place(kept_job& job, job_time now) {
  if (job.is(job_mark::fresh))
    return;
  switch (job.state) {
  case job_state::waiting:
    line.add(job, now);
    break;
  case job_state::delayed:
    job.order = job.is(job_mark::held) ? never : job.rank;
    delayed.insert(delayed.end(), job);
    break;
  case job_state::active: {
    const auto& r = *job.rare;
    job.order = r.attempt_until == 0 ? r.lease_until
                                     : std::min(r.lease_until, r.attempt_until);
    leased.insert(leased.end(), job);
    break;
  }
  case job_state::waiting_children:
    job.order = 0;  // By their numbers.
    expecting.insert(expecting.end(), job);
    break;
  default:
    if (!is_untold(job))
      return finished.put(job);
    job.order = job.is(job_mark::end_stored) ? now : never;
    untold.insert(untold.end(), job);
    ++untold_count;
  }
}

void queue_book::inside::unplace(kept_job& job, job_time now) {
  if (job.is(job_mark::fresh))
    return;
  switch (job.state) {
  case job_state::waiting:
    line.remove(job, now);
    break;
  case job_state::delayed:
    delayed.erase(delayed.iterator_to(job));
    break;
  case job_state::active:
    leased.erase(leased.iterator_to(job));
    break;
  case job_state::waiting_children:
    expecting.erase(expecting.iterator_to(job));
    break;
  default:
    if (!is_untold(job))
      return finished.take_out(job);
    untold.erase(untold.iterator_to(job));
    --untold_count;
  }
}

void queue_book::inside::move(kept_job& job, job_state to, job_time now) {
  --counts[static_cast<std::size_t>(job.state)];
  ++counts[static_cast<std::size_t>(to)];
  job.state = to;
  job.clear(job_mark::end_stored);
  place(job, now);
  disk.touch(job);
}

void queue_book::inside::finish(kept_job& job, job_state how,
                                std::string_view error, job_time now) {
  assert(!is_over(job.state) && is_over(how));
  auto& rare = job.rarely();
  rare.finished_at = now;
  if (rare.parent) {
    // What is said of an earlier end is not taken for this one's.
    rare.finished_at = std::max(now, rare.parent->ended_before + 1);
    rare.parent->is_told = false;
  }
  set_error(job, error);
  job.clear(job_mark::held);
  move(job, how, now);
  leave_key(job, now);
  if (how == job_state::completed) {
    ++happened.completed;
    ++totals.completed_total;
  } else if (how == job_state::failed) {
    ++happened.failed;
    ++totals.failed_total;
  } else {
    ++happened.dead;
    ++totals.dead_total;
  }
}

void queue_book::inside::leave_key(kept_job& job, job_time now) {
  if (!job.rare || !job.rare->dedup)
    return;
  const auto next =
      keys.ended({.tenant = job.group->tenant, .dedup = *job.rare->dedup},
                 job.number, now);
  auto* held = next ? roll.find(*next) : nullptr;
  if (held == nullptr || !held->is(job_mark::held)
      || held->is(job_mark::forgotten))
    return;
  let_go(*held, now);
}

void queue_book::inside::let_go(kept_job& job, job_time now) {
  if (job.state == job_state::delayed)
    return wake(job, now);
  // It waits for its children as well.
  job.clear(job_mark::held);
  disk.touch(job);
}

void queue_book::inside::wake(kept_job& job, job_time now) {
  assert(job.state == job_state::delayed
         || job.state == job_state::waiting_children);
  unplace(job, now);
  // What was due before has waited since.
  if (job.state == job_state::waiting_children || job.is(job_mark::held)
      || job.rank > now)
    job.rank = now;
  job.clear(job_mark::held);
  move(job, job_state::waiting, now);
}

void queue_book::inside::set_error(kept_job& job, std::string_view error) {
  job.rarely().error = cut_text(error, short_error_max);
}

void queue_book::inside::revive(kept_job& job, job_time now) {
  assert(is_over(job.state));
  unplace(job, now);
  auto& rare = job.rarely();
  // The number after the last one was the end's.
  ++rare.events;
  add_event(job, "redriven", "{}");
  if (rare.parent)
    rare.parent->ended_before = rare.finished_at;
  job.clear(job_mark::leaving);
  rare.finished_at = 0;
  rare.error.clear();
  drop_paper(job, job_paper::result);
  job.attempts_made = 0;
  job.workers_lost = 0;
  job.rank = now;
  move(job,
       counts_of(job).pending > 0 ? job_state::waiting_children
                                  : job_state::waiting,
       now);
  if (!rare.dedup)
    return;
  const dedup_book::owner whose{.tenant = job.group->tenant,
                                .dedup = *rare.dedup};
  const auto verdict =
      keys.decide(whose, now, [this](job_number n) { return state_of(n); });
  if (verdict.what == dedup_verdict::kind::add)
    keys.claim(whose, job.number, now);
}

void queue_book::inside::forget(kept_job& job, job_time now) {
  assert(job.state != job_state::active);
  unplace(job, now);
  --counts[static_cast<std::size_t>(job.state)];
  if (!is_over(job.state)) {
    // Before its key goes on, so that nobody is held for it.
    job.set(job_mark::forgotten);
    leave_key(job, now);
  }
  line.leave(job, now);
  disk.forget(roll.release(job));
}

void queue_book::inside::give_up(kept_job& job, job_time now) {
  --counts[static_cast<std::size_t>(job.state)];
  leave_key(job, now);
  line.leave(job, now);
  roll.release(job);
}

void queue_book::inside::add_event(kept_job& job, std::string_view name,
                                   std::string_view bytes) {
  auto& rare = job.rarely();
  ++rare.events;
  disk.event(job.number, rare.events, event_text(name, bytes));
  disk.touch(job);
}

}  // namespace troupe
