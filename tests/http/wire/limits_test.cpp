// Every header that tells of a limit, and oddities that must tell nothing.

#include "http/wire/limits.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace troupe::http::wire {
namespace {

using namespace std::chrono_literals;

const auto noon = *parse_date("2026-11-20T12:00:00Z");
constexpr std::chrono::steady_clock::time_point head_came{5h};

/// The reading of `kind`; all empty if nothing was told.
limit_reading read(const header_list& headers, limit_kind kind) {
  const auto got = read_limits(headers, noon, head_came);
  return got == nullptr ? limit_reading{}
                        : got->of[static_cast<std::size_t>(kind)];
}

void expect_reading(const limit_reading& got, std::uint64_t limit,
                    std::uint64_t remaining, std::chrono::milliseconds reset) {
  EXPECT_EQ(got.limit, limit);
  EXPECT_EQ(got.remaining, remaining);
  EXPECT_EQ(got.reset, reset);
}

TEST(limits, reads_every_header_of_openai) {
  const header_list headers{
      {"Content-Type", "application/json"},
      {"x-request-id", "req_1"},
      {"x-ratelimit-limit-requests", "500"},
      {"x-ratelimit-remaining-requests", "499"},
      {"x-ratelimit-reset-requests", "120ms"},
      {"X-RateLimit-Limit-Tokens", "200000"},
      {"X-RateLimit-Remaining-Tokens", " 150000 "},
      {"X-RateLimit-Reset-Tokens", "6m0s"},
  };
  expect_reading(read(headers, limit_kind::requests), 500, 499, 120ms);
  expect_reading(read(headers, limit_kind::tokens), 200'000, 150'000, 6min);
  EXPECT_FALSE(read(headers, limit_kind::input_tokens).limit);
  EXPECT_FALSE(read(headers, limit_kind::output_tokens).limit);
  EXPECT_EQ(read_limits(headers, noon, head_came)->at, head_came);
}

TEST(limits, reads_every_header_of_anthropic_and_rounds_tokens_down) {
  struct row {
    std::string name;
    limit_kind kind;
    std::uint64_t remaining;
  };
  for (const auto& [name, kind, remaining] : {
           row{"requests", limit_kind::requests, 39'000},
           row{"tokens", limit_kind::tokens, 38'500},
           row{"input-tokens", limit_kind::input_tokens, 38'500},
           row{"output-tokens", limit_kind::output_tokens, 38'500},
       }) {
    SCOPED_TRACE(name);
    const auto prefix = "anthropic-ratelimit-" + name;
    header_list headers;
    headers.add(prefix + "-limit", "40000");
    headers.add(prefix + "-remaining", "39000");
    headers.add(prefix + "-reset", "2026-11-20T12:00:02Z");
    for (const auto other :
         {limit_kind::requests, limit_kind::tokens, limit_kind::input_tokens,
          limit_kind::output_tokens}) {
      if (other == kind)
        expect_reading(read(headers, other), 40'000, remaining, 2s);
      else
        EXPECT_FALSE(read(headers, other).limit || read(headers, other).reset);
    }
  }
}

TEST(limits, nothing_remaining_is_told_and_stays_nothing) {
  EXPECT_EQ(
      read({{"anthropic-ratelimit-tokens-remaining", "0"}}, limit_kind::tokens)
          .remaining,
      0u);
  EXPECT_EQ(
      read({{"x-ratelimit-remaining-requests", "0"}}, limit_kind::requests)
          .remaining,
      0u);
}

TEST(limits, is_null_where_nothing_is_told) {
  const std::vector<header_list> cases{
      {},
      {{"content-type", "application/json"}, {"retry-after", "3"}},
      {{"x-ratelimit-limit-images", "5"}, {"x-ratelimit-", "5"}},
      {{"anthropic-ratelimit-unified-limit", "5"}},
      {{"anthropic-priority-input-tokens-limit", "5"}},
      {{"x-ratelimit-limit-requests", "-1"}},
      {{"x-ratelimit-limit-requests", "0"}},
      {{"x-ratelimit-limit-requests", "many"}},
      {{"x-ratelimit-limit-requests", "1e3"}},
      {{"x-ratelimit-limit-requests", ""}},
      {{"x-ratelimit-limit-requests", "99999999999999999999"}},
      {{"x-ratelimit-limit-requests", "9223372036854775807"}},
      {{"x-ratelimit-remaining-tokens", "-1"}},
      {{"x-ratelimit-reset-tokens", "1s"}},
      // Azure: a limit that is none, and so nothing remaining of it.
      {{"x-ratelimit-limit-tokens", "-1"},
       {"x-ratelimit-remaining-tokens", "0"},
       {"x-ratelimit-reset-tokens", "0"}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i)
    EXPECT_EQ(read_limits(cases[i], noon, head_came), nullptr) << i;
}

TEST(limits, an_odd_field_does_not_spoil_its_neighbours) {
  const header_list headers{
      {"x-ratelimit-limit-requests", "60"},
      {"x-ratelimit-remaining-requests", "-1"},
      {"x-ratelimit-reset-requests", "soon"},
      {"x-ratelimit-limit-tokens", "-1"},
      {"x-ratelimit-remaining-tokens", "0"},
  };
  const auto requests = read(headers, limit_kind::requests);
  EXPECT_EQ(requests.limit, 60u);
  EXPECT_EQ(requests.remaining, std::nullopt);
  EXPECT_EQ(requests.reset, std::nullopt);
  EXPECT_EQ(read(headers, limit_kind::tokens).remaining, std::nullopt);
}

TEST(limits, resets_that_are_over_or_nonsense_are_not_told) {
  for (const auto* reset : {"0s", "-5s", "2026-11-20T11:59:59Z", "12", "",
                            "2026-11-20T12:00:02+01:00"}) {
    const header_list headers{{"x-ratelimit-limit-requests", "60"},
                              {"x-ratelimit-reset-requests", reset}};
    EXPECT_EQ(read(headers, limit_kind::requests).reset, std::nullopt) << reset;
  }
}

TEST(limits, no_reset_is_believed_beyond_the_longest_wait) {
  for (const auto* reset : {"999999h", "2200-01-01T00:00:00Z"}) {
    const header_list headers{{"x-ratelimit-limit-requests", "60"},
                              {"x-ratelimit-reset-requests", reset}};
    EXPECT_EQ(read(headers, limit_kind::requests).reset, wait_max) << reset;
  }
}

}  // namespace
}  // namespace troupe::http::wire
