// Input that means no good: the answer may be yes or no, but it is always one.
//
// Not random but exhaustive: in a request that uses everything an endpoint
// reads, each value is replaced by each of a dozen others.

#include "http/simulator/dice.hpp"
#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace troupe::simulator {
namespace {

struct full_request {
  json body;
  std::vector<std::string> targets;
};

std::vector<full_request> full_requests() {
  return {
      {json::parse(chat_body("sim-tokens-9", "weather twice", json::parse(R"({
        "stream":true,"stream_options":{"include_usage":true},"n":2,
        "stop":["x"],"logprobs":true,"top_logprobs":1,"prompt_cache_key":"k",
        "tools":[{"type":"function","function":{"name":"weather","parameters":
        {"type":"object","properties":{"a":{"$ref":"#/$defs/b"},"c":{"type":
        "array","items":{"enum":[1,2]},"minItems":3}},"$defs":{"b":{"anyOf":
        [{"$ref":"#"},{"type":"null"}]}}}}}],"tool_choice":"auto",
        "response_format":{"type":"json_schema","json_schema":{"name":"n",
        "schema":{"type":"number","multipleOf":0.5}}}})"))),
       {"/v1/chat/completions"}},
      {json::parse(R"({"model":"m","max_tokens":9,"system":[{"type":"text",
        "text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":
        "user","content":[{"type":"tool_result","tool_use_id":"t","content":
        [{"type":"text","text":"r"}]}]}],"thinking":{"type":"adaptive"},
        "tools":[{"name":"n","input_schema":{"type":"object"}}],
        "tool_choice":{"type":"auto"},"output_config":{"format":{"type":
        "json_schema","schema":{}}},"stop_sequences":["x"],"stream":true})"),
       {"/v1/messages", "/v1/messages/count_tokens"}},
      {json::parse(R"({"model":"m","input":[{"role":"user","content":[{"type":
        "input_text","text":"t"}]},{"type":"function_call_output","call_id":
        "c","output":"o"}],"tools":[{"type":"function","name":"n"}],"text":
        {"format":{"type":"json_schema","schema":{}}},"reasoning":{"effort":
        "low","summary":"auto"},"dimensions":3,"encoding_format":"base64",
        "prompt":["p"],"metadata":{"a":"b"}})"),
       {"/v1/responses", "/v1/completions"}},
      {json::parse(R"({"model":"m","input":["a","b"],"dimensions":3,
        "encoding_format":"base64"})"),
       {"/v1/embeddings"}},
      {json::parse(R"({"contents":[{"role":"user","parts":[{"text":"t"},
        {"functionResponse":{"name":"n","response":{}}}]}],"tools":
        [{"functionDeclarations":[{"name":"n","parameters":{"type":"OBJECT"}}]}],
        "toolConfig":{"functionCallingConfig":{"mode":"ANY",
        "allowedFunctionNames":["n"]}},"generationConfig":{"candidateCount":2,
        "thinkingConfig":{"includeThoughts":true},"responseMimeType":
        "application/json","responseSchema":{"type":"STRING"}},"content":
        {"parts":[{"text":"x"}]},"outputDimensionality":4,"requests":
        [{"content":{"parts":[{"text":"x"}]}}],"model":"m"})"),
       {"/v1beta/models/sim-think:generateContent",
        "/v1beta/models/m:streamGenerateContent",
        "/v1beta/models/m:countTokens", "/v1beta/models/m:embedContent",
        "/v1beta/models/m:batchEmbedContents"}},
  };
}

/// Every place in `body` that a pointer reaches, but the whole.
std::set<std::string> places_in(const json& body) {
  std::set<std::string> places;
  const auto flat = body.flatten();
  for (const auto& [place, value] : flat.items())
    for (auto at = place; !at.empty(); at.resize(at.rfind('/')))
      places.insert(at);
  return places;
}

script send(provider& to, const std::string& target, const std::string& body) {
  auto req = ask(target, body);
  req.headers.add("anthropic-version", "2026-10-21");
  req.headers.add("x-goog-api-key", "k");
  return to.answer(req, start_of_time());
}

TEST(hostile_input, leaves_the_full_requests_alone) {
  provider one{settings{}};
  for (const auto& [body, targets] : full_requests())
    for (const auto& target : targets)
      EXPECT_EQ(send(one, target, body.dump()).status, 200U)
          << target << send(one, target, body.dump()).bytes;
}

TEST(hostile_input, is_answered_whatever_is_put_into_a_request) {
  const json others[] = {nullptr,
                         true,
                         -1,
                         1e300,
                         0,
                         "",
                         "x\u0001",
                         json::array(),
                         json::object(),
                         json::array({7}),
                         {{"type", "text"}},
                         {{"name", 5}},
                         1ULL << 63U};
  provider one{settings{}};
  std::set<unsigned> statuses;
  for (const auto& [body, targets] : full_requests())
    for (const auto& place : places_in(body))
      for (const auto& other : others) {
        auto changed = body;
        changed[json::json_pointer{place}] = other;
        const auto text = changed.dump();
        for (const auto& target : targets) {
          const auto made = send(one, target, text);
          ASSERT_TRUE(made.status == 200 || made.status == 400)
              << target << ' ' << text;
          statuses.insert(made.status);
        }
      }
  EXPECT_EQ(statuses.size(), 2U);
}

TEST(hostile_input, is_refused_when_it_is_no_json_or_nested_too_deep) {
  provider one{settings{}};
  for (const auto& body : {std::string{}, std::string{"{"}, std::string{"\xff"},
                           std::string{"nul"}, std::string(100'000, '['),
                           R"({"a":)" + std::string(50'000, '[')
                               + std::string(50'000, ']') + "}"}) {
    const auto made =
        one.answer(ask("/v1/chat/completions", body), start_of_time());
    EXPECT_EQ(made.status, 400U);
    EXPECT_TRUE(body_of(made)["error"]["message"].is_string());
  }
  EXPECT_EQ(
      one.answer(ask("/v1/chat/completions", "[]"), start_of_time()).status,
      400U);
}

TEST(hostile_input, gives_big_bodies_small_answers) {
  provider one{settings{}};
  const auto made = one.answer(
      ask("/v1/chat/completions", chat_body("m", std::string(20U << 20U, 'x'))),
      start_of_time());
  EXPECT_EQ(made.status, 200U);
  EXPECT_LT(made.bytes.size(), 4'096U);
}

TEST(hostile_input, is_answered_in_paths_and_bodies) {
  provider one{settings{}};
  std::uint64_t dice = 42;
  const std::string_view parts[] = {"/v1",     "/",
                                    "models",  "%",
                                    "%zz",     "%2",
                                    ":",       "generateContent",
                                    "?",       "key=",
                                    "alt=sse", "v1beta",
                                    "/_sim/",  "stats",
                                    "\xff",    "{",
                                    "}",       "\"",
                                    "[",       ",",
                                    "\\u12",   "1e9",
                                    "sim-",    "once",
                                    "tokens-", "99999999999999999999"};
  for (int i = 0; i < 3'000; ++i) {
    std::string target = "/";
    std::string body;
    for (int n = 0; n < 6; ++n) {
      dice = mix(dice, 1);
      target += parts[dice % std::size(parts)];
      body += parts[(dice >> 32U) % std::size(parts)];
    }
    auto req = i % 2 == 0 ? ask(target, body) : get(target);
    req.headers.add("x-goog-api-key", "k");
    const auto made = one.answer(req, start_of_time());
    EXPECT_TRUE(made.status >= 200 && made.status < 600) << target;
  }
}

}  // namespace
}  // namespace troupe::simulator
