// Deduplication: the verdict for each mode and state of who bears the key, how
// claims end, and who is held.

#include "actors/queue/dedup_book.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

using namespace troupe;

namespace {

using kind = dedup_verdict::kind;

constexpr job_time start = 1'000'000'000'000;

job_dedup key(dedup_mode mode, std::uint64_t ttl = 0) {
  return {"k", mode, ttl};
}

class dedup_book_test : public testing::Test {
protected:
  dedup_verdict decide(const job_dedup& d, std::string_view tenant = "t") {
    return book_.decide({tenant, d}, now_, [this](job_number n) {
      return states_.at(n);  // Throws for who has ended: nobody may ask.
    });
  }

  void claim(job_number n, const job_dedup& d, job_state s) {
    book_.claim({"t", d}, n, now_);
    states_[n] = s;
  }

  bool hold(job_number n, const job_dedup& d) {
    states_[n] = job_state::delayed;
    return book_.hold({"t", d}, n);
  }

  std::optional<job_number> end(job_number n, const job_dedup& d) {
    states_.erase(n);
    return book_.ended({"t", d}, n, now_);
  }

  dedup_book book_;
  std::map<job_number, job_state> states_;
  job_time now_ = start;

  const job_dedup simple_ = key(dedup_mode::simple);
  const job_dedup throttle_ = key(dedup_mode::throttle, 100);
  const job_dedup debounce_ = key(dedup_mode::debounce);
  const job_dedup keep_last_ = key(dedup_mode::keep_last);
};

constexpr dedup_verdict add{};
constexpr dedup_verdict drop{kind::drop, 1};
constexpr dedup_verdict replace{kind::replace, 1};
constexpr dedup_verdict hold_{kind::hold, 1};

}  // namespace

TEST_F(dedup_book_test, decides_by_the_newcomers_mode_and_the_others_state) {
  struct row {
    job_state other;
    dedup_verdict simple, throttle, debounce, keep_last;
  };
  const row rows[] = {
      {job_state::delayed, drop, drop, replace, drop},
      {job_state::waiting, drop, drop, add, drop},
      {job_state::active, drop, drop, add, hold_},
  };
  for (const auto& r : rows) {
    SCOPED_TRACE(name_of(r.other));
    claim(1, simple_, r.other);
    EXPECT_EQ(decide(simple_), r.simple);
    EXPECT_EQ(decide(throttle_), r.throttle);
    EXPECT_EQ(decide(debounce_), r.debounce);
    EXPECT_EQ(decide(keep_last_), r.keep_last);
  }
}

TEST_F(dedup_book_test, adds_where_nobody_bears_the_key) {
  for (const auto& d : {simple_, throttle_, debounce_, keep_last_})
    EXPECT_EQ(decide(d), add);
}

TEST_F(dedup_book_test, a_key_is_its_tenants_own) {
  claim(1, simple_, job_state::waiting);
  EXPECT_EQ(decide(simple_, "other"), add);
  EXPECT_EQ(decide({"k2", dedup_mode::simple, 0}), add);
  EXPECT_EQ(decide(simple_), drop);
}

TEST_F(dedup_book_test, a_claim_ends_with_its_job) {
  for (const auto& d : {simple_, debounce_, keep_last_}) {
    claim(1, d, job_state::active);
    EXPECT_EQ(end(1, d), std::nullopt);
    EXPECT_EQ(decide(simple_), add);
    EXPECT_EQ(book_.size(), 0u);
  }
}

TEST_F(dedup_book_test, a_claim_ends_after_its_ttl) {
  claim(1, key(dedup_mode::simple, 100), job_state::waiting);
  now_ += 99;
  EXPECT_EQ(decide(simple_), drop);
  now_ += 1;
  EXPECT_EQ(decide(simple_), add);
}

TEST_F(dedup_book_test, a_throttled_claim_outlives_its_job) {
  claim(1, throttle_, job_state::active);
  now_ += 10;
  end(1, throttle_);
  EXPECT_EQ(decide(throttle_), drop);
  EXPECT_EQ(decide(simple_), add);
  EXPECT_EQ(decide(debounce_), add);
  EXPECT_EQ(decide(keep_last_), add);
  now_ = start + 99;
  EXPECT_EQ(decide(throttle_), drop);
  now_ = start + 100;
  EXPECT_EQ(decide(throttle_), add);
  EXPECT_EQ(book_.size(), 0u);
}

