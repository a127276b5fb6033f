// What a queue answers with a look at the disk: papers of jobs that are leased
// or looked at, and streams.

#include "actors/queue/queue.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

shared_bytes bytes_of(records& found) {
  if (found.empty())
    return {};
  return shared_bytes{std::move(found.front().value)};
}

}  // namespace

void queue_state::ask(std::vector<record_range> ranges,
                      read_desk::question what) {
  const auto number = desk_.ask(std::move(what));
  self_->send(
      deps_->reader.current(), atom::read_v,
      read_ticket{std::move(ranges), [me = caf::actor_cast<queue_actor>(self_),
                                      number](read_ticket::result&& r) {
                    if (r)
                      caf::anon_send(me, atom::found_v, number, std::move(*r));
                    else
                      caf::anon_send(me, atom::stored_v, number,
                                     std::move(r.error()));
                  }});
}

void queue_state::found(std::uint64_t number, record_pages& pages) {
  if (auto what = desk_.end(number))
    std::visit([&](auto& asked) { answer(std::move(asked), pages); }, *what);
}

void queue_state::not_found(std::uint64_t number, const caf::error& why) {
  if (auto what = desk_.end(number))
    std::visit([&](auto& asked) { fail(std::move(asked), why); }, *what);
}

// -- leases
// --------------------------------------------------------------------

void queue_state::lend(const work_ticket& t, std::vector<taken_job> jobs) {
  lease_read asked{t, std::move(jobs), {}};
  std::vector<record_range> ranges;
  const auto read = [&](std::size_t job, job_paper kind) {
    asked.papers.push_back({job, kind});
    ranges.push_back(range_of(book_->spaces(), asked.jobs[job].number, kind));
  };
  for (std::size_t i = 0; i < asked.jobs.size(); ++i) {
    auto& taken = asked.jobs[i];
    if (auto at_hand = shelf_.take(taken.number))
      taken.job.data = std::move(*at_hand);
    else
      read(i, job_paper::data);
    if (taken.has_checkpoint)
      read(i, job_paper::checkpoint);
  }
  if (ranges.empty())
    hand_over(t, std::move(asked.jobs));
  else
    ask(std::move(ranges), std::move(asked));
}

void queue_state::answer(lease_read&& asked, record_pages& found) {
  for (std::size_t i = 0; i < asked.papers.size(); ++i) {
    auto& job = asked.jobs[asked.papers[i].job].job;
    (asked.papers[i].kind == job_paper::data ? job.data : job.checkpoint) =
        bytes_of(found[i]);
  }
  hand_over(asked.ticket, std::move(asked.jobs));
  finish(now());
}

// Who has left meanwhile leaves the jobs as they were.
void queue_state::hand_over(const work_ticket& t, std::vector<taken_job> jobs) {
  leased_jobs leased;
  leased.reserve(jobs.size());
  for (auto& taken : jobs)
    leased.push_back(std::move(taken.job));
  work_ticket::result said{std::move(leased)};
  if (!t.answer(std::move(said)))
    give_back(*said);
}

void queue_state::fail(lease_read&& asked, const caf::error& why) {
  leased_jobs leased;
  for (auto& taken : asked.jobs)
    leased.push_back(std::move(taken.job));
  give_back(leased);
  asked.ticket.answer(caf::error{why});
  finish(now());
}

void queue_state::give_back(const leased_jobs& jobs) {
  for (const auto& job : jobs) {
    job_change back;
    back.verb = job_verb::release;
    back.id = job.id;
    back.token = job.token;
    book_->change(back, now());
  }
  may_lease_ = true;
}

// -- views
// ---------------------------------------------------------------------

void queue_state::serve(const view_ticket& t, job_time) {
  auto plan = book_->view(t.matter());
  if (!plan)
    t.answer(std::move(plan.error()));
  else if (const auto batch = book_->rides(); batch != 0 && !plan->on_disk)
    riders_.board(batch, t, std::move(*plan));
  else
    read_papers(view_read{t, std::move(*plan)});
}

