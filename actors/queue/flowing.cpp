// Parents and children: what other queues are told, and what they tell.
//
// A step that another queue has to take is an errand. It is given out once; if
// it was in vain, a second later again; and after a restart until the record
// says that it is done.

#include "actors/queue/child_codec.hpp"
#include "actors/queue/inside.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

namespace troupe {

namespace {

/// Results of children that may wait for a store that fails.
constexpr std::size_t heard_max = 64u << 20;

job_family* family_of(const kept_job* job) {
  return job != nullptr && job->rare ? job->rare->family.get() : nullptr;
}

std::string failure_of(const child_report& r) {
  return "child " + r.id + " in " + r.queue + " failed: " + r.error;
}

}  // namespace

// -- parents -----------------------------------------------------------------

void queue_book::inside::put_children(kept_job& job, const new_job& wish) {
  assert(wish.children.size() <= children_max);
  const auto total = static_cast<std::uint32_t>(wish.children.size());
  job.rarely().family = std::make_unique<job_family>(total);
  job.state = job_state::waiting_children;
  for (std::uint32_t i = 0; i < total; ++i) {
    const auto& child = wish.children[i];
    disk.child(job.number, i,
               record_of(child, wish.parent
                                    ? child_id(wish.id, i)
                                    : child_id(settings->name, job.number, i)));
  }
}

void queue_book::inside::place_children(kept_job& job, job_time when) {
  auto* family = family_of(&job);
  if (family == nullptr || family->is_placed)
    return;
  to_place.erase({family->place_at, job.number});
  family->place_at = when;
  to_place.emplace(when, job.number);
}

bool queue_book::awaits(job_number parent, std::uint32_t index) const {
  const auto* family = family_of(in_->roll.find(parent));
  return family != nullptr && index < family->total()
         && !family->has_ended(index);
}

void queue_book::placed(job_number parent, const caf::error& why,
                        job_time now) {
  auto& in = *in_;
  auto* job = in.roll.find(parent);
  auto* family = family_of(job);
  if (family == nullptr || family->is_placed)
    return;
  if (why)
    return in.place_children(*job, now + retry_pause_ms);
  in.to_place.erase({family->place_at, parent});
  family->is_placed = true;
  in.disk.touch(*job);
}

caf::expected<void> queue_book::hear(const child_reports& reports,
                                     job_time now) {
  auto& in = *in_;
  if (in.refusal && in.disk.bytes() > heard_max)
    return in.refusal;
  for (const auto& r : reports)
    in.hear_one(r, now);
  return caf::unit;
}

void queue_book::inside::hear_one(const child_report& r, job_time now) {
  auto* job = roll.find(r.parent.number);
  auto* family = family_of(job);
  if (family == nullptr || job->is(job_mark::fresh)
      || r.parent.index >= family->total())
    return;
  const auto is_well = r.state == job_state::completed;
  family->end(r.parent.index, is_well);
  disk.child(job->number, r.parent.index, record_of(r));
  disk.touch(*job);
  if (job->state != job_state::waiting_children)
    return;
  if (!is_well && r.parent.on_failure == child_policy::fail) {
    unplace(*job, now);
    finish(*job, job_state::failed, failure_of(r), now);
  } else if (family->counts().pending == 0
             || (!is_well && r.parent.on_failure == child_policy::go_on)) {
    go_on(*job, now);
  }
}

void queue_book::inside::go_on(kept_job& job, job_time now) {
  assert(job.state == job_state::waiting_children);
  unplace(job, now);
  // One without a delay is not held up by a clock that was set back.
  const auto is_early = job.rank > std::max(now, job.created_at);
  if (job.is(job_mark::held) || is_early)
    return move(job, job_state::delayed, now);
  job.rank = now;
  move(job, job_state::waiting, now);
}

// -- children ----------------------------------------------------------------

void queue_book::inside::tell_parent(kept_job& job, job_time when) {
  assert(is_untold(job));
  untold.erase(untold.iterator_to(job));
  job.order = when;
  untold.insert(job);
}

ended_child queue_book::inside::report_of(const kept_job& job) const {
  const auto& rare = *job.rare;
  return {.number = job.number,
          .has_result = has_paper(job, job_paper::result),
          .report = {.parent = rare.parent->link,
                     .queue = settings->name,
                     .id = id_of(job),
                     .state = job.state,
                     .error = rare.error,
                     .result = {},
                     .ended_at = rare.finished_at}};
}

void queue_book::reported(const ended_child& child, const caf::error& why,
                          job_time now) {
  auto& in = *in_;
  auto* job = in.roll.find(child.number);
  // Redriven meanwhile: of how it ends now its parent hears anew.
  if (job == nullptr || !inside::is_untold(*job)
      || job->rare->finished_at != child.report.ended_at)
    return;
  if (why)
    return in.tell_parent(*job, now + retry_pause_ms);
  in.unplace(*job, now);
  job->rare->parent->is_told = true;
  in.place(*job, now);
  if (job->is(job_mark::leaving))
    return in.forget(*job, now);
  in.disk.touch(*job);
}

void queue_book::inside::remove(kept_job& job, job_time now) {
  assert(job.state != job_state::active);
  if (job.rare && job.rare->parent && !is_over(job.state)) {
    unplace(job, now);
    finish(job, job_state::failed, "removed", now);
  }
  if (!is_untold(job))
    return forget(job, now);
  job.set(job_mark::leaving);
  disk.touch(job);
}

// -- errands -----------------------------------------------------------------

flow_errands queue_book::errands(job_time now) {
  auto& in = *in_;
  flow_errands out;
  while (!in.to_place.empty() && in.to_place.begin()->first <= now
         && out.parents.size() < inside::errands_max) {
    const auto number = in.to_place.begin()->second;
    in.to_place.erase(in.to_place.begin());
    auto* family = family_of(in.roll.find(number));
    if (family == nullptr)
      continue;  // It is no more.
    family->place_at = job_family::no_time;
    out.parents.push_back(number);
  }
  while (!in.untold.empty() && in.untold.begin()->order <= now
         && out.children.size() < inside::errands_max) {
    auto& job = *in.untold.begin();
    out.children.push_back(in.report_of(job));
    in.tell_parent(job, inside::never);
  }
  return out;
}

}  // namespace troupe
