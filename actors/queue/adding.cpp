// New jobs, and what becomes of those that are not new.

#include "actors/queue/inside.hpp"
#include "runtime/errc.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

/// Worth waiting when a queue is full: some of its jobs are done by then.
constexpr std::uint64_t full_pause_ms = 1'000;

job_receipt receipt_of(const kept_job& job, bool is_duplicate) {
  return {.id = id_of(job),
          .state = job.state,
          .duplicate = is_duplicate,
          .number = job.number};
}

}  // namespace

caf::expected<added_jobs> queue_book::add(const new_jobs& jobs, job_time now) {
  auto& in = *in_;
  if (in.refusal) {
    in.happened.refused += jobs.size();
    return in.refusal;
  }
  if (in.is_full_for(jobs)) {
    in.happened.refused += jobs.size();
    return caf::make_error(errc::queue_full, full_pause_ms);
  }
  added_jobs out;
  out.receipts.reserve(jobs.size());
  out.numbers.reserve(jobs.size());
  for (const auto& job : jobs)
    in.add_one(job, now, out);
  return out;
}

// Children of one job come together, and may be more than there is room for, if
// there is any. Jobs that wait for children do not count against them: a queue
// full of parents would wait for ever. Those that a key will drop are not known
// yet, and count.
bool queue_book::inside::is_full_for(const new_jobs& jobs) const {
  const auto ready = count(job_state::waiting) + count(job_state::delayed);
  const auto waiting = ready + count(job_state::waiting_children);
  const auto max = settings->max_waiting;
  if (waiting + jobs.size() <= max)
    return false;
  std::uint64_t children = 0;
  std::uint64_t others = 0;
  for (const auto& job : jobs)
    if (!namesake(job))
      ++(job.parent ? children : others);
  return (others > 0 && waiting + others > max)
         || (children > 0 && ready >= max);
}

void queue_book::inside::add_one(const new_job& wish, job_time now,
                                 added_jobs& out) {
  const auto duplicate = [&](job_receipt receipt, job_number number) {
    ++happened.duplicate;
    out.receipts.push_back(std::move(receipt));
    out.numbers.push_back(number);
  };
  if (const auto* known = namesake(wish))
    return duplicate(receipt_of(*known, true), 0);
  dedup_verdict verdict;
  if (wish.dedup)
    verdict = keys.decide({.tenant = wish.tenant, .dedup = *wish.dedup}, now,
                          [this](job_number n) { return state_of(n); });
  auto* other = roll.find(verdict.other);
  // Children are not exchanged: one that has any stays as it is.
  if (verdict.what == dedup_verdict::kind::replace && other != nullptr
      && other->state == job_state::delayed && wish.children.empty()
      && counts_of(*other).total == 0) {
    replace(*other, wish, now);
    return duplicate(receipt_of(*other, true), other->number);
  }
  if (verdict.what == dedup_verdict::kind::drop
      || verdict.what == dedup_verdict::kind::replace)
    // One that is throttled stands for others when it is forgotten already.
    return duplicate(other ? receipt_of(*other, true)
                           : job_receipt{.id = std::to_string(verdict.other),
                                         .state = job_state::completed,
                                         .duplicate = true},
                     0);
  auto& job = make(wish, now);
  if (wish.dedup) {
    const dedup_book::owner whose{.tenant = job.group->tenant,
                                  .dedup = *job.rare->dedup};
    if (verdict.what == dedup_verdict::kind::hold
        && keys.hold(whose, job.number)) {
      if (job.state != job_state::waiting_children) {
        --counts[static_cast<std::size_t>(job.state)];
        job.state = job_state::delayed;
        ++counts[static_cast<std::size_t>(job.state)];
      }
      job.set(job_mark::held);
    } else {
      keys.claim(whose, job.number, now);
    }
  }
  out.receipts.push_back(receipt_of(job, false));
  out.numbers.push_back(job.number);
}

kept_job* queue_book::inside::namesake(const new_job& wish) const {
  kept_job* out = nullptr;
  if (!wish.id.empty())
    roll.each_of(wish.id, [&](kept_job& job) {
      if (job.group->tenant == wish.tenant)
        out = &job;
    });
  return out;
}

kept_job& queue_book::inside::make(const new_job& wish, job_time now) {
  if (last_number == memory.reserved) {
    memory.reserved += numbers_at_once;
    write_memory();
  }
  auto made = std::make_unique<kept_job>();
  made->number = ++last_number;
  made->created_at = now;
  if (!wish.id.empty())
    made->rarely().id = wish.id;
  made->set(job_mark::fresh);
  line.join(*made, wish.tenant, wish.group);
  fill(*made, wish, now);
  if (wish.parent)
    made->rarely().parent =
        std::make_unique<kept_parent>(kept_parent{.link = *wish.parent});
  made->state = made->rank > now ? job_state::delayed : job_state::waiting;
  if (!wish.children.empty())
    put_children(*made, wish);
  auto& job = roll.insert(std::move(made));
  ++counts[static_cast<std::size_t>(job.state)];
  disk.touch(job);
  put_data(job, wish.data);
  return job;
}

void queue_book::inside::fill(kept_job& job, const new_job& wish,
                              job_time now) {
  job.rank = now + delay_span(wish.delay_ms);
  job.priority = wish.priority.value_or(settings->priority);
  job.attempts = std::max(1u, wish.attempts.value_or(settings->attempts));
  job.name = names.enter(wish.name);
  if (wish.backoff || job.rare)
    job.rarely().backoff =
        wish.backoff ? std::make_unique<job_backoff>(*wish.backoff) : nullptr;
  if (wish.timeout_ms || job.rare)
    job.rarely().timeout_ms = wish.timeout_ms;
  if (wish.dedup || job.rare)
    job.rarely().dedup =
        wish.dedup ? std::make_unique<job_dedup>(*wish.dedup) : nullptr;
}

void queue_book::inside::replace(kept_job& job, const new_job& wish,
                                 job_time now) {
  unplace(job, now);
  line.leave(job, now);
  line.join(job, wish.tenant, wish.group);
  fill(job, wish, now);
  const auto stays = job.is(job_mark::held) || job.rank > now;
  if (!job.is(job_mark::held))
    keys.claim({.tenant = job.group->tenant, .dedup = *job.rare->dedup},
               job.number, now);
  move(job, stays ? job_state::delayed : job_state::waiting, now);
  put_data(job, wish.data);
}

void queue_book::inside::put_data(kept_job& job, const shared_bytes& bytes) {
  if (bytes.size() == 0) {
    drop_paper(job, job_paper::data);
    return;
  }
  add_paper(job, job_paper::data);
  disk.paper(job.number, job_paper::data, bytes);
}

job_state queue_book::inside::state_of(job_number number) const {
  const auto* job = roll.find(number);
  return job == nullptr ? job_state::completed : job->state;
}

}  // namespace troupe
