// One limit of a key as its provider tells it, between one telling and the
// next.
//
// Both providers that tell their limits keep token buckets which refill all the
// time, and say how much remains and when all is free again. Between two
// readings the level therefore grows on a line from what remained to the limit;
// what is lent takes its part at once.
//
// The one rule: a call that the provider would refuse does not go. A reading
// knows nothing of calls that were lent after the one whose answer it came
// with, so those are taken off it. Readings that overtook each other are told
// by their leases' numbers: an older one is ignored. Other users of the same
// limit are seen by the next reading, and by no other means.
//
// The bucket is kept as the moment at which it is full again: taking moves that
// moment on, time passes by itself. How long one unit takes to refill, the
// pace, is a minute divided by the limit until a reading contradicts that: what
// remains is told in rounded figures, so a reading gives bounds for the pace
// and not the pace itself.
//
// Limits: until something was read everything fits. An amount above the limit
// is treated as the limit. A limit of a single call is taken to be by the
// minute or longer. Time must not run backwards.

#pragma once

#include "actors/outcome.hpp"

#include <chrono>
#include <cstdint>

namespace troupe {

class learned_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A lease's place in the order of all that was lent.
  struct mark {
    std::uint64_t ordinal = 0;  ///< Its number; ascending, from 1.
    std::uint64_t lent = 0;     ///< All that was lent up to it, itself too.
  };

  /// Calls travel to the provider; one that goes when the bucket is full takes
  /// its part only there, and until then nothing refills. The ways of two calls
  /// differ by no more than this: three trips over an ocean and back, which a
  /// new connection takes and a used one does not.
  static constexpr std::chrono::milliseconds travel{250};

  /// What remains is told rounded, to one call or to thousands of tokens; this
  /// part of the limit covers both.
  static constexpr std::uint64_t roundings = 50;

  /// Whether anything was read: until then there is no limit.
  bool known() const { return limit_ > 0; }

  /// Whether `amount` may be lent at `now`.
  bool fits(std::uint64_t amount, time_point now) const;

  /// The earliest moment at which `amount` fits, if nothing happens until then.
  time_point fits_at(std::uint64_t amount, time_point now) const;

  /// Takes `amount` for the lease numbered `ordinal`, whether or not it fits.
  mark lend(std::uint64_t ordinal, std::uint64_t amount, time_point now);

  /// Takes back what was lent last. @pre nothing happened since.
  void withdraw(mark at, std::uint64_t amount);

  /// What a lease of `amount` really took. Changes nothing if a reading already
  /// told it.
  void settle(mark at, std::uint64_t amount, std::uint64_t used,
              time_point now);

  /// Takes over what the answer to the lease marked `at` tells; `read_at` is
  /// when it came.
  void learn(const limit_reading& reading, mark at, time_point read_at,
             time_point now);

  /// How much may be lent at `now`; the largest number there is if that is
  /// anything.
  std::uint64_t free(time_point now) const;

  /// The part of the limit that is free at `now`: 1 = all, 0 = none.
  double free_share(time_point now) const;

private:
  using nanoseconds = std::chrono::nanoseconds;
  using exact = std::chrono::duration<double, std::nano>;

  std::uint64_t clamped(std::uint64_t amount) const {
    return amount < limit_ ? amount : limit_;
  }

  /// How long `amount` takes to refill, rounded up.
  nanoseconds refill(std::uint64_t amount) const;

  void adopt(std::uint64_t limit, time_point now);
  void correct_pace(std::uint64_t missing, exact reset);

  std::uint64_t limit_ = 0;  // 0 = nothing was read yet.
  exact pace_{0};            // One unit's refill.
  time_point full_at_ = time_point::min();
  time_point full_before_ = time_point::min();  // The latest lease.
  std::uint64_t lent_ = 0;                      // Ever.
  std::uint64_t read_ = 0;                      // Ordinal of the last reading.
};

}  // namespace troupe
