// No request goes that the provider would refuse, and none waits that it would
// take, as far as its readings tell.

#include "actors/api_key/learned_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using time_point = learned_limit::time_point;
using mark = learned_limit::mark;

constexpr time_point start{1h};
constexpr auto no_limit = ~std::uint64_t{0};

/// A limit of which one reading told, at `start`, for a first lease.
learned_limit told(const limit_reading& reading) {
  learned_limit l;
  l.learn(reading, l.lend(1, 1, start), start, start);
  return l;
}

TEST(learned_limit, is_no_limit_until_something_was_read) {
  learned_limit l;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    EXPECT_TRUE(l.fits(no_limit, start));
    l.lend(i, 1'000'000, start);
  }
  EXPECT_EQ(l.fits_at(no_limit, start), start);
  EXPECT_EQ(l.free(start), no_limit);
  EXPECT_EQ(l.free_share(start), 1);
}

TEST(learned_limit, with_nothing_remaining_one_goes_when_it_has_refilled) {
  struct row {
    std::uint64_t limit;
    std::chrono::milliseconds reset;
    std::uint64_t amount;
    std::chrono::nanoseconds wait;
  };
  for (const auto& [limit, reset, amount, wait] : {
           row{60, 60s, 1, 1s},
           row{60, 60s, 60, 60s},
           row{60, 60s, 1000, 60s},
           row{500, 60s, 1, 120ms},
           row{7, 60s, 1, 8'571'428'572ns},
           row{100'000, 60s, 4'000, 2400ms},
           row{200, 24h, 1, 432s},
           row{100, 10s, 1, 112'244'898ns},
       }) {
    SCOPED_TRACE(limit);
    const auto l = told({.limit = limit, .remaining = 0, .reset = reset});
    const auto at = l.fits_at(amount, start);
    // Readings are rounded by 2 %, or by one.
    EXPECT_GE(at, start + reset / limit * std::min(amount, limit));
    EXPECT_LE(at, start + wait + wait / 40);
    EXPECT_FALSE(l.fits(amount, at - 1ns));
    EXPECT_TRUE(l.fits(amount, at));
    EXPECT_EQ(l.free_share(start), 0);
    EXPECT_EQ(l.free(start), 0u);
  }
}

TEST(learned_limit, one_whole_call_and_no_less_has_to_refill) {
  const auto l = told({.limit = 60, .remaining = 0, .reset = 60s});
  EXPECT_EQ(l.fits_at(1, start), start + 1s);
  EXPECT_EQ(l.fits_at(2, start + 500ms), start + 2s);
  EXPECT_EQ(l.free(start + 2s), 2u);
  EXPECT_EQ(l.free(start + 3s - 1ns), 2u);
  EXPECT_EQ(l.free_share(start + 30s), 0.5);
  EXPECT_EQ(l.free(start + 60s), no_limit) << "all free: one of any size fits";
}

TEST(learned_limit, what_was_lent_after_the_reading_is_not_in_it) {
  learned_limit l;
  const auto first = l.lend(1, 1, start);
  l.lend(2, 1, start);
  l.lend(3, 1, start);
  l.learn({.limit = 60, .remaining = 5, .reset = 55s}, first, start, start);
  EXPECT_EQ(l.free(start), 5u - 2u);
}

TEST(learned_limit, a_reading_that_was_overtaken_is_ignored) {
  learned_limit l;
  const auto first = l.lend(1, 1, start);
  const auto second = l.lend(2, 1, start);
  l.learn({.limit = 60, .remaining = 10, .reset = 50s}, second, start, start);
  l.learn({.limit = 30, .remaining = 11, .reset = 49s}, first, start, start);
  EXPECT_EQ(l.free(start), 10u);
  l.learn({.limit = 60, .remaining = 2, .reset = 58s}, second, start, start);
  EXPECT_EQ(l.free(start), 10u) << "the same answer, told again at its end";
}

TEST(learned_limit, other_users_of_the_limit_show_in_the_next_reading) {
  auto l = told({.limit = 60, .remaining = 50, .reset = 10s});
  l.learn({.limit = 60, .remaining = 0, .reset = 60s}, l.lend(2, 1, start),
          start, start);
  EXPECT_EQ(l.fits_at(1, start), start + 1s);
}

TEST(learned_limit, a_changed_limit_is_taken_over_at_once) {
  auto l = told({.limit = 60, .remaining = 20, .reset = 40s});
  l.learn({.limit = 100}, l.lend(2, 0, start), start, start);
  EXPECT_EQ(l.free(start), 60u) << "40 are still missing";
  l.learn({.limit = 30}, l.lend(3, 0, start), start, start);
  EXPECT_EQ(l.free(start), 0u);
  l.learn({.limit = 600, .remaining = 600}, l.lend(4, 0, start), start, start);
  EXPECT_EQ(l.free(start), no_limit);
}

TEST(learned_limit, a_reading_without_a_limit_needs_a_known_one) {
  learned_limit l;
  l.learn({.remaining = 0, .reset = 60s}, l.lend(1, 1, start), start, start);
  EXPECT_FALSE(l.known());
  l.learn({.limit = 60}, l.lend(2, 1, start), start, start);
  EXPECT_TRUE(l.known());
  l.learn({.remaining = 0}, l.lend(3, 1, start), start, start);
  EXPECT_EQ(l.fits_at(1, start), start + 1s) << "by the minute";
}

TEST(learned_limit, a_withdrawn_lease_leaves_no_trace) {
  auto l = told({.limit = 60, .remaining = 20, .reset = 40s});
  const auto before = l.fits_at(60, start);
  for (std::uint64_t i = 2; i < 100; ++i)
    l.withdraw(l.lend(i, 5, start), 5);
  EXPECT_EQ(l.fits_at(60, start), before);
}

TEST(learned_limit, settles_with_what_was_really_taken) {
  auto l = told({.limit = 1000, .remaining = 500, .reset = 30s});
  const auto much = l.lend(2, 400, start);
  EXPECT_EQ(l.free(start), 100u);
  l.settle(much, 400, 150, start);
  EXPECT_EQ(l.free(start), 350u);
  l.settle(l.lend(3, 100, start), 100, 250, start);
  EXPECT_EQ(l.free(start), 100u) << "an excess counts too";
}

TEST(learned_limit, a_full_bucket_refills_when_the_first_call_has_arrived) {
  auto l = told({.limit = 60, .remaining = 60});
  std::uint64_t lent = 0;
  for (; l.fits(1, start); ++lent)
    l.lend(2 + lent, 1, start);
  EXPECT_EQ(lent, 59u) << "the last one could overtake the first's refill";
  EXPECT_EQ(l.fits_at(1, start), start + learned_limit::travel);
}

TEST(learned_limit, nothing_has_refilled_in_a_bucket_that_was_full) {
  auto l = told({.limit = 1000, .remaining = 1000});
  const auto little = l.lend(2, 400, start);
  const auto now = start + 10s;
  l.lend(3, 500, now);
  l.settle(little, 400, 0, now);
  EXPECT_LE(l.free(now), 500u);
  EXPECT_GE(l.free(now), 490u);
}

TEST(learned_limit, a_late_reading_of_a_full_bucket_lacks_what_followed) {
  learned_limit l;
  const auto first = l.lend(1, 1, start);
  const auto now = start + 10s;
  l.lend(2, 1, now - 1ms);
  l.learn({.limit = 60, .remaining = 60}, first, start, now);
  EXPECT_LE(l.free(now), 59u);
}

TEST(learned_limit, what_a_reading_told_is_not_settled_again) {
  auto l = told({.limit = 1000, .remaining = 500, .reset = 30s});
  const auto much = l.lend(2, 400, start);
  l.learn({.limit = 1000, .remaining = 350, .reset = 39s}, much, start, start);
  l.settle(much, 400, 150, start);
  EXPECT_EQ(l.free(start), 350u);
}

TEST(learned_limit, absurd_figures_do_no_harm) {
  learned_limit l;
  std::uint64_t n = 0;
  for (const auto limit : {std::uint64_t{1}, std::uint64_t{1} << 50, no_limit})
    for (const auto remaining : {std::uint64_t{0}, limit - 1, no_limit})
      for (const auto reset :
           {-5ms, 0ms, 1ms, 24h * 31 + 0ms, std::chrono::milliseconds::max()}) {
        auto now = start + 1min * n;
        l.learn({.limit = limit, .remaining = remaining, .reset = reset},
                l.lend(++n, no_limit, now), now, now);
        l.settle(l.lend(++n, 1, now), 1, no_limit, now);
        EXPECT_GE(l.fits_at(no_limit, now), now);
        EXPECT_LE(l.fits_at(1, now), now + 24h * 31 * 3);
        EXPECT_GE(l.free_share(now), 0);
        EXPECT_LE(l.free_share(now), 1);
      }
}

// -- against a model of a provider

/// A token bucket as the providers document theirs; counts exactly, and tells
/// whole numbers.
class provider_model {
public:
  provider_model(std::uint64_t limit, std::chrono::nanoseconds period)
      : limit_(static_cast<double>(limit)),
        refill_(limit_ / static_cast<double>(period.count())), level_(limit_) {}

  /// Whether it takes a call of `amount` that arrives at `now`.
  bool take(double amount, time_point now) {
    pass(now);
    // A hair for the arithmetic of this model alone.
    if (level_ + 1e-6 < amount)
      return false;
    level_ -= amount;
    return true;
  }

  limit_reading tell(time_point now) {
    pass(now);
    const auto reset = std::ceil((limit_ - level_) / refill_ / 1e6);
    return {
        .limit = static_cast<std::uint64_t>(limit_),
        .remaining = static_cast<std::uint64_t>(std::max(0.0, level_ + 1e-6)),
        .reset = std::chrono::milliseconds{static_cast<std::int64_t>(reset)}};
  }

  /// When it takes a call of `amount`, if nothing happens until then.
  time_point takes_at(double amount, time_point now) {
    pass(now);
    const auto wait = std::max(0.0, (amount - level_) / refill_);
    return now + std::chrono::nanoseconds{std::llround(wait)};
  }

private:
  void pass(time_point now) {
    level_ = std::min(
        limit_, level_ + refill_ * static_cast<double>((now - since_).count()));
    since_ = now;
  }

  double limit_;
  double refill_;  // For a nanosecond.
  double level_;
  time_point since_ = start;
};

struct answer {
  time_point comes;
  limit_reading reading;  ///< Empty if the answer was lost.
  mark at;
  std::uint64_t reserved;
  std::uint64_t used;
};

/// Kinds of schedules of calls, whose answers are late and out of order.
struct schedule {
  std::chrono::nanoseconds period = 1min;
  std::chrono::milliseconds travel_max{0};  ///< Of calls, to the provider.
  std::uint64_t amount_max = 1;
  bool answers_get_lost = false;
};

/// One key and its provider over one random schedule.
class run {
public:
  run(const schedule& kind, unsigned seed)
      : kind_(kind), random_(seed),
        limit_(kind.amount_max
               * ((kind.period < 1min ? 2 : 1) + random_() % 120)),
        provider_(limit_, kind.period), delay_max_(1 + random_() % 4'000),
        gap_max_(1 + random_() % 3'000) {}

  /// Lends all that it lends; false as soon as the provider refuses a call.
  bool lend_all() {
    for (int i = 0; i < 800; ++i) {
      now_ += std::chrono::milliseconds{random_() % gap_max_};
      if (random_() % 100 == 0)
        now_ += 2 * kind_.period;  // Time for it to fill.
      hear();
      for (auto burst = random_() % 20; burst > 0; --burst) {
        const auto amount = 1 + random_() % kind_.amount_max;
        // Before the first reading nothing is promised: one call at a time.
        if ((!key_.known() && !answers_.empty()) || !key_.fits(amount, now_))
          break;
        if (!lend(amount))
          return false;
      }
    }
    return true;
  }

  /// How much later than the provider's is the moment at which the largest call
  /// goes again, once all answers have come.
  std::chrono::nanoseconds lateness() {
    now_ = std::max(now_, arrival_) + std::chrono::milliseconds{delay_max_};
    hear();
    return key_.fits_at(kind_.amount_max, now_)
           - provider_.takes_at(static_cast<double>(kind_.amount_max), now_);
  }

  /// What rounded figures may cost: two units, and 2 % of the pace; and a
  /// reading is as old as its answer's way was long.
  std::chrono::nanoseconds tolerance() const {
    return 2 * kind_.period / static_cast<std::int64_t>(limit_)
           + kind_.period / 50 + last_way_;
  }

  int lent() const { return lent_; }

private:
  bool lend(std::uint64_t amount) {
    const auto at =
        key_.lend(static_cast<std::uint64_t>(++lent_), amount, now_);
    const auto used = 1 + random_() % amount;
    const std::chrono::milliseconds way{
        random_() % (static_cast<std::uint64_t>(kind_.travel_max.count()) + 1)};
    arrival_ = std::max(arrival_, now_ + way);  // In order.
    if (!provider_.take(static_cast<double>(used), arrival_))
      return false;
    const bool lost = kind_.answers_get_lost && random_() % 3 == 0;
    last_way_ = std::chrono::milliseconds{random_() % delay_max_};
    answers_.push_back({arrival_ + last_way_,
                        lost ? limit_reading{} : provider_.tell(arrival_), at,
                        amount, used});
    return true;
  }

  void hear() {
    std::ranges::sort(answers_, {}, &answer::comes);
    auto end = answers_.begin();
    for (; end != answers_.end() && end->comes <= now_; ++end) {
      if (end->reading.limit)
        key_.learn(end->reading, end->at, end->comes, now_);
      key_.settle(end->at, end->reserved, end->used, now_);
    }
    answers_.erase(answers_.begin(), end);
  }

  schedule kind_;
  std::mt19937_64 random_;
  std::uint64_t limit_;
  provider_model provider_;
  learned_limit key_;
  std::vector<answer> answers_;  // On their way.
  std::uint64_t delay_max_;      // ms, of answers
  std::uint64_t gap_max_;        // ms, between bursts
  time_point now_ = start;
  time_point arrival_ = start;             // Of the last call.
  std::chrono::milliseconds last_way_{0};  // Of its answer.
  int lent_ = 0;
};

const std::vector<schedule> kinds{
    {},
    {.period = 10s},
    {.period = 1h},
    {.period = 24h},
    {.travel_max = 250ms},
    {.amount_max = 1'000},
    {.travel_max = 250ms, .amount_max = 1'000},
    {.travel_max = 250ms, .amount_max = 1'000, .answers_get_lost = true},
};

TEST(learned_limit, over_any_schedule_nothing_goes_that_would_be_refused) {
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    for (unsigned seed = 0; seed < 40; ++seed) {
      SCOPED_TRACE("kind " + std::to_string(kind) + ", seed "
                   + std::to_string(seed));
      run r{kinds[kind], seed};
      EXPECT_TRUE(r.lend_all()) << "refused the call numbered " << r.lent();
      EXPECT_GT(r.lent(), 10);
    }
  }
}

TEST(learned_limit, over_any_schedule_it_is_usable_when_the_provider_says_so) {
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    if (kinds[kind].answers_get_lost)
      continue;
    for (unsigned seed = 0; seed < 40; ++seed) {
      SCOPED_TRACE("kind " + std::to_string(kind) + ", seed "
                   + std::to_string(seed));
      run r{kinds[kind], seed};
      r.lend_all();
      const auto late = r.lateness();
      EXPECT_LE(late, r.tolerance());
    }
  }
}

}  // namespace
}  // namespace troupe
