// The simulator's small brains, each at its edges.

#include "http/simulator/answer_headers.hpp"
#include "http/simulator/bounded_set.hpp"
#include "http/simulator/embedding.hpp"
#include "http/simulator/model_name.hpp"
#include "http/simulator/schema.hpp"
#include "http/simulator/tokens.hpp"
#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace troupe::simulator {
namespace {

using namespace std::chrono_literals;

TEST(model_name, reads_its_words_in_any_company) {
  const auto both = read_model_name("sim-tokens-200-stall");
  EXPECT_EQ(both.tokens, 200U);
  EXPECT_EQ(both.fails, (fault{fault_kind::stall, 503, {}}));
  const auto flaky = read_model_name("sim-flaky-25-reset");
  EXPECT_EQ(flaky.chance, 0.25);
  EXPECT_EQ(flaky.fails->kind, fault_kind::reset);
  const auto once = read_model_name("sim-once-500-a-b-c");
  EXPECT_EQ(once.once, "a-b-c");
  EXPECT_EQ(once.fails->status, 500U);
  const auto wait = read_model_name("sim-503-retry-after-ms-250");
  EXPECT_EQ(wait.fails, (fault{fault_kind::status, 503, 250ms}));
  EXPECT_EQ(read_model_name("sim-429-retry-after-2").fails->retry_after, 2s);
  EXPECT_TRUE(read_model_name("sim-slow").slow);
  EXPECT_FALSE(read_model_name("sim-slow").fails);
  EXPECT_EQ(read_model_name("sim-slow-first").fails->kind,
            fault_kind::slow_first);
  EXPECT_TRUE(read_model_name("sim-think").thinks);
}

TEST(model_name, reads_when_something_fails) {
  const auto flap = read_model_name("sim-flap-300-700-reset-b");
  EXPECT_EQ(flap.flap->up, 300ms);
  EXPECT_EQ(flap.flap->down, 700ms);
  EXPECT_EQ(flap.fails->kind, fault_kind::reset);
  EXPECT_EQ(read_model_name("sim-flap-1-2").fails->status, 503U);
  EXPECT_TRUE(read_model_name("sim-early-cut").fails->early);
  EXPECT_TRUE(read_model_name("sim-early-once-cut-x").fails->early);
  EXPECT_FALSE(read_model_name("sim-cut").fails->early);
  EXPECT_FALSE(read_model_name("sim-early").fails);
  EXPECT_EQ(read_model_name("sim-window-50").window, 50U);
}

TEST(model_name, takes_every_other_name_as_ordinary) {
  for (const auto* name :
       {"", "gpt-4o", "sim", "sim-", "sim-1", "sim-200", "sim-399", "sim-600",
        "sim-cutting", "sim--", "reset", "sim-embedding", "sim-tokens-x"}) {
    const auto wishes = read_model_name(name);
    EXPECT_FALSE(wishes.fails) << name;
    EXPECT_FALSE(wishes.tokens) << name;
  }
}

TEST(model_name, bounds_its_numbers) {
  EXPECT_EQ(read_model_name("sim-tokens-99999999999999999999999").tokens,
            tokens_asked_max);
  EXPECT_EQ(read_model_name("sim-flaky-900").chance, 1);
}

TEST(fault_chance, reads_kinds_and_codes_and_nothing_else) {
  EXPECT_EQ(read_fault_chance("503=0.5")->what.status, 503U);
  EXPECT_EQ(read_fault_chance("no-done=1")->what.kind, fault_kind::no_done);
  EXPECT_EQ(read_fault_chance("slow_first=0")->chance, 0);
  EXPECT_EQ(read_fault_chance("cut_early=1")->what,
            (fault{fault_kind::cut, 503, {}, true}));
  EXPECT_EQ(read_fault_chance("429_after_250=1")->what,
            (fault{fault_kind::status, 429, 250ms}));
  EXPECT_EQ(label_of(read_fault_chance("error-event-early=1")->what),
            "error_event_early");
  for (const auto* text :
       {"", "503", "503=", "503=2", "503=-1", "503=nan", "200=0.5", "600=0.5",
        "fire=0.5", "cut=0.5x", "_early=1", "429_after_=1", "429_after_x=1",
        "_after_1=1", "cut_after_1=1"})
    EXPECT_FALSE(read_fault_chance(text)) << text;
}

TEST(tokens, are_four_bytes_and_one_for_a_rest) {
  EXPECT_EQ(tokens_of(0), 0U);
  EXPECT_EQ(tokens_of(1), 1U);
  EXPECT_EQ(tokens_of(4), 1U);
  EXPECT_EQ(tokens_of(5), 2U);
}

TEST(tokens, come_to_an_end_even_in_bytes_that_are_no_text) {
  std::string_view rest = "\x80\x80\x80\x80\x80\x80\x80\x80\x80";
  int pieces = 0;
  while (!rest.empty() && pieces < 100) {
    take_tokens(rest, 1);
    ++pieces;
  }
  EXPECT_LT(pieces, 10);
}

TEST(schema, fits_every_kind_of_schema) {
  const struct {
    const char* schema;
    const char* instance;
  } cases[] = {
      {R"({"const":7})", "7"},
      {R"({"enum":["a","b"]})", R"("a")"},
      {R"({"enum":["red","blue"]})", R"("blue")"},
      {R"({"type":["integer","null"]})", "1"},
      {R"({"type":"integer","exclusiveMinimum":4})", "5"},
      {R"({"type":"integer","maximum":-3})", "-3"},
      {R"({"type":"integer","minimum":7,"multipleOf":5})", "10"},
      {R"({"type":"boolean"})", "true"},
      {R"({"type":"null"})", "null"},
      {R"({"type":"array","items":{"type":"boolean"},"minItems":2})",
       "[true,true]"},
      {R"({"type":"string","format":"date"})", R"("2026-01-02")"},
      {R"({"type":"string","maxLength":2})", R"("te")"},
      {R"({"anyOf":[{"type":"null"},{"type":"string"}]})", "null"},
      {R"({"$ref":"#/$defs/x","$defs":{"x":{"const":1}}})", "1"},
      {R"({"allOf":[{"properties":{"a":{"const":1}}},
                    {"properties":{"b":{"const":2}}}]})",
       R"({"a":1,"b":2})"},
      {R"({"type":"object","properties":{"a":{"const":1},"b":{"const":2}},
          "required":["b"]})",
       R"({"b":2})"},
      {R"("nonsense")", "null"},
  };
  for (const auto& [schema, instance] : cases)
    EXPECT_EQ(make_instance(json::parse(schema), "something blue"),
              json::parse(instance))
        << schema;
}

