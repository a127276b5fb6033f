// What a queue answers with a look at the disk: papers of jobs that are leased
// or looked at, and streams.

#include "actors/queue/queue.hpp"

#include <caf/send.hpp>

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
    read_papers(t, std::move(*plan));
}

void queue_state::read_papers(const view_ticket& t, page_plan plan) {
  if (plan.papers.empty()) {
    t.answer(std::move(plan.page));
    return;
  }
  std::vector<record_range> ranges;
  ranges.reserve(plan.papers.size());
  for (const auto& p : plan.papers)
    ranges.push_back(range_of(book_->spaces(), p.number, p.paper));
  ask(std::move(ranges), view_read{t, std::move(plan)});
}

void queue_state::answer(view_read&& asked, record_pages& found) {
  auto& [page, papers, on_disk] = asked.plan;
  for (std::size_t i = 0; i < papers.size(); ++i)
    put_paper(page.jobs[papers[i].job], papers[i].paper, std::move(found[i]));
  asked.ticket.answer(std::move(page));
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
  } else if (stream->events > wish.after) {
    auto range = range_of_events(book_->spaces(), stream->number, wish.after,
                                 stream->events);
    range.records_max = stream_records;
    range.bytes_max = stream_bytes;
    ask({std::move(range)}, stream_read{t, *stream});
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

// A stream that was cut short is asked for again from there.
void queue_state::answer(stream_read&& asked, record_pages& found) {
  const auto& stream = asked.stream;
  auto& page = found.front();
  const bool is_all =
      page.empty()
      || page.back().key == event_key(stream.number, stream.events);
  job_events result;
  result.events.reserve(page.size() + 1);
  for (auto& r : page)
    result.events.push_back(event_of(std::move(r)));
  if (is_all && stream.ended) {
    result.events.push_back(stream.end);
    result.ended = true;
  }
  asked.ticket.answer(std::move(result));
}

void queue_state::fail(stream_read&& asked, const caf::error& why) {
  asked.ticket.answer(caf::error{why});
}

}  // namespace troupe
