// Deadlines by the ten thousand, at the price of a list insertion.
//
// Every connection always waits for something, and every wait ends. An Asio
// timer for each would cost a heap operation, and now and then a system call,
// several times a request. A wheel keeps deadlines in slots of one tick each:
// arming, moving and disarming link and unlink a list node. Deadlines fire in
// the first tick after they are due, never before.
//
// This is the brain: time comes in as an argument. `deadlines` (below) is the
// body: it turns the wheel while anything is armed, and sleeps otherwise.
//
// Limits: not thread-safe, one wheel a thread. A deadline further away than one
// round of the wheel (slots x tick) is looked at once a round.

#pragma once

#include "http/task.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>

namespace troupe::http {

/// One deadline: part of the object whose wait it ends. Unlinks itself when it
/// is destroyed.
class deadline
    : public boost::intrusive::list_base_hook<
          boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
  using time_point = std::chrono::steady_clock::time_point;

  deadline() = default;
  deadline(const deadline&) = delete;
  deadline& operator=(const deadline&) = delete;
  virtual ~deadline() = default;

  bool armed() const { return is_linked(); }
  void disarm() {
    if (is_linked())
      unlink();
  }
  time_point due() const { return due_; }

protected:
  /// Called once when due; the deadline is disarmed by then and may be armed
  /// anew. Must not throw.
  virtual void on_due() = 0;

private:
  friend class timing_wheel;
  time_point due_{};
};

class timing_wheel {
public:
  using time_point = deadline::time_point;

  /// Fine enough for a 250 ms time-out, coarse enough for one wake-up in 25 ms.
  static constexpr std::chrono::milliseconds tick{25};
  /// 1024 x 25 ms = 25.6 s a round.
  static constexpr std::size_t slot_count = 1024;

  explicit timing_wheel(time_point start) : turned_to_(start) {}

  /// Arms `d` to fire in the first turn at or after `due`; moves it if armed.
  void arm(deadline& d, time_point due);

  /// Fires everything due at `now`.
  void turn(time_point now);

  /// Whether anything is armed. Linear in the worst case, constant if busy.
  bool idle() const;

private:
  using slot =
      boost::intrusive::list<deadline,
                             boost::intrusive::constant_time_size<false>>;

  slot& slot_of(time_point due);

  std::array<slot, slot_count> slots_;
  time_point turned_to_;
};

/// The wheel of one thread, turned by one timer of its io_context.
class deadlines {
public:
  explicit deadlines(asio::io_context& context);

  /// Arms `d` to fire `after` from now.
  void arm(deadline& d, std::chrono::milliseconds after) {
    arm_at(d, std::chrono::steady_clock::now() + after);
  }

  void arm_at(deadline& d, deadline::time_point due);

private:
  void schedule();

  timing_wheel wheel_;
  timer timer_;
  bool turning_ = false;
  /// Expires with this object: a turn that is queued already cannot be
  /// cancelled and must find out.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// A deadline that calls a function.
template <class F>
class deadline_for final : public deadline {
public:
  explicit deadline_for(F f) : f_(std::move(f)) {}

private:
  void on_due() override { f_(); }

  F f_;
};

}  // namespace troupe::http
