// Putting the simulator's streams together: what comes out is what it says
// without a stream.
//
// The simulator is made to satisfy the providers' own clients, and was written
// without a thought of the cache.

#include "http/wire/replay/collect.hpp"
#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace troupe::http::wire {
namespace {

using nlohmann::json;
using simulator::chat_body;
using simulator::gemini_body;
using simulator::message_body;

json collected(endpoint e, std::string_view stream, framing f) {
  stream_collector one{e, f};
  one.feed(stream);
  const auto body = one.finish();
  return body ? json::parse(*body) : json();
}

/// Names are made anew for every answer.
void drop_names(json& value) {
  for (const auto* name :
       {"id", "call_id", "responseId", "signature", "thoughtSignature"})
    if (value.is_object())
      value.erase(name);
  if (value.is_structured())
    for (auto& one : value)
      drop_names(one);
}

struct asked {
  const char* name;
  wire::endpoint endpoint;
  http::request whole;
  http::request stream;
  wire::framing framing = framing::sse;
};

asked openai(const char* name, endpoint e, const json& body) {
  auto streamed = body;
  streamed["stream"] = true;
  if (e != endpoint::responses)
    streamed["stream_options"] = {{"include_usage", true}};
  const auto path = row_of(e).path;
  return {name, e, simulator::ask(path, body.dump()),
          simulator::ask(path, streamed.dump())};
}

asked of_anthropic(const char* name, const json& body) {
  auto streamed = body;
  streamed["stream"] = true;
  return {name, endpoint::messages,
          simulator::ask_anthropic("/v1/messages", body.dump()),
          simulator::ask_anthropic("/v1/messages", streamed.dump())};
}

asked of_gemini(const char* name, const json& body, framing f) {
  const auto* stream = f == framing::sse ? "m:streamGenerateContent?alt=sse"
                                         : "m:streamGenerateContent";
  return {name, endpoint::stream_generate_content,
          simulator::ask_gemini("m:generateContent", body.dump()),
          simulator::ask_gemini(stream, body.dump()), f};
}

std::vector<asked> all_asked() {
  const auto tools = json::parse(R"([{"type":"function","function":{"name":
    "get_weather","parameters":{"type":"object","properties":{"city":{
    "type":"string"}},"required":["city"]}}}])");
  const auto own_tools = json::parse(R"([{"name":"get_weather","input_schema":
    {"type":"object","properties":{"city":{"type":"string"}},
    "required":["city"]}}])");
  const auto response_tools = json::parse(R"([{"type":"function","name":
    "get_weather","parameters":{"type":"object","properties":{"city":{
    "type":"string"}},"required":["city"]}}])");
  const auto gemini_tools = json::parse(R"([{"functionDeclarations":[{"name":
    "get_weather","parameters":{"type":"OBJECT","properties":{"city":{
    "type":"STRING"}},"required":["city"]}}]}])");
  const auto parsed = [](const std::string& text) {
    return json::parse(text);
  };
  return {
      openai("chat", endpoint::chat_completions,
             parsed(chat_body("m", "hello", {{"n", 3}}))),
      openai("logprobs", endpoint::chat_completions,
             parsed(chat_body("m", "hello",
                              {{"logprobs", true}, {"top_logprobs", 2}}))),
      openai("calls", endpoint::chat_completions,
             parsed(chat_body("m", "weather twice", {{"tools", tools}}))),
      openai("completion", endpoint::completions,
             {{"model", "m"}, {"prompt", "hello"}, {"n", 2}}),
      openai("response", endpoint::responses,
             {{"model", "m"}, {"input", "hello"}}),
      openai("response calls", endpoint::responses,
             {{"model", "m"},
              {"input", "weather twice"},
              {"tools", response_tools}}),
      of_anthropic("message", parsed(message_body("m", "hello"))),
      of_anthropic(
          "message calls",
          parsed(message_body("m", "weather twice", {{"tools", own_tools}}))),
      of_anthropic(
          "thoughts",
          parsed(message_body(
              "m", "hello",
              {{"max_tokens", 3000},
               {"thinking", {{"type", "enabled"}, {"budget_tokens", 1024}}}}))),
      of_gemini("gemini", parsed(gemini_body("hello")), framing::sse),
      of_gemini("gemini array", parsed(gemini_body("hello")),
                framing::json_array),
      of_gemini("gemini calls",
                parsed(gemini_body("weather twice", {{"tools", gemini_tools}})),
                framing::sse),
      of_gemini(
          "gemini thoughts",
          parsed(gemini_body(
              "hello", {{"generationConfig",
                         {{"candidateCount", 2},
                          {"thinkingConfig", {{"includeThoughts", true}}}}}})),
          framing::json_array),
  };
}

TEST(collect, gives_what_the_provider_says_without_a_stream) {
  for (const auto& one : all_asked()) {
    simulator::provider first{simulator::settings{}};
    simulator::provider second{simulator::settings{}};
    auto whole = body_of(first.answer(one.whole, simulator::start_of_time()));
    const auto stream = second.answer(one.stream, simulator::start_of_time());
    ASSERT_EQ(stream.status, 200U) << stream.bytes;
    auto got = collected(one.endpoint, stream.bytes, one.framing);
    ASSERT_TRUE(got.is_object()) << one.name << stream.bytes;
    // Only whole chats of OpenAI have these.
    if (one.endpoint == endpoint::chat_completions)
      for (auto& choice : whole["choices"])
        choice["message"].erase("annotations");
    drop_names(whole);
    drop_names(got);
    EXPECT_EQ(got, whole) << one.name << "\n" << json::diff(whole, got);
  }
}

TEST(collect, gives_nothing_for_a_stream_that_was_cut_anywhere) {
  for (const auto& one : all_asked()) {
    simulator::provider from{simulator::settings{}};
    const auto made = from.answer(one.stream, simulator::start_of_time());
    const auto pieces = made.pieces();
    // A candidate with its reason is an end of Gemini's, even amid a stream of
    // several; the caller knows that the stream was cut.
    if (one.name == std::string_view{"gemini thoughts"})
      continue;
    std::string all;
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      all += pieces[i];
      EXPECT_TRUE(collected(one.endpoint, all, one.framing).is_null())
          << one.name << " after " << i;
    }
  }
}

}  // namespace
}  // namespace troupe::http::wire
