// After a start: what the store has.

#include "actors/queue/inside.hpp"
#include "runtime/errc.hpp"
#include "runtime/error_words.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace troupe {

namespace {

caf::error corrupt(const std::string& space, std::int64_t key,
                   const caf::error& why) {
  return caf::make_error(errc::store_corrupt, space + ' ' + std::to_string(key)
                                                  + ": " + context_of(why));
}

}  // namespace

caf::expected<void> queue_book::load_state(const record& found) {
  auto& in = *in_;
  auto memory = read_memory(found.value);
  if (!memory)
    return corrupt(in.spaces.queue, found.key, memory.error());
  // Jobs may have told more already.
  in.memory.paused = memory->paused;
  in.memory.reserved = std::max(in.memory.reserved, memory->reserved);
  in.memory.start = std::max(in.memory.start, memory->start);
  in.line.pause(in.memory.paused);
  return caf::unit;
}

caf::expected<void> queue_book::load(const record& found, job_time now) {
  auto& in = *in_;
  const auto number = static_cast<job_number>(found.key);
  in.memory.reserved = std::max(in.memory.reserved, number);
  auto read = in.reader.read(number, found.value);
  if (!read) {
    in.disk.spare(number);
    return corrupt(in.spaces.jobs, found.key, read.error());
  }
  read->job->name = in.names.enter(read->name);
  in.line.join(*read->job, read->tenant, read->group);
  auto& job = in.roll.insert(std::move(read->job));
  if (job.state == job_state::waiting_children
      && inside::counts_of(job).pending == 0)
    job.state = job_state::waiting;
  ++in.counts[static_cast<std::size_t>(job.state)];
  if (is_over(job.state)) {
    job.rarely();
    job.set(job_mark::end_stored);
  }
  if (job.rare) {
    in.memory.start = std::max(in.memory.start, job.rare->token.start);
    if (job.rare->dedup)
      in.with_keys.push_back(&job);
    if (job.rare->family)
      in.disk.expect_children();
  }
  if (job.state == job_state::active)
    in.resume(job, now);
  in.place(job, now);
  in.place_children(job, now);
  return caf::unit;
}

// Who has it is given time to say so; but not more than a new lease.
void queue_book::inside::resume(kept_job& job, job_time now) {
  auto& rare = job.rarely();
  if (rare.lease_ms == 0)
    rare.lease_ms = static_cast<std::uint64_t>(settings->heartbeat.count());
  const auto beat = lease_span(rare.lease_ms);
  rare.lease_until =
      std::clamp(rare.lease_until, now + beat,
                 now + std::max<job_time>(beat, settings->lease.count()));
  if (rare.attempt_until != 0)
    rare.attempt_until = std::max(rare.attempt_until, now + beat);
  line.resume(job, rare.started_at, now);
}

void queue_book::begin(job_time now) {
  auto& in = *in_;
  in.last_number = in.memory.reserved;
  ++in.memory.start;
  in.write_memory();
  auto with_keys = std::exchange(in.with_keys, {});
  std::sort(with_keys.begin(), with_keys.end(),
            [](const auto* a, const auto* b) { return a->number < b->number; });
  for (auto* job : with_keys)
    in.claim_again(*job, now);
}

void queue_book::inside::claim_again(kept_job& job, job_time now) {
  const dedup_book::owner whose{.tenant = job.group->tenant,
                                .dedup = *job.rare->dedup};
  if (job.is(job_mark::held)) {
    // Nobody to wait for any more.
    if (!keys.hold(whose, job.number)) {
      keys.claim(whose, job.number, job.created_at);
      let_go(job, now);
    }
    return;
  }
  // Of those that are over only a throttled one bears its key, and only if
  // nobody else does.
  if (is_over(job.state) && job.rare->dedup->mode != dedup_mode::throttle)
    return;
  keys.claim(whose, job.number, job.created_at);
  if (is_over(job.state))
    keys.ended(whose, job.number, now);
}

}  // namespace troupe
