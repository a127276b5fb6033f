// Parents and children: what queues say to one another.
//
// What is to be said comes from the book when it is on disk, and goes through
// `errand_desk`. A ticket that is lost says so itself, so each errand ends, in
// `placed` or `reported`; after an error the book says it again, a second
// later. So does the next incarnation, of all that was not answered.

#include "actors/queue/child_codec.hpp"
#include "actors/queue/queue.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <utility>

namespace troupe {

namespace {

/// Children in one answer, whatever is asked for.
constexpr std::uint32_t children_page_max = 1'000;

/// As it is called in the log, beside queues.
const std::string the_store = "the store";

std::uint32_t index_of(const record& r, job_number parent) {
  return static_cast<std::uint32_t>(r.key - child_key(parent, 0));
}

// One that will never be.
child_report stillborn(job_parent parent, std::string queue, std::string id,
                       std::string error, job_time at) {
  return {.parent = std::move(parent),
          .queue = std::move(queue),
          .id = std::move(id),
          .state = job_state::failed,
          .error = std::move(error),
          .result = {},
          .ended_at = at};
}

}  // namespace

// -- what is asked
// -------------------------------------------------------------

void queue_state::serve(const children_ticket& t, job_time) {
  auto plan = book_->children(t.matter());
  if (!plan)
    t.answer(std::move(plan.error()));
  else if (const auto batch = book_->rides(); batch != 0 && !plan->on_disk)
    riders_.board(batch, t, *plan);
  else
    read_papers(children_read{t, *plan});
}

void queue_state::read_papers(children_read asked) {
  const auto& query = asked.ticket.matter();
  const auto& [parent, counts, on_disk] = asked.plan;
  if (query.from >= counts.total) {
    asked.ticket.answer(children_page{.children = {}, .counts = counts});
    return;
  }
  auto range =
      range_of_children(book_->spaces(), parent, query.from,
                        std::clamp(query.limit, 1u, children_page_max));
  ask({std::move(range)}, std::move(asked));
}

void queue_state::answer(children_read&& asked, record_pages& found) {
  const auto& counts = asked.plan.counts;
  children_page result{.children = {}, .counts = counts};
  for (const auto& r : found.front())
    if (auto child = read_child(r.value))
      result.children.push_back(std::move(child->view));
  if (!found.front().empty()) {
    const auto next = index_of(found.front().back(), asked.plan.parent) + 1;
    if (next < counts.total)
      result.next = next;
  }
  asked.ticket.answer(std::move(result));
}

void queue_state::fail(children_read&& asked, const caf::error& why) {
  asked.ticket.answer(caf::error{why});
}

void queue_state::serve(const report_ticket& t, job_time at) {
  if (auto heard = book_->hear(t.matter(), at); !heard) {
    t.answer(std::move(heard.error()));
    return;
  }
  may_lease_ = true;
  reply(t, reports_heard{});
}

// -- errands
// -------------------------------------------------------------------

void queue_state::run_errands(job_time at) {
  if (auto more = book_->errands(at); !more.empty())
    errands_.add(std::move(more));
  while (const auto page = errands_.next_placing(at))
    read_page(*page);
  for (auto some = errands_.next_telling(); !some.empty();
       some = errands_.next_telling())
    tell(std::move(some));
}

void queue_state::answered(std::uint64_t number, const caf::error& why) {
  auto said = errands_.end(number);
  if (!said)
    return;
  const auto at = now();
  if (!drains_)  // Then it is no wonder.
    note(said->queue, why);
  std::visit([&](auto& what) { hear(std::move(what), why, at); }, said->what);
  finish(at);
}

std::optional<queue_actor>
queue_state::find_queue(const std::string& whose) const {
  if (whose == deps_->settings->name)
    return caf::actor_cast<queue_actor>(self_);
  if (deps_->queues)
    if (const auto at = deps_->queues->find(whose); at != deps_->queues->end())
      return at->second.queue.current();
  return {};
}

// Once, and not every second.
void queue_state::note(const std::string& other, const caf::error& why) {
  if (!errands_.is_news(other, !why))
    return;
  const auto& own = deps_->settings->name;
  if (why)
    spdlog::warn("queue not reached name={} other=\"{}\" error={}", own, other,
                 name_of(code_of(why)));
  else
    spdlog::info("queue reached name={} other=\"{}\"", own, other);
}

// -- placing
// -------------------------------------------------------------------

void queue_state::read_page(const placing_read& page) {
  auto range = range_of_children(book_->spaces(), page.parent, page.from,
                                 errand_desk::page_records);
  range.bytes_max = errand_desk::page_bytes;
  ask({std::move(range)}, placing_read{page});
}

void queue_state::answer(placing_read&& asked, record_pages& found) {
  if (drains_)  // The next start begins anew.
    return;
  const auto at = now();
  note(the_store, {});
  job_query whose;
  whose.any_state = true;
  whose.after = asked.parent - 1;
  whose.limit = 1;
  whose.with_data = false;
  const auto plan = book_->view(whose);
  const auto is_there = plan && !plan->page.jobs.empty()
                        && plan->page.jobs.front().number == asked.parent;
  if (is_there)  // Or it has been removed meanwhile.
    place(plan->page.jobs.front(), asked, found.front(), at);
  go_on(asked.parent, at);
  finish(at);
}

// Each child to its queue; one that cannot come into being has failed.
void queue_state::place(const job_view& parent, const placing_read& asked,
                        records& page, job_time at) {
  const auto& own = deps_->settings->name;
  child_reports failed;
  std::map<std::string, new_jobs> by_queue;
  for (const auto& r : page) {
    job_parent link{.queue = own,
                    .number = parent.number,
                    .id = parent.id,
                    .index = index_of(r, parent.number)};
    auto child = read_child(r.value);
    if (!child) {
      auto id = parent.parent ? child_id(parent.id, link.index)
                              : child_id(own, link.number, link.index);
      failed.push_back(stillborn(std::move(link), own, std::move(id),
                                 "its record is damaged", at));
    } else if (child->job && book_->awaits(link.number, link.index)) {
      link.on_failure = child->view.on_failure;
      const auto& to = child->view.queue;
      if (find_queue(to)) {
        child->job->tenant = parent.tenant;
        child->job->parent = std::move(link);
        by_queue[to].push_back(std::move(*child->job));
      } else {
        failed.push_back(stillborn(std::move(link), to, child->view.id,
                                   "no queue named '" + to + "'", at));
      }
    }
  }
  const auto next = page.empty() ? parent.children.total
                                 : index_of(page.back(), parent.number) + 1;
  errands_.turn_page(asked, next < parent.children.total ? next : 0);
  if (!failed.empty())
    if (const auto heard = book_->hear(failed, at); !heard)
      errands_.fail(parent.number, heard.error());
  for (auto& [to, jobs] : by_queue)
    send_children(parent.number, to, std::move(jobs));
}

void queue_state::send_children(job_number parent, const std::string& to,
                                new_jobs jobs) {
  const auto number = errands_.send(parent, to);
  const enqueue_ticket t{std::move(jobs),
                         [me = caf::actor_cast<queue_actor>(self_),
                          number](enqueue_ticket::result&& r) {
                           caf::anon_send(me, atom::stored_v, number,
                                          r ? caf::error{} : r.error());
                         }};
  if (const auto queue = *find_queue(to))
    self_->send(queue, atom::enqueue_v, t);
}

void queue_state::hear(placing_errand&& sent, const caf::error& why,
                       job_time at) {
  errands_.hear(sent, why);
  go_on(sent.parent, at);
}

void queue_state::fail(placing_read&& asked, const caf::error& why) {
  const auto at = now();
  note(the_store, why);
  errands_.fail(asked.parent, why);
  go_on(asked.parent, at);
  finish(at);
}

void queue_state::go_on(job_number parent, job_time at) {
  const auto turn = errands_.turn(parent);
  if (!turn)
    return;
  if (turn->next)
    read_page(*turn->next);
  else
    book_->placed(parent, turn->why, at);
}

// -- telling
// -------------------------------------------------------------------

void queue_state::tell(std::vector<ended_child> some) {
  std::vector<record_range> ranges;
  for (const auto& child : some)
    if (child.has_result)
      ranges.push_back(
          range_of(book_->spaces(), child.number, job_paper::result));
  results_read asked{std::move(some)};
  record_pages none;
  if (ranges.empty())
    answer(std::move(asked), none);
  else
    ask(std::move(ranges), std::move(asked));
}

void queue_state::answer(results_read&& asked, record_pages& found) {
  if (drains_)  // Likewise.
    return;
  auto page = found.begin();
  std::map<std::string, std::vector<ended_child>> by_queue;
  for (auto& child : asked.children) {
    if (child.has_result)
      if (auto& result = *page++; !result.empty())
        child.report.result = shared_bytes{std::move(result.front().value)};
    const auto to = child.report.parent.queue;
    by_queue[to].push_back(std::move(child));
  }
  for (auto& [to, some] : by_queue)
    tell(to, std::move(some));
}

// One whose parent's queue the configuration has no more is kept, and told of
// again after the next start: until then none comes.
void queue_state::tell(const std::string& to, std::vector<ended_child> some) {
  const auto queue = find_queue(to);
  if (!queue) {
    note(to, caf::make_error(errc::unknown_queue, to));
    errands_.told(some.size());
    return;
  }
  child_reports reports;
  reports.reserve(some.size());
  for (auto& child : some) {
    reports.push_back(child.report);
    child.report.result = {};
  }
  const auto number = errands_.send(to, std::move(some));
  const report_ticket t{std::move(reports),
                        [me = caf::actor_cast<queue_actor>(self_),
                         number](report_ticket::result&& r) {
                          caf::anon_send(me, atom::stored_v, number,
                                         r ? caf::error{} : r.error());
                        }};
  if (*queue)
    self_->send(*queue, atom::report_v, t);
}

void queue_state::hear(telling_errand&& sent, const caf::error& why,
                       job_time at) {
  errands_.told(sent.children.size());
  for (const auto& child : sent.children)
    book_->reported(child, why, at);
}

void queue_state::fail(results_read&& asked, const caf::error& why) {
  const auto at = now();
  note(the_store, why);
  hear(telling_errand{std::move(asked.children)}, why, at);
  finish(at);
}

}  // namespace troupe