void queue_state::read_papers(view_read asked) {
  const auto& papers = asked.plan.papers;
  if (asked.papers_read == papers.size()) {
    asked.ticket.answer(std::move(asked.plan.page));
    return;
  }
  const auto end = std::min(papers.size(), asked.papers_read + papers_at_once);
  std::vector<record_range> ranges;
  ranges.reserve(end - asked.papers_read);
  for (auto i = asked.papers_read; i < end; ++i)
    ranges.push_back(
        range_of(book_->spaces(), papers[i].number, papers[i].paper));
  ask(std::move(ranges), std::move(asked));
}

void queue_state::answer(view_read&& asked, record_pages& found) {
  auto& [page, papers, on_disk] = asked.plan;
  for (auto& paper : found) {
    for (const auto& r : paper)
      asked.bytes_read += r.value.size();
    const auto& p = papers[asked.papers_read++];
    put_paper(page.jobs[p.job], p.paper, std::move(paper));
  }
  if (asked.bytes_read >= page_bytes)
    cut_short(asked);
  read_papers(std::move(asked));
}

// The page ends with the last job whose papers are there; the first one is read
// whole in any case.
void queue_state::cut_short(view_read& asked) {
  auto& [page, papers, on_disk] = asked.plan;
  const auto rest =
      papers.begin() + static_cast<std::ptrdiff_t>(asked.papers_read);
  if (rest == papers.end())
    return;
  const auto jobs = std::max<std::size_t>(1, rest->job);
  papers.erase(std::find_if(rest, papers.end(),
                            [&](const auto& p) { return p.job >= jobs; }),
               papers.end());
  if (jobs == page.jobs.size())
    return;
  page.jobs.resize(jobs);
  page.next = page.jobs.back().number;
}

void queue_state::fail(view_read&& asked, const caf::error& why) {
  asked.ticket.answer(caf::error{why});
}

// -- streams
// -------------------------------------------------------------------

void queue_state::serve(const follow_ticket& t, job_time) {
  const auto& wish = t.matter();
  const auto stream = book_->follow(wish.id, wish.tenant);
  if (!stream) {
    t.answer(caf::error{stream.error()});
  } else if (stream->events > wish.after
             || (stream->has_result && wish.after < stream->end.number)) {
    read_stream(t, *stream);
  } else if (stream->ended) {
    job_events rest{{}, true};
    if (wish.after < stream->end.number)
      rest.events.push_back(stream->end);
    t.answer(std::move(rest));
  } else if (drains_) {
    t.answer(errc::shutting_down);
  } else if (wish.wait_ms == 0) {
    t.answer(job_events{});
  } else if (!followers_.join(stream->number, t, until(wish.wait_ms))) {
    t.answer(caf::make_error(errc::overloaded, overload_ms));
  }
}

void queue_state::read_stream(const follow_ticket& t, stream_state stream) {
  const auto after = t.matter().after;
  const bool has_events = stream.events > after;
  std::vector<record_range> ranges;
  if (has_events) {
    auto range =
        range_of_events(book_->spaces(), stream.number, after, stream.events);
    range.records_max = stream_records;
    range.bytes_max = stream_bytes;
    ranges.push_back(std::move(range));
  }
  if (stream.has_result)
    ranges.push_back(
        range_of(book_->spaces(), stream.number, job_paper::result));
  ask(std::move(ranges), stream_read{t, std::move(stream), has_events});
}

// A stream that was cut short is asked for again from there.
void queue_state::answer(stream_read&& asked, record_pages& found) {
  const auto& stream = asked.stream;
  records page;
  if (asked.has_events)
    page = std::move(found.front());
  const bool is_all =
      page.empty()
      || page.back().key == event_key(stream.number, stream.events);
  job_events result;
  result.events.reserve(page.size() + 1);
  for (auto& r : page)
    result.events.push_back(event_of(std::move(r)));
  if (is_all && stream.ended) {
    result.events.push_back(
        stream.has_result && !found.back().empty()
            ? with_result(stream.end, found.back().front().value)
            : stream.end);
    result.ended = true;
  }
  asked.ticket.answer(std::move(result));
}

void queue_state::fail(stream_read&& asked, const caf::error& why) {
  asked.ticket.answer(caf::error{why});
}

}  // namespace troupe