TEST_F(dedup_book_test, throttle_lets_the_next_in_while_the_other_is_at_work) {
  claim(1, throttle_, job_state::active);
  now_ += 100;
  EXPECT_EQ(decide(throttle_), add);
  EXPECT_EQ(decide(simple_), drop);  // For it, the other has yet to end.
}

TEST_F(dedup_book_test, a_later_claim_takes_the_place_of_an_ended_one) {
  claim(1, throttle_, job_state::active);
  end(1, throttle_);
  claim(2, simple_, job_state::waiting);
  now_ += 1'000;  // The claim of the throttled one would be over.
  EXPECT_EQ(decide(simple_), (dedup_verdict{kind::drop, 2}));
}

TEST_F(dedup_book_test, the_end_of_who_bears_it_no_more_changes_nothing) {
  claim(1, simple_, job_state::active);
  claim(2, debounce_, job_state::waiting);
  end(1, simple_);
  EXPECT_EQ(decide(simple_), (dedup_verdict{kind::drop, 2}));
}

TEST_F(dedup_book_test, who_is_held_bears_the_key_when_the_other_ends) {
  claim(1, keep_last_, job_state::active);
  ASSERT_EQ(decide(keep_last_), hold_);
  EXPECT_TRUE(hold(2, keep_last_));
  EXPECT_EQ(end(1, keep_last_), 2u);
  EXPECT_EQ(decide(simple_), (dedup_verdict{kind::drop, 2}));
  EXPECT_EQ(end(2, keep_last_), std::nullopt);
  EXPECT_EQ(book_.size(), 0u);
}

TEST_F(dedup_book_test, the_last_one_is_kept) {
  claim(1, keep_last_, job_state::active);
  hold(2, keep_last_);
  EXPECT_EQ(decide(keep_last_), (dedup_verdict{kind::replace, 2}));
  // Also when the other one waits again, for another attempt.
  states_[1] = job_state::delayed;
  EXPECT_EQ(decide(keep_last_), (dedup_verdict{kind::replace, 2}));
}

TEST_F(dedup_book_test, who_is_held_may_be_forgotten) {
  claim(1, keep_last_, job_state::active);
  hold(2, keep_last_);
  EXPECT_EQ(end(2, keep_last_), std::nullopt);
  EXPECT_EQ(decide(keep_last_), hold_);
  EXPECT_EQ(end(1, keep_last_), std::nullopt);
}

TEST_F(dedup_book_test, who_is_held_stays_so_whoever_takes_the_key) {
  claim(1, keep_last_, job_state::active);
  hold(2, keep_last_);
  claim(3, debounce_, job_state::waiting);
  EXPECT_EQ(end(1, keep_last_), std::nullopt);
  EXPECT_EQ(end(3, debounce_), 2u);
}

TEST_F(dedup_book_test, a_claim_with_somebody_held_does_not_time_out) {
  const auto d = key(dedup_mode::keep_last, 100);
  claim(1, d, job_state::active);
  hold(2, d);
  now_ += 500;
  decide(simple_);
  EXPECT_EQ(end(1, d), 2u);
  now_ += 99;
  EXPECT_EQ(decide(simple_), (dedup_verdict{kind::drop, 2}));
  now_ += 1;
  EXPECT_EQ(decide(simple_), add);
}

TEST_F(dedup_book_test, nobody_is_held_where_nobody_bears_the_key) {
  EXPECT_FALSE(hold(2, keep_last_));
  claim(1, throttle_, job_state::active);
  end(1, throttle_);
  EXPECT_FALSE(hold(2, keep_last_));
}

TEST_F(dedup_book_test, remembers_a_bounded_number_of_ended_claims) {
  for (std::size_t i = 0; i < dedup_book::past_max + 50; ++i) {
    const job_dedup d{std::to_string(i), dedup_mode::throttle, 1'000 + i};
    book_.claim({"t", d}, i + 1, now_);
    book_.ended({"t", d}, i + 1, now_);
  }
  EXPECT_EQ(book_.size(), dedup_book::past_max);
  EXPECT_EQ(decide({"49", dedup_mode::throttle, 5'000}), add);
  EXPECT_EQ(decide({"50", dedup_mode::throttle, 5'000}).what, kind::drop);
  now_ += 1'000'000;
  decide(simple_);
  EXPECT_EQ(book_.size(), 0u);
}

TEST_F(dedup_book_test, the_longest_ttl_does_not_overflow) {
  const auto d = key(dedup_mode::throttle, ~std::uint64_t{0});
  claim(1, d, job_state::active);
  end(1, d);
  EXPECT_EQ(decide(d), drop);
}
