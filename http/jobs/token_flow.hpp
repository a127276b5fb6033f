// Tokens of one answer on their way into a job's stream: fewer and larger.
//
// A model says a hundred words a second, each of which would be a record on
// disk and a line to every follower. What comes within `token_pause` goes
// together; the first word goes at once. Nothing is lost, nothing changes its
// order.
//
// A brain: time comes in. Limits: holds what one pause brings.

#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::http {

/// Twenty a second: smooth to the eye, and a disk bears it from many jobs.
inline constexpr std::chrono::milliseconds token_pause{50};

class token_flow {
public:
  using time_point = std::chrono::steady_clock::time_point;

  void add(std::string_view text) { held_.append(text); }

  /// What is to be brought now; empty if nothing is, yet.
  std::string take(time_point now) {
    if (held_.empty() || now < next_)
      return {};
    next_ = now + token_pause;
    return std::exchange(held_, {});
  }

  /// What is left, at the end.
  std::string rest() { return std::exchange(held_, {}); }

  /// When `take` has something; `max` if nothing is held.
  time_point next_call() const {
    return held_.empty() ? time_point::max() : next_;
  }

private:
  std::string held_;
  time_point next_ = time_point::min();
};

}  // namespace troupe::http
