#include "actors/worker/worker.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

/// While no carrier is there: main makes them a moment after the actors.
constexpr std::uint64_t carrier_wait_ms = 200;

bool is_request(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown;
}

// Whoever looks later must not find a handle that keeps the dead one's memory.
template <class F>
auto told(const worker_actor& whom, F&& tell) {
  return [weak = caf::actor_cast<caf::weak_actor_ptr>(whom),
          tell = std::forward<F>(tell)](auto&& answer) {
    if (const auto alive = weak.lock())
      tell(caf::actor_cast<worker_actor>(alive),
           std::forward<decltype(answer)>(answer));
  };
}

}  // namespace

worker_actor::behavior_type job_worker(worker_state::self_pointer self,
                                       worker_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

worker_actor::behavior_type worker_state::make_behavior(worker_deps deps) {
  deps_.emplace(std::move(deps));
  book_.emplace(deps_->name);
  self_->set_exit_handler([this](const caf::exit_msg& msg) {
    if (is_request(msg.reason)) {
      book_->hand_back(out_);
      deliver();
    }
    self_->quit(msg.reason);
  });
  book_->begin(now(), out_);
  deliver();
  return {
      [this](atom::work, std::uint64_t number, const leased_jobs& jobs) {
        book_->offered(number, leased_jobs{jobs}, now(), out_);
        deliver();
      },
      [this](atom::alter, std::uint64_t number, const change_receipts& r) {
        book_->heard(number, r, now(), out_);
        deliver();
      },
      [this](atom::output, std::uint64_t number, const job_output& what) {
        book_->output(number, job_output{what}, out_);
        deliver();
      },
      [this](atom::done, std::uint64_t number, const job_outcome& how) {
        book_->done(number, job_outcome{how}, now(), out_);
        deliver();
      },
      [this](atom::drain) {
        book_->drain(out_);
        deliver();
      },
      [this](atom::status) { return book_->errand(); },
      [this](atom::sweep) { sweep(); },
  };
}

worker_state::~worker_state() {
  wish_.answer(errc::actor_lost);
  if (is_busy_)
    drop(book_->errand());
  if (is_busy_)
    deps_->busy->fetch_sub(1);
}

void worker_state::deliver() {
  if (out_.drop)
    drop(*out_.drop);
  for (auto& message : out_.say)
    say(std::move(message));
  if (out_.withdraw)
    wish_.answer(errc::shutting_down);
  show_busy();
  const auto errand = out_.carry;
  const auto wish = out_.ask;
  const bool leaves = out_.leave;
  out_.clear();
  if (errand)
    carry(*errand);
  if (wish)
    ask(*wish);
  if (leaves)
    self_->quit(caf::exit_reason::user_shutdown);
  else
    arm();
}

void worker_state::ask(std::uint64_t number) {
  lease_wish wish;
  wish.worker = book_->worker();
  wish.wait_ms = std::chrono::milliseconds{work_wait}.count();
  work_ticket ticket{
      std::move(wish),
      told(worker_actor{self_},
           [number](const worker_actor& whom, work_ticket::result&& got) {
             caf::anon_send(whom, atom::work_v, number,
                            got ? std::move(*got) : leased_jobs{});
           })};
  wish_ = ticket.observe();
  caf::anon_send(deps_->queue.current(), atom::lease_v, std::move(ticket));
}

void worker_state::say(errand_book::message&& what) {
  caf::anon_send(
      deps_->queue.current(), atom::alter_v,
      alter_ticket{std::move(what.changes),
                   told(worker_actor{self_}, [number = what.number](
                                                 const worker_actor& whom,
                                                 alter_ticket::result&& got) {
                     caf::anon_send(whom, atom::alter_v, number,
                                    got ? std::move(*got) : change_receipts{});
                   })});
}

void worker_state::carry(std::uint64_t number) {
  if (auto* by = carrier()) {
    by->carry({.number = number,
               .job = book_->job(),
               .queue = deps_->settings->get()},
              worker_actor{self_});
    return;
  }
  job_outcome nobody;
  nobody.how = job_outcome::kind::postponed;
  nobody.retry_in_ms = carrier_wait_ms;
  self_->send(self_, atom::done_v, number, std::move(nobody));
}

void worker_state::drop(std::uint64_t number) {
  if (auto* by = carrier())
    by->drop(worker_actor{self_}, number);
}

void worker_state::show_busy() {
  const bool busy = book_->errand() != 0;
  if (busy == std::exchange(is_busy_, busy))
    return;
  if (busy)
    deps_->busy->fetch_add(1);
  else
    deps_->busy->fetch_sub(1);
}

void worker_state::sweep() {
  if (now() < armed_for_)
    return;  // An earlier timer was set since, and fired.
  armed_for_ = errand_book::time_point::max();
  book_->sweep(now(), out_);
  deliver();
}

// One timer counts, the one for the next moment that matters; others find out
// that they come in vain.
void worker_state::arm() {
  const auto at = now();
  const auto due = book_->next_call();
  if (due == errand_book::time_point::max())
    return;
  const auto next = std::min(std::max(due, at), at + sweep_far);
  if (armed_for_ <= next)
    return;
  armed_for_ = next;
  self_->delayed_send(self_, next - at, atom::sweep_v);
}

}  // namespace troupe
