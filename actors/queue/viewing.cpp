// Looks, and changes nothing.
//
// A page of one state is found in the set of that state if that is small, and
// else among all jobs by their numbers, of which so many are looked at for one
// page; where few fit, a page may be short and there is another one.

#include "actors/queue/inside.hpp"
#include "runtime/errc.hpp"
#include "runtime/error_words.hpp"

#include <caf/make_message.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace troupe {

namespace {

/// A set of so many is sorted for a page: 0.2 ms.
constexpr std::uint64_t sorted_max = 5'000;

/// Jobs looked at for a page: 1 ms.
constexpr std::size_t looks_max = 20'000;

constexpr std::uint32_t page_max = 1'000;

caf::error unknown(std::string_view id) {
  return caf::make_error(errc::unknown_job, std::string{id});
}

bool is_stored(const kept_job& job) {
  return !job.is(job_mark::dirty) && !job.is(job_mark::in_flight);
}

bool fits(const kept_job& job, const job_query& q, job_state wanted) {
  return !job.is(job_mark::fresh) && (q.any_state || job.state == wanted)
         && (q.tenant.empty() || job.group->tenant == q.tenant)
         && (q.name.empty() || job.called() == q.name)
         && (q.group.empty() || job.group->name == q.group);
}

void want_papers(page_plan& plan, const kept_job& job, bool is_alone) {
  const auto at = plan.page.jobs.size() - 1;
  const auto want = [&](job_paper paper) {
    plan.papers.push_back({.job = at, .number = job.number, .paper = paper});
  };
  for (const auto paper :
       {job_paper::data, job_paper::progress, job_paper::result})
    if (has_paper(job, paper))
      want(paper);
  if (!is_alone)
    return;
  if (has_paper(job, job_paper::checkpoint))
    want(job_paper::checkpoint);
  if (job.rare && job.rare->failures > 0)
    want(job_paper::failures);
}

/// The numbers after (or before) `q.after`, in the order of the page.
std::vector<const kept_job*>
sorted_page(const std::vector<const job_set*>& sets, const job_query& q,
            job_state wanted, std::size_t limit) {
  std::vector<const kept_job*> out;
  for (const auto* jobs : sets)
    for (const auto& job : *jobs) {
      const auto is_on = q.newest_first ? q.after == 0 || job.number < q.after
                                        : job.number > q.after;
      if (is_on && fits(job, q, wanted))
        out.push_back(&job);
    }
  const auto middle =
      out.begin() + static_cast<std::ptrdiff_t>(std::min(limit, out.size()));
  std::partial_sort(
      out.begin(), middle, out.end(), [&](const auto* a, const auto* b) {
        return q.newest_first ? a->number > b->number : a->number < b->number;
      });
  out.erase(middle, out.end());
  return out;
}

}  // namespace

job_state queue_book::inside::seen_state(const kept_job& job) const {
  return job.state == job_state::waiting && memory.paused ? job_state::paused
                                                          : job.state;
}

job_view queue_book::inside::view_of(const kept_job& job) const {
  job_view out;
  out.id = id_of(job);
  out.number = job.number;
  out.name = job.called();
  out.group = job.group->name;
  out.tenant = job.group->tenant;
  out.state = seen_state(job);
  out.priority = job.priority;
  out.attempts = job.attempts;
  out.attempts_made = job.attempts_made;
  out.workers_lost = job.workers_lost;
  out.created_at = job.created_at;
  if (job.state == job_state::delayed && !job.is(job_mark::held))
    out.due_at = job.rank;
  if (!job.rare)
    return out;
  const auto& rare = *job.rare;
  out.started_at = rare.started_at;
  out.finished_at = rare.finished_at;
  if (job.state == job_state::active) {
    out.lease_until = rare.lease_until;
    out.worker = rare.worker;
  }
  out.events = rare.events;
  out.error = rare.error;
  if (rare.parent)
    out.parent = rare.parent->link;
  out.children = counts_of(job);
  return out;
}

caf::expected<children_plan>
queue_book::children(const children_query& query) const {
  const auto* job = in_->find(query.id, query.tenant, {});
  if (job == nullptr)
    return unknown(query.id);
  return children_plan{.parent = job->number,
                       .counts = inside::counts_of(*job),
                       .on_disk = is_stored(*job)};
}

