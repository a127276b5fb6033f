// Whose fault an answer is, and how long it asks to wait.

#include "http/wire/fault_of.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

using config::protocol;
using std::chrono::milliseconds;
using std::chrono::seconds;

// 2026-11-20 12:00:00 UTC
const wall_time noon{seconds{1795176000}};

attempt_result judge(protocol dialect, unsigned status, std::string_view body,
                     const header_list& headers = {}) {
  return classify(dialect, status, headers, body, noon);
}

const struct {
  protocol dialect;
  unsigned status;
  const char* body;
  fault expected;
} known_faults[]{
    {protocol::openai, 429, R"({"error":{"code":"rate_limit_exceeded"}})",
     fault::rate},
    {protocol::openai, 429, R"({"error":{"code":"insufficient_quota"}})",
     fault::quota},
    {protocol::openai, 429,
     R"({"error":{"type":"insufficient_quota","code":null}})", fault::quota},
    {protocol::openai, 429, R"({"error":{"code":"credit_balance_exhausted"}})",
     fault::quota},
    {protocol::openai, 400, R"({"error":{"code":"context_length_exceeded"}})",
     fault::context_length},
    {protocol::openai, 400, R"({"error":{"code":"content_filter"}})",
     fault::content_filter},
    {protocol::openai, 503, R"({"error":{"code":"slow_down"}})", fault::rate},
    {protocol::openai, 401, R"({"error":{"code":"invalid_api_key"}})",
     fault::credential},
    {protocol::openai, 404, R"({"error":{"code":"model_not_found"}})",
     fault::client},
    {protocol::anthropic, 429, R"({"error":{"type":"rate_limit_error"}})",
     fault::rate},
    {protocol::anthropic, 429,
     R"({"error":{"type":"rate_limit_error","details":{"error_code":
           "enforced_spend_limit_reached"}}})",
     fault::quota},
    {protocol::anthropic, 429,
     R"({"error":{"type":"rate_limit_error","details":{"error_code":
           "ramp_limit_exceeded"}}})",
     fault::rate},
    {protocol::anthropic, 400,
     R"({"error":{"type":"invalid_request_error","message":
           "Your credit balance is too low to access the API."}})",
     fault::quota},
    {protocol::anthropic, 400,
     R"({"error":{"type":"invalid_request_error","message":
           "prompt is too long: 210000 tokens > 200000 maximum"}})",
     fault::context_length},
    {protocol::anthropic, 402, R"({"error":{"type":"billing_error"}})",
     fault::quota},
    {protocol::anthropic, 529, R"({"error":{"type":"overloaded_error"}})",
     fault::transient},
    {protocol::gemini, 400,
     R"({"error":{"code":400,"message":"API key not valid.","status":
           "INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}})",
     fault::credential},
    {protocol::gemini, 400,
     R"({"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}})",
     fault::client},
    {protocol::gemini, 429,
     R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[
           {"retryDelay":"46s"}]}})",
     fault::rate},
    {protocol::gemini, 429,
     R"({"error":{"code":429,"message":"Quota exceeded, limit: 0"}})",
     fault::quota},
    {protocol::gemini, 429,
     R"({"error":{"details":[{"violations":[{"quotaId":
           "GenerateRequestsPerDayPerProject"}]}]}})",
     fault::quota},
    {protocol::gemini, 429,
     R"({"error":{"details":[{"retryDelay":"36000s"}]}})", fault::quota},
    {protocol::gemini, 403, R"({"error":{"status":"PERMISSION_DENIED"}})",
     fault::credential},
};

TEST(fault_of, knows_what_each_provider_means) {
  for (const auto& c : known_faults)
    EXPECT_EQ(judge(c.dialect, c.status, c.body).fault, c.expected)
        << c.status << ' ' << c.body;
}

