#include "actors/queue/queue.hpp"

#include "runtime/error_words.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

queue_settings_ptr find(const config::settings& all, const std::string& name) {
  for (const auto& q : all.queues)
    if (q->name == name)
      return q;
  return nullptr;
}

}  // namespace

job_time wall_time() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

queue_actor::behavior_type queue(queue_state::self_pointer self,
                                 queue_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

queue_actor::behavior_type queue_state::make_behavior(queue_deps deps) {
  deps_.emplace(std::move(deps));
  clock_ = queue_clock{deps_->wall(), steady()};
  start();
  return {
      [this](atom::enqueue, const enqueue_ticket& t) { hear(t); },
      [this](atom::lease, const work_ticket& t) { hear(t); },
      [this](atom::alter, const alter_ticket& t) { hear(t); },
      [this](atom::view, const view_ticket& t) { hear(t); },
      [this](atom::follow, const follow_ticket& t) { hear(t); },
      [this](atom::order, const order_ticket& t) { hear(t); },
      [this](atom::arrange, const arrange_ticket& t) { hear(t); },
      [this](atom::schedules, const schedules_ticket& t) { hear(t); },
      [this](atom::children, const children_ticket& t) { hear(t); },
      [this](atom::report, const report_ticket& t) { hear(t); },
      [this](atom::status) { return status(); },
      [this](atom::stored, std::uint64_t number, const caf::error& why) {
        stored(number, why);
      },
      [this](atom::found, std::uint64_t number, record_pages& pages) {
        found(number, pages);
      },
      [this](atom::adopt, const settings_ptr& s) { adopt(s); },
      [this](atom::drain) { drain(); },
      [this](atom::sweep) { sweep(); },
  };
}

// -- what is asked
// -------------------------------------------------------------

template <class Ticket>
void queue_state::hear(const Ticket& t) {
  if (!t.awaited())
    return;
  if (stage_ == stage::open) {
    const auto at = now();
    serve(t, at);
    finish(at);
  } else if (stage_ == stage::in_trouble) {
    t.answer(caf::error{trouble_});
  } else if (early_.size() < early_max) {
    early_.emplace_back(t);
  } else {
    t.answer(caf::make_error(errc::overloaded, overload_ms));
  }
}

void queue_state::serve(const enqueue_ticket& t, job_time at) {
  if (drains_) {
    t.answer(errc::shutting_down);
    return;
  }
  const auto& jobs = t.matter();
  auto added = book_->add(jobs, at);
  if (!added) {
    t.answer(std::move(added.error()));
    return;
  }
  put_at_hand(jobs, *added);
  reply(t, std::move(added->receipts));
}

void queue_state::put_at_hand(const new_jobs& jobs, const added_jobs& added) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (added.numbers[i] == 0)
      continue;
    if (added.receipts[i].duplicate)  // It has other data now.
      shelf_.take(added.numbers[i]);
    if (added.receipts[i].state == job_state::waiting)
      shelf_.put(added.numbers[i], jobs[i].data, steady());
  }
}

void queue_state::serve(const work_ticket& t, job_time at) {
  if (drains_) {
    t.answer(errc::shutting_down);
    return;
  }
  const auto& wish = t.matter();
  if (!book_->refusal())
    if (auto jobs = book_->take(wish, at); !jobs.empty()) {
      lend(t, std::move(jobs));
      return;
    }
  if (wish.wait_ms == 0)
    t.answer(leased_jobs{});
  else if (!workers_.join(t, until(wish.wait_ms)))
    t.answer(caf::make_error(errc::overloaded, overload_ms));
}

void queue_state::serve(const alter_ticket& t, job_time at) {
  const auto& changes = t.matter();
  change_receipts receipts;
  receipts.reserve(changes.size());
  bool waits = changes.empty();
  for (const auto& c : changes) {
    auto said = book_->change(c, at);
    if (!said) {
      t.answer(std::move(said.error()));
      return;
    }
    waits = waits || queue_book::needs_disk(c, *said);
    receipts.push_back(*said);
  }
  may_lease_ = true;
  if (waits)
    reply(t, std::move(receipts));
  else
    t.answer(std::move(receipts));
}

void queue_state::serve(const order_ticket& t, job_time at) {
  orders_.emplace(book_->order(t.matter(), at), t);
  may_lease_ = true;
  hurry();  // It is carried out in sweeps.
}

queue_statistics queue_state::status() const {
  queue_statistics result;
  if (stage_ == stage::open)
    result = book_->statistics(now());
  else
    result.refuses =
        stage_ == stage::starting ? "starting" : words_of(trouble_);
  result.name = deps_->settings->name;
  result.workers_waiting = workers_.size();
  return result;
}

// What cannot be changed while a node runs, the configuration does not change.
void queue_state::adopt(const settings_ptr& s) {
  const auto next = find(*s, deps_->settings->name);
  if (next == nullptr || next == deps_->settings)
    return;
  deps_->settings = next;
  if (!book_)
    return;
  const auto at = now();
  book_->adopt(next, at);
  may_lease_ = true;
  if (stage_ == stage::open)
    finish(at);
}

