// The clock behind `delayed_send` and request time-outs: one thread, one lock.
//
// Takes the place of CAF's `thread_safe_actor_clock`, which can lock up for
// good: its thread reads a mailbox of 64 places, every actor that dies writes
// into that mailbox, and actors die on its own thread whenever a timer held
// their last handle. It also wakes its thread at every death and every new
// timer; this one wakes only when the next moment comes nearer.
//
// The one rule: nothing that an event holds is destroyed under the lock, for
// a last handle may be among it, and a dying actor asks the clock to forget it.
//
// Limits: a timer of an answered request stays until it is due, as CAF never
// cancels it; events due at one moment come in the order they were set.

#pragma once

#include <caf/detail/simple_actor_clock.hpp>

#include <condition_variable>
#include <mutex>

namespace troupe {

class timer_clock final : public caf::detail::simple_actor_clock {
public:
  /// Delivers what becomes due, until `stop`; the body of the clock's thread.
  void run();

  /// Makes `run` return, and drops all timers: those set and those to come.
  void stop();

  // -- for CAF; any thread ----------------------------------------------------

  void set_ordinary_timeout(time_point due, caf::abstract_actor* self,
                            caf::atom_value type, std::uint64_t id) override;
  void set_multi_timeout(time_point due, caf::abstract_actor* self,
                         caf::atom_value type, std::uint64_t id) override;
  void set_request_timeout(time_point due, caf::abstract_actor* self,
                           caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self,
                               caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self,
                              caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point due, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point due, caf::group target,
                        caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

private:
  using event_ptr = unique_delayed_event_ptr;

  template <class F>
  void set(time_point due, F add);
  event_ptr take_due();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace troupe
