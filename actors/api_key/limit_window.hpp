// How much a key may still spend within one sliding window.
//
// The one rule: in no stretch of `length`, wherever it begins, do bookings add
// up to more than the limit. Providers count in different ways (fixed minutes,
// sliding minutes, token buckets that start full and refill); what stays within
// every sliding window stays within all of those too, which a token bucket of
// our own would not: it admits up to twice its size in one window.
//
// The window is a log of bookings in which neighbours closer than a sixtieth of
// the length share a line. A line counts until its *last* booking has left the
// window, so the sum is never too low; it is too high by at most the bookings
// of one sixtieth. A single booking leaves exactly on time. At most 61 lines
// are kept, however many bookings there are.
//
// What is not known yet is held: a reservation counts for as long as it is
// held, and what it really took is booked when that is known. Wherever between
// the two moments the provider counts, it never sees more than the limit, as
// long as estimates are not exceeded; an excess is booked as well and delays
// those who come next.
//
// What is spent is remembered whatever the limit, also where there is none: the
// limit may change at any time, and what was spent stays spent.
//
// Limits: an amount above the whole limit gets in alone. Time must not run
// backwards.

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace troupe {

class limit_window {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Lines a full window is divided into: the price of bounded memory is that
  /// at most 1/60 of the limit comes back late.
  static constexpr int resolution = 60;

  /// Larger amounts are taken for this one, so that no sum overflows.
  static constexpr std::uint64_t amount_max = std::uint64_t{1} << 40;

  /// `limit` = 0: no limit; everything fits.
  limit_window(std::uint64_t limit, std::chrono::milliseconds length)
      : limit_(limit), length_(length) {}

  /// From now on the limit is another; what was spent stays spent.
  void set_limit(std::uint64_t limit) { limit_ = limit; }

  /// Whether `amount` may be booked or held at `now`.
  bool fits(std::uint64_t amount, time_point now);

  /// The earliest moment at which `amount` fits if nothing else is booked
  /// until then; `now` if it fits already; nothing if that depends on when a
  /// reservation ends.
  std::optional<time_point> fits_at(std::uint64_t amount, time_point now);

  /// Counts `amount` as spent at `now`, whether or not it fits.
  void book(std::uint64_t amount, time_point now);

  /// Takes back a part of the latest booking: it never happened.
  /// @pre nothing else was booked since.
  void unbook(std::uint64_t amount);

  /// Counts `amount` until it is released.
  void hold(std::uint64_t amount);

  /// Ends a reservation. @pre `amount` is held.
  void release(std::uint64_t amount);

  /// Nobody will release what is held: all of it is taken for spent.
  void book_held(time_point now);

  /// How much fits at `now`; the largest number there is if that is anything.
  std::uint64_t free(time_point now);

  /// The part of the limit that is free at `now`: 1 = all, 0 = none.
  double free_share(time_point now);

private:
  struct line {
    time_point first;
    time_point last;
    std::uint64_t amount;
  };

  /// Larger amounts than the limit decide nothing a full window does not.
  std::uint64_t clamped(std::uint64_t amount) const {
    return amount < limit_ ? amount : limit_;
  }

  void forget(time_point now);

  std::uint64_t limit_;
  std::chrono::nanoseconds length_;
  std::deque<line> lines_;  // oldest first
  std::uint64_t booked_ = 0;
  std::uint64_t held_ = 0;
};

}  // namespace troupe
