// What all wires share: keys, limits, faults, chance, statistics.

#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace troupe::simulator {
namespace {

using namespace std::chrono_literals;

constexpr auto chat = "/v1/chat/completions";

script chat_with(provider& to, std::string_view model, bool stream = false,
                 instant now = start_of_time()) {
  return to.answer(ask(chat, chat_body(model, "hello", {{"stream", stream}})),
                   now);
}

instant later(std::chrono::milliseconds by) {
  auto now = start_of_time();
  now.steady += by;
  now.wall += by;
  return now;
}

TEST(provider, asks_for_a_key_in_each_wires_own_way) {
  provider one{settings{}};
  const struct {
    const char* target;
    unsigned status;
    const char* type;
  } cases[] = {
      {chat, 401, "invalid_request_error"},
      {"/v1/messages", 401, "authentication_error"},
      {"/v1beta/models/m:generateContent", 403, nullptr},
  };
  for (const auto& [target, status, type] : cases) {
    auto req = ask(target, "{}");
    req.headers.clear();
    const auto made = one.answer(req, start_of_time());
    EXPECT_EQ(made.status, status) << target;
    if (type != nullptr)
      EXPECT_EQ(body_of(made)["error"]["type"], type);
    else
      EXPECT_EQ(body_of(made)["error"]["status"], "PERMISSION_DENIED");
  }
}

TEST(provider, refuses_dead_keys_and_keys_without_money) {
  settings rules;
  rules.dead_keys = {"dead"};
  rules.quota_keys = {"poor"};
  provider one{rules};
  auto req = ask(chat, chat_body("m", "x"));
  req.headers = {{"authorization", "Bearer dead"}};
  auto made = one.answer(req, start_of_time());
  EXPECT_EQ(made.status, 401U);
  EXPECT_EQ(body_of(made)["error"]["code"], "invalid_api_key");
  req.headers = {{"authorization", "Bearer poor"}};
  made = one.answer(req, start_of_time());
  EXPECT_EQ(made.status, 429U);
  EXPECT_EQ(body_of(made)["error"]["code"], "insufficient_quota");

  auto message = ask_anthropic("/v1/messages", message_body("m", "x"));
  message.headers = {{"x-api-key", "poor"},
                     {"anthropic-version", "2023-06-01"}};
  made = one.answer(message, start_of_time());
  EXPECT_EQ(made.status, 429U);
  EXPECT_EQ(body_of(made)["error"]["details"]["error_code"],
            "enforced_spend_limit_reached");

  auto content = ask_gemini("m:generateContent", gemini_body("x"));
  content.headers = {{"x-goog-api-key", "dead"}};
  made = one.answer(content, start_of_time());
  EXPECT_EQ(made.status, 400U);
  EXPECT_EQ(body_of(made)["error"]["details"][0]["reason"], "API_KEY_INVALID");
}

TEST(provider, shows_models_in_the_shape_of_the_wire_that_asks) {
  provider one{settings{}};
  const auto list = body_of(one.answer(get("/v1/models"), start_of_time()));
  EXPECT_EQ(list["object"], "list");
  EXPECT_EQ(list["data"][0]["object"], "model");
  auto req = get("/v1/models");
  req.headers.add("anthropic-version", "2023-06-01");
  const auto anthropic = body_of(one.answer(req, start_of_time()));
  EXPECT_EQ(anthropic["data"][0]["type"], "model");
  EXPECT_EQ(anthropic["has_more"], false);
  req = get("/v1beta/models");
  req.headers = {{"x-goog-api-key", "k"}};
  EXPECT_EQ(body_of(one.answer(req, start_of_time()))["models"][0]["name"],
            "models/sim-1");
  EXPECT_EQ(body_of(one.answer(get("/v1/models/a%2Fb"), start_of_time()))["id"],
            "a/b");
  const auto missing =
      one.answer(get("/v1/models/no-such-model"), start_of_time());
  EXPECT_EQ(missing.status, 404U);
  EXPECT_EQ(body_of(missing)["error"]["code"], "model_not_found");
}

TEST(provider, knows_no_other_paths_and_methods) {
  provider one{settings{}};
  EXPECT_EQ(one.answer(ask("/v1/unknown", "{}"), start_of_time()).status, 404U);
  EXPECT_EQ(one.answer(get(chat), start_of_time()).status, 405U);
  EXPECT_EQ(one.answer(get("/"), start_of_time()).status, 404U);
  EXPECT_EQ(one.answer(ask("/v1/messages/x", "{}"), start_of_time()).status,
            404U);
}

TEST(provider, speaks_openai_under_geminis_path_too) {
  provider one{settings{}};
  const auto made =
      one.answer(ask("/v1beta/openai/chat/completions", chat_body("m", "x")),
                 start_of_time());
  EXPECT_EQ(body_of(made)["object"], "chat.completion");
}

TEST(provider, fails_by_the_models_name) {
  provider one{settings{}};
  const struct {
    const char* model;
    unsigned status;
    const char* code;
  } cases[] = {
      {"sim-fault-503", 503, nullptr},
      {"sim-500", 500, nullptr},
      {"sim-401", 401, "invalid_api_key"},
      {"sim-429", 429, "rate_limit_exceeded"},
      {"sim-quota", 429, "insufficient_quota"},
      {"sim-context", 400, "context_length_exceeded"},
      {"sim-unknown", 404, "model_not_found"},
      {"no-such-model", 404, "model_not_found"},
  };
  for (const auto& [model, status, code] : cases) {
    const auto made = chat_with(one, model);
    EXPECT_EQ(made.status, status) << model;
    const auto got = body_of(made)["error"]["code"];
    EXPECT_TRUE(code == nullptr ? got.is_null() : got == code) << model;
  }
  const auto made = chat_with(one, "sim-429-retry-after-2");
  EXPECT_EQ(made.headers.find("retry-after"), "2");
  EXPECT_EQ(made.headers.find("retry-after-ms"), "2000");
}

TEST(provider, breaks_streams_in_the_way_that_is_asked_for) {
  provider one{settings{}};
  const auto whole = chat_with(one, "m", true).steps.size();

  const auto reset = chat_with(one, "sim-reset", true);
  EXPECT_TRUE(reset.steps.empty());
  EXPECT_EQ(reset.end, curtain::reset);
  EXPECT_EQ(reset.duration(), 0us);

  const auto hang = chat_with(one, "sim-hang", true);
  EXPECT_TRUE(hang.steps.empty());
  EXPECT_EQ(hang.last_wait, 120s);
  EXPECT_EQ(hang.end, curtain::reset);

  const auto stall = chat_with(one, "sim-stall", true);
  EXPECT_EQ(stall.steps.size(), whole / 2);
  EXPECT_EQ(stall.last_wait, 120s);

  const auto cut = chat_with(one, "sim-cut", true);
  EXPECT_EQ(cut.steps.size(), whole / 2);
  EXPECT_EQ(cut.last_wait, 0s);
  EXPECT_EQ(cut.end, curtain::reset);
  EXPECT_EQ(cut.bytes.find("[DONE]"), std::string::npos);

  const auto no_done = chat_with(one, "sim-no-done", true);
  EXPECT_EQ(no_done.steps.size(), whole - 1);
  EXPECT_EQ(no_done.end, curtain::finish);
  EXPECT_EQ(no_done.bytes.find("[DONE]"), std::string::npos);

  std::size_t broken = 0;
  for (const auto& each : events_of(chat_with(one, "sim-malformed", true)))
    broken += each.text != "[DONE]" && each.data().is_discarded() ? 1 : 0;
  EXPECT_EQ(broken, 1U);

  const auto error = events_of(chat_with(one, "sim-error-event", true));
  EXPECT_TRUE(error.back().data().contains("error"));

  EXPECT_EQ(chat_with(one, "sim-slow-first", true).steps.front().wait, 3s);
}

TEST(provider, breaks_whole_answers_as_well) {
  provider one{settings{}};
  const auto cut = chat_with(one, "sim-cut");
  EXPECT_TRUE(cut.streamed);
  EXPECT_EQ(cut.end, curtain::reset);
  EXPECT_FALSE(cut.bytes.empty());
  EXPECT_TRUE(body_of(cut).is_discarded());
  const auto malformed = chat_with(one, "sim-malformed");
  EXPECT_FALSE(malformed.streamed);
  EXPECT_TRUE(body_of(malformed).is_discarded());
  EXPECT_EQ(malformed.bytes.size(), malformed.steps[0].size);
  const auto empty = chat_with(one, "sim-empty");
  EXPECT_EQ(empty.status, 200U);
  EXPECT_TRUE(empty.bytes.empty());
}

TEST(provider, fails_once_for_each_token_of_once) {
  provider one{settings{}};
  EXPECT_EQ(chat_with(one, "sim-once-503-a").status, 503U);
  EXPECT_EQ(chat_with(one, "sim-once-503-a").status, 200U);
  EXPECT_EQ(chat_with(one, "sim-once-503-b").status, 503U);
}

TEST(provider, draws_the_same_faults_from_the_same_seed) {
  settings rules;
  rules.faults = {*read_fault_chance("503=0.3"), *read_fault_chance("cut=0.2")};
  const auto run = [&](std::uint64_t seed) {
    rules.seed = seed;
    provider one{rules};
    std::string log;
    for (int i = 0; i < 400; ++i) {
      const auto made = chat_with(one, "m");
      log += made.status == 503 ? 's' : made.end == curtain::reset ? 'c' : '.';
    }
    return log;
  };
  const auto log = run(7);
  EXPECT_EQ(log, run(7));
  EXPECT_NE(log, run(8));
  const auto errors = std::ranges::count(log, 's');
  EXPECT_GT(errors, 400 * 0.2);
  EXPECT_LT(errors, 400 * 0.4);
  EXPECT_GT(std::ranges::count(log, 'c'), 0);
}

TEST(provider, fails_half_of_the_time_when_flaky) {
  provider one{settings{}};
  int failed = 0;
  for (int i = 0; i < 400; ++i)
    failed += chat_with(one, "sim-flaky-50").status == 503 ? 1 : 0;
  EXPECT_GT(failed, 150);
  EXPECT_LT(failed, 250);
}

TEST(provider, limits_requests_a_minute_for_each_key) {
  settings rules;
  rules.requests_per_minute = 2;
  provider one{rules};
  EXPECT_EQ(chat_with(one, "m").headers.find("x-ratelimit-remaining-requests"),
            "1");
  EXPECT_EQ(chat_with(one, "m").status, 200U);
  const auto refused = chat_with(one, "m");
  EXPECT_EQ(refused.status, 429U);
  EXPECT_EQ(body_of(refused)["error"]["code"], "rate_limit_exceeded");
  EXPECT_EQ(refused.headers.find("retry-after"), "30");
  EXPECT_EQ(refused.headers.find("x-ratelimit-reset-requests"), "1m0s");
  EXPECT_EQ(chat_with(one, "m", false, later(29'999ms)).status, 429U);
  EXPECT_EQ(chat_with(one, "m", false, later(30s)).status, 200U);
}

TEST(provider, tells_anthropics_limits_as_times) {
  settings rules;
  rules.requests_per_minute = 60;
  rules.tokens_per_minute = 80'000;
  provider one{rules};
  const auto made =
      one.answer(ask_anthropic("/v1/messages", message_body("m", "hello")),
                 start_of_time());
  const auto& headers = made.headers;
  EXPECT_EQ(headers.find("anthropic-ratelimit-requests-remaining"), "59");
  EXPECT_EQ(headers.find("anthropic-ratelimit-tokens-remaining"), "80000");
  const auto reset = headers.find("anthropic-ratelimit-requests-reset");
  ASSERT_TRUE(reset);
  EXPECT_EQ(reset->size(), 20U);
  EXPECT_EQ(reset->back(), 'Z');
}

TEST(provider, tells_geminis_limits_in_the_body_only) {
  settings rules;
  rules.requests_per_minute = 1;
  provider one{rules};
  const auto req = ask_gemini("m:generateContent", gemini_body("x"));
  one.answer(req, start_of_time());
  const auto made = one.answer(req, start_of_time());
  EXPECT_EQ(made.status, 429U);
  EXPECT_FALSE(made.headers.find("retry-after"));
  EXPECT_EQ(body_of(made)["error"]["details"].back()["retryDelay"], "60.000s");
}

TEST(provider, paces_the_stream_by_its_settings) {
  settings rules;
  rules.latency = 200ms;
  rules.tokens_per_second = 40;
  rules.chunk_tokens = 4;
  provider one{rules};
  // 24 tokens are six pieces, so five gaps of 100 ms.
  EXPECT_EQ(chat_with(one, "m", true).duration(), 700ms);
  EXPECT_EQ(chat_with(one, "m", true).steps.front().wait, 200ms);
  EXPECT_EQ(chat_with(one, "m").duration(), 700ms);
}

TEST(provider, answers_with_as_many_tokens_as_the_name_says) {
  provider one{settings{}};
  EXPECT_EQ(
      body_of(chat_with(one, "sim-tokens-200"))["usage"]["completion_tokens"],
      200);
  EXPECT_EQ(
      body_of(chat_with(one, "sim-tokens-3"))["usage"]["completion_tokens"], 3);
  const auto stall = chat_with(one, "sim-tokens-200-stall", true);
  EXPECT_GT(stall.steps.size(), 20U);
  EXPECT_EQ(stall.last_wait, 120s);
}

TEST(provider, refuses_prompts_longer_than_its_context) {
  settings rules;
  rules.context_tokens = 10;
  provider one{rules};
  EXPECT_EQ(chat_with(one, "m").status, 200U);
  const auto made = one.answer(ask(chat, chat_body("m", std::string(100, 'x'))),
                               start_of_time());
  EXPECT_EQ(body_of(made)["error"]["code"], "context_length_exceeded");
}

TEST(provider, remembers_what_it_did_until_it_is_reset) {
  provider one{settings{}};
  chat_with(one, "m");
  chat_with(one, "sim-503");
  chat_with(one, "sim-reset");
  auto report = body_of(one.answer(get("/_sim/stats"), start_of_time()));
  EXPECT_EQ(report["requests"], 3);
  EXPECT_EQ(report["by_key"]["sk-test"], 3);
  EXPECT_EQ(report["by_model"]["m"], 1);
  EXPECT_EQ(report["by_status"], json({{"200", 1}, {"503", 1}, {"reset", 1}}));
  EXPECT_EQ(report["by_fault"], json({{"status_503", 1}, {"reset", 1}}));
  EXPECT_EQ(report["attempts"].size(), 3U);
  EXPECT_EQ(report["attempts"][0]["at_ms"], 490'000.0 * 3'600'000);
  report = body_of(one.answer(get("/_sim/stats?attempts=1"), start_of_time()));
  EXPECT_EQ(report["attempts"].size(), 1U);
  EXPECT_EQ(one.answer(ask("/_sim/reset", ""), start_of_time()).status, 200U);
  EXPECT_EQ(
      body_of(one.answer(get("/_sim/stats"), start_of_time()))["requests"], 0);
}

TEST(provider, shows_no_more_than_the_end_of_a_long_key) {
  provider one{settings{}};
  auto req = ask(chat, chat_body("m", "x"));
  req.headers = {
      {"authorization", "Bearer sk-proj-0123456789abcdefghijklmnop"}};
  one.answer(req, start_of_time());
  const auto made = one.answer(get("/_sim/stats"), start_of_time());
  EXPECT_EQ(made.bytes.find("0123456789"), std::string::npos);
  EXPECT_EQ(body_of(made)["by_key"]["...klmnop"], 1);
}

}  // namespace
}  // namespace troupe::simulator
