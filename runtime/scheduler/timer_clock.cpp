#include "runtime/scheduler/timer_clock.hpp"

#include <utility>

namespace troupe {

void timer_clock::run() {
  std::unique_lock lock{mutex_};
  while (!stopped_) {
    if (schedule_.empty()) {
      changed_.wait(lock);
    } else if (const auto next = schedule_.begin()->first; next > now()) {
      changed_.wait_until(lock, next);
    } else {
      auto due = take_due();
      lock.unlock();
      ship(*due);
      due.reset();
      lock.lock();
    }
  }
}

void timer_clock::stop() {
  {
    const std::lock_guard guard{mutex_};
    stopped_ = true;
  }
  changed_.notify_all();
  cancel_all();
}

// Whoever sets a timer is alive and held by its caller, so nothing that CAF's
// bookkeeping replaces below can be a last handle. The same goes for the
// cancellations: a dying actor has no timer any more, its timers would hold it.
template <class F>
void timer_clock::set(time_point due, F add) {
  const std::lock_guard guard{mutex_};
  if (stopped_)
    return;
  const auto is_next = schedule_.empty() || due < schedule_.begin()->first;
  add();
  if (is_next)
    changed_.notify_one();
}

timer_clock::event_ptr timer_clock::take_due() {
  const auto first = schedule_.begin();
  auto due = std::move(first->second);
  if (due->backlink != actor_lookup_.end())
    actor_lookup_.erase(due->backlink);
  schedule_.erase(first);
  return due;
}

void timer_clock::set_ordinary_timeout(time_point due,
                                       caf::abstract_actor* self,
                                       caf::atom_value type, std::uint64_t id) {
  set(due,
      [&] { simple_actor_clock::set_ordinary_timeout(due, self, type, id); });
}

void timer_clock::set_multi_timeout(time_point due, caf::abstract_actor* self,
                                    caf::atom_value type, std::uint64_t id) {
  set(due, [&] { simple_actor_clock::set_multi_timeout(due, self, type, id); });
}

void timer_clock::set_request_timeout(time_point due, caf::abstract_actor* self,
                                      caf::message_id id) {
  set(due, [&] { simple_actor_clock::set_request_timeout(due, self, id); });
}

void timer_clock::cancel_ordinary_timeout(caf::abstract_actor* self,
                                          caf::atom_value type) {
  const std::lock_guard guard{mutex_};
  simple_actor_clock::cancel_ordinary_timeout(self, type);
}

void timer_clock::cancel_request_timeout(caf::abstract_actor* self,
                                         caf::message_id id) {
  const std::lock_guard guard{mutex_};
  simple_actor_clock::cancel_request_timeout(self, id);
}

void timer_clock::cancel_timeouts(caf::abstract_actor* self) {
  const std::lock_guard guard{mutex_};
  simple_actor_clock::cancel_timeouts(self);
}

void timer_clock::schedule_message(time_point due,
                                   caf::strong_actor_ptr receiver,
                                   caf::mailbox_element_ptr content) {
  set(due, [&] {
    simple_actor_clock::schedule_message(due, std::move(receiver),
                                         std::move(content));
  });
}

void timer_clock::schedule_message(time_point due, caf::group target,
                                   caf::strong_actor_ptr sender,
                                   caf::message content) {
  set(due, [&] {
    simple_actor_clock::schedule_message(due, std::move(target),
                                         std::move(sender), std::move(content));
  });
}

void timer_clock::cancel_all() {
  schedule_map dropped;  // Dies after the lock is released.
  const std::lock_guard guard{mutex_};
  dropped.swap(schedule_);
  actor_lookup_.clear();
}

}  // namespace troupe