void queue_state::drain() {
  drains_ = true;
  for (const auto& t : workers_.take_all())
    t.answer(leased_jobs{});
  for (const auto& t : followers_.take_all())
    t.answer(errc::shutting_down);
}

// -- after every message
// -------------------------------------------------------

void queue_state::sweep() {
  hurries_ = false;
  if (next_sweep_ <= steady())
    next_sweep_ = time_point::max();
  if (stage_ == stage::in_trouble && !deps_->no_store)
    start();
  if (stage_ != stage::open)
    return;
  const auto at = now();
  if (book_->sweep(at))
    hurry();
  may_lease_ = true;
  for (const auto& t : workers_.take_overdue(steady()))
    t.answer(leased_jobs{});
  for (const auto& t : followers_.take_overdue(steady()))
    t.answer(job_events{});
  finish(at);
}

void queue_state::stored(std::uint64_t number, const caf::error& why) {
  if (number == 0) {  // What an earlier incarnation had sent is done.
    read_jobs(0);
    return;
  }
  if (read_desk::is_question(number)) {
    not_found(number, why);
    return;
  }
  if (errand_desk::is_errand(number)) {
    answered(number, why);
    return;
  }
  const auto at = now();
  const auto before = book_->refusal();
  const auto news = book_->settle(number, why, at);
  tell_trouble(before);
  settle_schedules(why);
  riders_.arrive(number, why, [this](const auto& t, auto&& plan) {
    read_papers({t, std::move(plan)});
  });
  for (const auto dropped : news.dropped)
    shelf_.take(dropped);
  for (const auto job : news.streams)
    for (const auto& t : followers_.take(job))
      serve(t, at);
  may_lease_ = may_lease_ || news.leasable || before;
  finish(at);
}

void queue_state::finish(job_time at) {
  for (const auto& ended : book_->ended_orders())
    if (const auto by = orders_.extract(ended.order))
      reply(by.mapped(), queue_receipt{ended.jobs});
  run_errands(at);
  if (std::exchange(may_lease_, false))
    serve_line(at);
  call_schedules(at);
  depart(at);
  deps_->metrics.count(book_->tally());
  show(at);
  watch(at);
}

// Soon after something happened; and while jobs wait, whose age grows.
void queue_state::show(job_time at) {
  const auto time = steady();
  if (time < next_show_) {
    is_shown_ = false;
    return;
  }
  const auto numbers = book_->statistics(at);
  deps_->metrics.show(numbers, schedules_.size());
  next_show_ = time + show_period;
  is_shown_ = true;
  waits_ = numbers.waiting > 0;
}

void queue_state::serve_line(job_time at) {
  if (book_->refusal())
    return;
  workers_.serve(
      [this, at](const lease_wish& wish) { return book_->take(wish, at); },
      [this](const work_ticket& t, std::vector<taken_job> jobs) {
        lend(t, std::move(jobs));
      });
}

void queue_state::depart(job_time at) {
  if (auto next = book_->cut(at)) {
    turns_flying_ = std::exchange(turns_waiting_, {});
    commit(next->number, std::move(next->batch));
  }
}

// One that the writer loses says so itself.
void queue_state::commit(std::uint64_t number, store_batch batch) {
  self_->send(
      deps_->writer.current(), atom::commit_v,
      commit_ticket{std::move(batch), [me = caf::actor_cast<queue_actor>(self_),
                                       number](commit_ticket::result&& r) {
                      caf::anon_send(me, atom::stored_v, number,
                                     r ? caf::error{} : r.error());
                    }});
}

void queue_state::tell_trouble(const caf::error& before) {
  const auto& after = book_->refusal();
  if (after && !before)
    spdlog::error("queue refuses name={} reason=\"{}\"", deps_->settings->name,
                  words_of(after));
  else if (before && !after)
    spdlog::info("queue accepts name={}", deps_->settings->name);
}

void queue_state::watch(job_time at) {
  const auto time = steady();
  auto next = time_point::max();
  const auto consider = [&next](const std::optional<time_point>& when) {
    if (when)
      next = std::min(next, *when);
  };
  if (const auto call = book_->next_call(at))
    consider(std::max(clock_.when(*call), time + milliseconds{1}));
  if (const auto retry = errands_.next_retry())
    consider(std::max(clock_.when(*retry), time + milliseconds{1}));
  if (const auto call = next_schedule())
    consider(std::max(*call, time + milliseconds{1}));
  if (!is_shown_)
    consider(next_show_);
  else if (waits_)
    consider(time + sweep_far);
  consider(workers_.next_overdue());
  consider(followers_.next_overdue());
  if (next == time_point::max())
    return;
  next = std::min(next, time + sweep_far);
  if (next_sweep_ <= next)
    return;
  next_sweep_ = next;
  self_->delayed_send(self_, next - time, atom::sweep_v);
}

void queue_state::hurry() {
  if (!std::exchange(hurries_, true))
    self_->send(self_, atom::sweep_v);
}

time_point queue_state::until(std::uint64_t wait_ms) const {
  constexpr milliseconds max = wait_max;
  return steady()
         + std::min(max, milliseconds{static_cast<milliseconds::rep>(
                             std::min(wait_ms, std::uint64_t{1} << 32))});
}

time_point queue_state::steady() const {
  return self_->clock().now();
}

}  // namespace troupe