TEST(fault_of, goes_by_the_status_where_the_words_say_nothing) {
  const std::pair<unsigned, fault> cases[]{
      {200, fault::malformed}, {301, fault::malformed},
      {400, fault::client},    {401, fault::credential},
      {402, fault::quota},     {403, fault::credential},
      {404, fault::client},    {408, fault::transient},
      {409, fault::transient}, {413, fault::client},
      {422, fault::client},    {429, fault::rate},
      {499, fault::transient}, {500, fault::transient},
      {503, fault::transient}, {529, fault::transient},
      {0, fault::malformed},   {999, fault::malformed},
  };
  for (const auto dialect :
       {protocol::openai, protocol::anthropic, protocol::gemini})
    for (const auto& [status, expected] : cases)
      for (const auto* body : {"", "<html>oops</html>"})
        EXPECT_EQ(judge(dialect, status, body).fault, expected) << status;
}

TEST(fault_of, sees_an_error_behind_a_success) {
  EXPECT_EQ(judge(protocol::openai, 200, R"({"choices":[]})").fault,
            fault::none);
  EXPECT_EQ(
      judge(protocol::openai, 200, R"({"error":{"message":"m","code":429}})")
          .fault,
      fault::rate);
}

TEST(fault_of, reads_every_notation_of_a_wait) {
  struct {
    header_list headers;
    std::optional<milliseconds> expected;
  } const cases[]{
      {{}, {}},
      {{{"Retry-After", "3"}}, milliseconds{3000}},
      {{{"retry-after", " 1.5 "}}, milliseconds{1500}},
      {{{"retry-after", "0"}}, {}},
      {{{"retry-after", "-5"}}, {}},
      {{{"retry-after", "soon"}}, {}},
      {{{"retry-after-ms", "250"}, {"retry-after", "9"}}, milliseconds{250}},
      {{{"retry-after", "Fri, 20 Nov 2026 12:00:30 GMT"}}, seconds{30}},
      {{{"retry-after", "Friday, 20-Nov-26 12:00:30 GMT"}}, seconds{30}},
      {{{"retry-after", "Fri Nov 20 12:00:30 2026"}}, seconds{30}},
      {{{"retry-after", "Fri, 20 Nov 2026 11:00:00 GMT"}}, {}},
      {{{"retry-after", "1e300"}}, {}},
      {{{"retry-after", std::string_view{"99999999999999999999"}}}, wait_max},
      {{{"x-ratelimit-remaining-requests", "0"},
        {"x-ratelimit-reset-requests", "6m0s"}},
       seconds{360}},
      {{{"x-ratelimit-remaining-requests", "7"},
        {"x-ratelimit-reset-requests", "6m0s"}},
       {}},
      {{{"x-ratelimit-remaining-tokens", "0"},
        {"x-ratelimit-reset-tokens", "-1"}},
       {}},
      {{{"anthropic-ratelimit-requests-remaining", "0"},
        {"anthropic-ratelimit-requests-reset", "2026-11-20T12:01:00Z"}},
       seconds{60}},
  };
  for (const auto& c : cases) {
    const auto got = retry_after_of(c.headers, noon);
    EXPECT_EQ(got, c.expected) << (c.headers.empty() ? "" : c.headers[0].value);
  }
}

TEST(fault_of, reads_durations) {
  const std::pair<const char*, std::optional<milliseconds>> cases[]{
      {"12ms", milliseconds{12}},
      {"1.5s", milliseconds{1500}},
      {"6m0s", seconds{360}},
      {"1h2m3s", seconds{3723}},
      {"46s", seconds{46}},
      {"0s", milliseconds{0}},
      {"", {}},
      {"5", {}},
      {"s", {}},
      {"5x", {}},
      {"-5s", {}},
      {"5s ", {}},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(parse_duration(text), expected) << text;
}

TEST(fault_of, finds_the_wait_in_geminis_details_and_in_messages) {
  EXPECT_EQ(judge(protocol::gemini, 429,
                  R"({"error":{"details":[{"retryDelay":"46s"}]}})")
                .retry_after,
            seconds{46});
  EXPECT_EQ(judge(protocol::gemini, 429,
                  R"({"error":{"message":"Please retry in 46.5s."}})")
                .retry_after,
            milliseconds{46'500});
  EXPECT_EQ(judge(protocol::openai, 429,
                  R"({"error":{"message":"Please try again in 20ms. Visit"}})")
                .retry_after,
            milliseconds{20});
}

}  // namespace

}  // namespace troupe::http::wire
