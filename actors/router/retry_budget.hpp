// How many retries the traffic can bear.
//
// A target that fails part of its calls gets more calls by every retry, and
// fails more of them. The budget breaks that circle: within any ten seconds
// retries at a target that failed the same call stay below a part of all calls.
// Moving on to another target or key is no retry in this sense: it takes load
// away.
//
// A few retries are always free, or a quiet node could not retry at all.
//
// Limits: counted in slots of a second; the oldest leaves as a whole.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace troupe {

class retry_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t slots = 10;
  static constexpr std::chrono::seconds slot_length{1};
  /// Retries within the window that need no traffic to pay for them: one a
  /// second, which no provider feels.
  static constexpr std::uint64_t free_retries = 10;

  /// `share` of calls: 0.20 = one retry for five calls.
  explicit retry_budget(double share) : share_(share) {}

  void set_share(double share) { share_ = share; }

  /// A call came in.
  void count_call(time_point now);

  /// Spends one retry; false if the budget does not allow it.
  bool spend(time_point now);

private:
  struct slot {
    std::int64_t number = -1;  // Seconds since the clock's epoch.
    std::uint64_t calls = 0;
    std::uint64_t retries = 0;
  };

  slot& at(time_point now);

  double share_;
  std::array<slot, slots> ring_;
};

}  // namespace troupe
