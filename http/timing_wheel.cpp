#include "http/timing_wheel.hpp"

#include <algorithm>

namespace troupe::http {

timing_wheel::slot& timing_wheel::slot_of(time_point due) {
  // Rounded up: the slot's tick begins at or after `due`.
  const auto ticks =
      (due.time_since_epoch() + tick - std::chrono::steady_clock::duration{1})
      / tick;
  return slots_[static_cast<std::size_t>(ticks) % slot_count];
}

void timing_wheel::arm(deadline& d, time_point due) {
  d.disarm();
  d.due_ = due;
  // What is due already goes where the next turn looks first.
  slot_of(std::max(due, turned_to_ + std::chrono::steady_clock::duration{1}))
      .push_back(d);
}

void timing_wheel::turn(time_point now) {
  const auto first = turned_to_.time_since_epoch() / tick + 1;
  const auto last = now.time_since_epoch() / tick;
  turned_to_ = std::max(turned_to_, now);
  const auto end = std::min(last, first + static_cast<long>(slot_count) - 1);
  for (auto i = first; i <= end; ++i) {
    auto& current = slots_[static_cast<std::size_t>(i) % slot_count];
    // Taken out whole: what fires may arm, disarm and destroy at will.
    slot due;
    due.swap(current);
    while (!due.empty()) {
      auto& d = due.front();
      due.pop_front();
      if (d.due_ <= now)
        d.on_due();
      else
        current.push_back(d);  // Of a later round.
    }
  }
}

bool timing_wheel::idle() const {
  return std::all_of(slots_.begin(), slots_.end(),
                     [](const slot& s) { return s.empty(); });
}

deadlines::deadlines(asio::io_context& context)
    : wheel_(std::chrono::steady_clock::now()), timer_(context.get_executor()) {
}

void deadlines::arm_at(deadline& d, deadline::time_point due) {
  wheel_.arm(d, due);
  if (!turning_)
    schedule();
}

void deadlines::schedule() {
  turning_ = true;
  timer_.expires_after(timing_wheel::tick);
  timer_.async_wait([this, alive = std::weak_ptr{alive_}](error_code ec) {
    if (ec || alive.expired())
      return;
    wheel_.turn(std::chrono::steady_clock::now());
    if (wheel_.idle())
      turning_ = false;
    else
      schedule();
  });
}

}  // namespace troupe::http
