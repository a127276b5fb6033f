#include "http/routes/queue/asking.hpp"

#include "http/ask.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::http::app_queue {

namespace {

using std::chrono::milliseconds;

template <class Answer, class Atom, class Matter>
task<caf::expected<Answer>> question(lane& l, executor where,
                                     const queue_place& whom, Atom verb,
                                     Matter what, milliseconds patience,
                                     recall<ticket<Matter, Answer>>& back) {
  using slip = ticket<Matter, Answer>;
  l.reactor.wheel.arm(back, patience);
  auto got = co_await ask<Answer>(
      where, std::move(what), [&whom, verb, &back](slip t) {
        back.asked = t.observe();
        caf::anon_send(whom.queue.current(), verb, std::move(t));
      });
  back.disarm();
  co_return got;
}

template <class Answer, class Atom, class Matter>
task<caf::expected<Answer>> question(lane& l, executor where,
                                     const queue_place& whom, Atom verb,
                                     Matter what) {
  recall<ticket<Matter, Answer>> back;
  co_return co_await question<Answer>(l, where, whom, verb, std::move(what),
                                      disk_patience, back);
}

/// A wait that was asked for, and then some.
milliseconds beyond(std::uint64_t wait_ms) {
  return milliseconds{wait_ms} + patience_beyond;
}

}  // namespace

task<caf::expected<job_receipts>>
enqueue(lane& l, executor where, const queue_place& whom, new_jobs what) {
  return question<job_receipts>(l, where, whom, atom::enqueue_v,
                                std::move(what));
}

task<caf::expected<change_receipts>>
alter(lane& l, executor where, const queue_place& whom, job_changes what) {
  return question<change_receipts>(l, where, whom, atom::alter_v,
                                   std::move(what));
}

task<caf::expected<job_page>> view(lane& l, executor where,
                                   const queue_place& whom, job_query what) {
  return question<job_page>(l, where, whom, atom::view_v, std::move(what));
}

task<caf::expected<queue_receipt>>
order(lane& l, executor where, const queue_place& whom, queue_order what) {
  return question<queue_receipt>(l, where, whom, atom::order_v,
                                 std::move(what));
}

task<caf::expected<children_page>> children(lane& l, executor where,
                                            const queue_place& whom,
                                            children_query what) {
  return question<children_page>(l, where, whom, atom::children_v,
                                 std::move(what));
}

task<caf::expected<schedule_receipt>>
arrange(lane& l, executor where, const queue_place& whom, schedule_order what) {
  return question<schedule_receipt>(l, where, whom, atom::arrange_v,
                                    std::move(what));
}

task<caf::expected<schedule_page>> schedules(lane& l, executor where,
                                             const queue_place& whom,
                                             schedule_query what) {
  return question<schedule_page>(l, where, whom, atom::schedules_v,
                                 std::move(what));
}

task<caf::expected<leased_jobs>> lease(lane& l, executor where,
                                       const queue_place& whom, lease_wish what,
                                       recall<work_ticket>& back) {
  const auto patience = beyond(what.wait_ms);
  return question<leased_jobs>(l, where, whom, atom::lease_v, std::move(what),
                               patience, back);
}

task<caf::expected<job_events>> follow(lane& l, executor where,
                                       const queue_place& whom,
                                       events_wish what,
                                       recall<follow_ticket>& back) {
  const auto patience = beyond(what.wait_ms);
  return question<job_events>(l, where, whom, atom::follow_v, std::move(what),
                              patience, back);
}

void give_back(const queue_place& whom, const leased_jobs& jobs) {
  job_changes changes;
  for (const auto& job : jobs) {
    auto& c = changes.emplace_back();
    c.verb = job_verb::release;
    c.id = job.id;
    c.token = job.token;
  }
  if (!changes.empty())
    caf::anon_send(whom.queue.current(), atom::alter_v,
                   alter_ticket{std::move(changes), [](alter_ticket::result&&) {
                                }});
}

}  // namespace troupe::http::app_queue