caf::expected<page_plan> queue_book::view(const job_query& query) const {
  const auto& in = *in_;
  page_plan plan;
  const auto add = [&](const kept_job& job) {
    plan.page.jobs.push_back(in.view_of(job));
    plan.on_disk = plan.on_disk && is_stored(job);
    if (query.with_data)
      want_papers(plan, job, !query.id.empty());
  };
  if (!query.id.empty()) {
    const auto* job = in.find(query.id, query.tenant, {});
    if (job == nullptr)
      return unknown(query.id);
    add(*job);
    return plan;
  }
  for (const auto* job : in.page_of(query, plan.page.next))
    add(*job);
  return plan;
}

std::vector<const kept_job*>
queue_book::inside::page_of(const job_query& q, job_number& next) const {
  const std::size_t limit = std::clamp(q.limit, 1u, page_max);
  auto wanted = q.state;
  if (wanted == job_state::paused) {
    if (!memory.paused && !q.any_state)
      return {};
    wanted = job_state::waiting;
  }
  const auto sets =
      q.any_state ? std::vector<const job_set*>{} : small_sets(wanted);
  if (!sets.empty()) {
    auto out = sorted_page(sets, q, wanted, limit + 1);
    if (out.size() > limit) {
      out.pop_back();
      next = out.back()->number;
    }
    return out;
  }
  return looked_up(q, wanted, limit, next);
}

std::vector<const job_set*> queue_book::inside::small_sets(job_state s) const {
  if (s == job_state::waiting || count(s) > sorted_max)
    return {};
  if (s == job_state::delayed)
    return {&delayed};
  if (s == job_state::active)
    return {&leased};
  if (s == job_state::waiting_children)
    return {&expecting};
  if (untold_count > sorted_max)
    return {};
  return {&finished.of(s), &untold};
}

std::vector<const kept_job*>
queue_book::inside::looked_up(const job_query& q, job_state wanted,
                              std::size_t limit, job_number& next) const {
  std::vector<const kept_job*> out;
  const auto first = [&]() -> const kept_job* {
    if (!q.newest_first)
      return roll.first_from(q.after + 1);
    return roll.last_to(q.after == 0 ? last_number : q.after - 1);
  };
  const kept_job* last = nullptr;
  std::size_t looks = 0;
  for (const auto* job = first(); job != nullptr;
       job = q.newest_first ? roll.last_to(job->number - 1)
                            : roll.first_from(job->number + 1)) {
    if (out.size() == limit || looks++ == looks_max) {
      next = last->number;
      return out;
    }
    last = job;
    if (fits(*job, q, wanted))
      out.push_back(job);
  }
  return out;
}

caf::expected<stream_state> queue_book::follow(std::string_view id,
                                               std::string_view tenant) const {
  const auto* job = in_->find(id, tenant, {});
  if (job == nullptr)
    return unknown(id);
  stream_state out;
  out.number = job->number;
  if (!job->rare)
    return out;
  const auto& rare = *job->rare;
  out.events = rare.events_stored;
  out.ended = job->is(job_mark::end_stored);
  if (!out.ended)
    return out;
  std::string text = R"({"state":")" + std::string{name_of(job->state)}
                     + R"(","attempts_made":)"
                     + std::to_string(job->attempts_made) + R"(,"finished_at":)"
                     + std::to_string(rare.finished_at);
  if (!rare.error.empty()) {
    text += R"(,"error":)";
    append_quoted(text, rare.error);
  }
  text += '}';
  out.end = {.number = rare.events + 1,
             .name = std::string{name_of(job->state)},
             .data = shared_bytes{std::move(text)}};
  out.has_result = has_paper(*job, job_paper::result);
  return out;
}

queue_statistics queue_book::statistics(job_time now) const {
  const auto& in = *in_;
  auto out = in.totals;
  out.name = in.settings->name;
  out.paused = in.memory.paused;
  out.waiting = in.count(job_state::waiting);
  out.active = in.count(job_state::active);
  out.delayed = in.count(job_state::delayed);
  out.waiting_children = in.count(job_state::waiting_children);
  out.completed = in.count(job_state::completed);
  out.failed = in.count(job_state::failed);
  out.dead = in.count(job_state::dead);
  if (const auto oldest = in.line.oldest())
    out.oldest_waiting_ms =
        static_cast<std::uint64_t>(std::max<job_time>(0, now - *oldest));
  if (in.refusal)
    out.refuses = words_of(in.refusal);
  return out;
}

}  // namespace troupe
