// How much failure is still ordinary.
//
// A child that dies now and then is restarted; a child that dies in a loop is a
// fault that restarting will only hide. The budget draws that line: at most
// `restarts_max` restarts within any `window`.

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace troupe {

class restart_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Enough for a bad deploy of something outside to pass, too little for a
  /// crash loop to go on unseen: with the pauses of `restart_pause` the default
  /// is spent within 2 s.
  static constexpr std::uint32_t restarts_max_default = 5;
  static constexpr std::chrono::seconds window_default{60};

  restart_budget() = default;

  /// @pre `window > 0`. With `restarts_max` 0 no death is forgiven.
  restart_budget(std::uint32_t restarts_max, std::chrono::milliseconds window)
      : restarts_max_(restarts_max), window_(window) {}

  /// Spends one restart at `now`. Returns false, spending nothing, when the
  /// window that ends now holds as many as it may. @pre `now` never goes back.
  [[nodiscard]] bool spend(time_point now) {
    forget_before(now);
    if (spent_.size() >= restarts_max_)
      return false;
    spent_.push_back(now);
    return true;
  }

  /// Restarts spent in the window that ends with the last call of `spend`.
  std::uint32_t spent() const noexcept {
    return static_cast<std::uint32_t>(spent_.size());
  }

private:
  void forget_before(time_point now) {
    while (!spent_.empty() && now - spent_.front() >= window_)
      spent_.pop_front();
  }

  std::uint32_t restarts_max_ = restarts_max_default;
  std::chrono::milliseconds window_ = window_default;
  std::deque<time_point> spent_;  // Oldest first; never above restarts_max_.
};

}  // namespace troupe