TEST(schema, ends_when_it_contains_itself) {
  const auto made = make_instance(json::parse(R"({"type":"object","properties":{
        "a":{"type":"array","minItems":999999999,"items":{"$ref":"#"}},
        "b":{"$ref":"#"}}})"),
                                  "");
  EXPECT_LT(made.dump().size(), 1U << 20U);
}

TEST(embedding, brings_similar_texts_near_each_other) {
  const auto cosine = [](std::string_view a, std::string_view b) {
    const auto left = embed(a, 256);
    const auto right = embed(b, 256);
    return std::inner_product(left.begin(), left.end(), right.begin(), 0.0);
  };
  EXPECT_NEAR(cosine("hello world", "hello world"), 1, 1e-5);
  EXPECT_NEAR(cosine("Hello World", "hello world"), 1, 1e-5);
  EXPECT_GT(cosine("the cat sat on the mat", "the cat sat on a mat"), 0.7);
  EXPECT_LT(std::abs(cosine("the cat sat on the mat", "quantum flux")), 0.3);
  EXPECT_NEAR(cosine("", ""), 1, 1e-5);
}

TEST(embedding, is_given_as_numbers_or_in_base64) {
  provider one{settings{}};
  const auto ask_for = [&](json body) {
    body["model"] = "m";
    return body_of(
        one.answer(ask("/v1/embeddings", body.dump()), start_of_time()));
  };
  const auto plain = ask_for({{"input", {"a", "b"}}, {"dimensions", 4}});
  EXPECT_EQ(plain["data"].size(), 2U);
  EXPECT_EQ(plain["data"][1]["index"], 1);
  EXPECT_EQ(plain["data"][0]["embedding"].size(), 4U);
  EXPECT_EQ(plain["usage"]["total_tokens"], 1);
  const auto packed = ask_for(
      {{"input", "a"}, {"dimensions", 4}, {"encoding_format", "base64"}});
  EXPECT_EQ(packed["data"][0]["embedding"],
            base64_of(plain["data"][0]["embedding"].get<std::vector<float>>()));
  EXPECT_EQ(ask_for({{"input", "a"}})["data"][0]["embedding"].size(), 1'536U);
  EXPECT_EQ(ask_for({{"input", {1, 2, 3}}})["data"].size(), 1U);
  EXPECT_EQ(ask_for({{"input", json::array()}})["error"]["param"], "input");
}

TEST(headers, print_durations_as_go_does) {
  const struct {
    std::chrono::milliseconds time;
    const char* text;
  } cases[] = {{0ms, "0s"},       {12ms, "12ms"},    {1s, "1s"},
               {1'500ms, "1.5s"}, {6min, "6m0s"},    {61'050ms, "1m1.05s"},
               {1h, "1h0m0s"},    {90min, "1h30m0s"}};
  for (const auto& [time, text] : cases)
    EXPECT_EQ(go_duration(time), text);
}

TEST(headers, print_times_as_rfc_3339_does) {
  EXPECT_EQ(rfc3339(std::chrono::system_clock::time_point{} + 24h + 1s),
            "1970-01-02T00:00:01Z");
}

TEST(rate_limiter, takes_nothing_for_a_refused_request) {
  rate_limiter limiter{{.requests_per_minute = 10, .tokens_per_minute = 100}};
  const auto now = start_of_time().steady;
  EXPECT_FALSE(limiter.take("k", 60, now).retry_after);
  const auto refused = limiter.take("k", 60, now);
  EXPECT_EQ(refused.retry_after, 12s);
  EXPECT_TRUE(refused.tokens_refused);
  EXPECT_EQ(refused.requests->remaining, 9U);
  EXPECT_EQ(refused.tokens->remaining, 40U);
  EXPECT_FALSE(limiter.take("other", 60, now).retry_after);
  EXPECT_TRUE(limiter.take("k", 60, now + 11'999ms).retry_after);
  EXPECT_FALSE(limiter.take("k", 60, now + 12s).retry_after);
}

TEST(rate_limiter, tells_to_the_millisecond_when_its_buckets_are_full) {
  rate_limiter limiter{
      {.requests_per_minute = 600, .tokens_per_minute = 7'000}};
  const auto now = start_of_time().steady;
  const auto first = limiter.take("k", 1'234, now);
  EXPECT_EQ(first.requests->full_in, 100ms);
  EXPECT_EQ(first.tokens->full_in, 10'578ms);  // 1234 / 7000 of a minute
  // Measured by a request that is refused, for that one takes nothing.
  const auto early = limiter.take("k", 7'001, now + 10'577ms);
  EXPECT_EQ(early.tokens->remaining, 6'999U);
  EXPECT_EQ(early.requests->remaining, 600U);
  EXPECT_EQ(early.tokens->full_in, 1ms);
  const auto full = limiter.take("k", 7'001, now + 10'578ms);
  EXPECT_EQ(full.tokens->remaining, 7'000U);
  EXPECT_EQ(full.tokens->full_in, 0ms);
}

TEST(rate_limiter, stays_bounded_whatever_keys_come) {
  rate_limiter limiter{{.requests_per_minute = 1, .tokens_per_minute = 0}};
  for (std::size_t i = 0; i < 2 * rate_limiter::keys_max; ++i)
    EXPECT_FALSE(
        limiter.take(std::to_string(i), 1, start_of_time().steady).retry_after);
}

TEST(bounded_set, forgets_its_oldest_member_first) {
  bounded_set seen{2};
  EXPECT_TRUE(seen.insert(1));
  EXPECT_FALSE(seen.insert(1));
  EXPECT_TRUE(seen.insert(2));
  EXPECT_TRUE(seen.insert(3));
  EXPECT_TRUE(seen.insert(1));
  EXPECT_FALSE(seen.insert(3));
}

TEST(statistics, stay_bounded_whatever_comes) {
  statistics records;
  for (std::size_t i = 0; i < statistics::attempts_max + 5; ++i)
    records.record({.at = {},
                    .key = std::to_string(i),
                    .model = std::string(1'000, 'm'),
                    .path = "/",
                    .status = 200,
                    .fault = {}});
  const auto report = records.report(statistics::attempts_max * 2);
  EXPECT_EQ(report["requests"], statistics::attempts_max + 5);
  EXPECT_EQ(report["attempts"].size(), statistics::attempts_max);
  EXPECT_LE(report["by_key"].size(), statistics::names_max + 1);
  EXPECT_EQ(report["attempts"][0]["model"].get<std::string>().size(),
            statistics::name_size_max);
}

}  // namespace
}  // namespace troupe::simulator
