// Playing an answer as a stream, and the law that a stream put together is the
// answer that was played.

#include "http/wire/replay/collect.hpp"
#include "http/wire/replay/play.hpp"
#include "tests/http/wire/replay/invented.hpp"
#include "tests/http/wire/translate/assembled.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace troupe::http::wire {
namespace {

using nlohmann::json;

struct way {
  wire::endpoint endpoint;
  wire::framing framing = framing::sse;
};

constexpr std::array ways{
    way{endpoint::chat_completions},
    way{endpoint::completions},
    way{endpoint::responses},
    way{endpoint::messages},
    way{endpoint::stream_generate_content},
    way{endpoint::generate_content, framing::json_array},
};

/// Small enough that every text comes in pieces.
constexpr std::size_t piece_max = 20;

play_options with_usage(framing f = framing::sse) {
  return {usage_wish::yes, f, piece_max};
}

std::optional<std::string> collected(const way& w, std::string_view stream,
                                     std::size_t size) {
  stream_collector one{w.endpoint, w.framing};
  while (!stream.empty()) {
    one.feed(stream.substr(0, size));
    stream.remove_prefix(std::min(size, stream.size()));
  }
  return one.finish();
}

std::vector<json> data_of(std::string_view stream) {
  std::vector<json> all;
  for (const auto& one : client_events(stream))
    if (one.data != "[DONE]")
      all.push_back(json::parse(one.data));
  return all;
}

TEST(play, gives_streams_that_put_together_are_the_answer) {
  for (const auto& w : ways)
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
      const auto answer = invented_answer(w.endpoint, seed);
      const auto stream =
          play_stream(w.endpoint, answer.dump(), with_usage(w.framing));
      const auto again = collected(w, stream, 1 + seed % 300);
      ASSERT_TRUE(again) << name_of(w.endpoint) << " seed " << seed << stream;
      ASSERT_EQ(json::parse(*again), answer)
          << name_of(w.endpoint) << " seed " << seed << "\n"
          << json::diff(answer, json::parse(*again)) << "\n"
          << stream;
    }
}

TEST(play, gives_streams_that_are_whole_to_who_follows_them) {
  for (const auto& w : ways)
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
      const auto answer = invented_answer(w.endpoint, seed).dump();
      answer_stream follow{w.endpoint, {w.framing, usage_chunk::pass}};
      const auto stream =
          play_stream(w.endpoint, answer, with_usage(w.framing));
      EXPECT_EQ(follow.feed(stream), stream);
      follow.end();
      EXPECT_TRUE(follow.finished()) << stream;
      EXPECT_EQ(follow.fault(), fault::none);
    }
}

TEST(play, tells_an_openai_client_the_usage_only_if_it_asked) {
  for (const auto e : {endpoint::chat_completions, endpoint::completions}) {
    const auto answer = invented_answer(e, 1).dump();
    for (const auto& one : data_of(play_stream(e, answer)))
      EXPECT_FALSE(one.contains("usage"));
    const auto told = data_of(play_stream(e, answer, with_usage()));
    for (std::size_t i = 0; i + 1 < told.size(); ++i)
      EXPECT_TRUE(told[i].at("usage").is_null());
    EXPECT_EQ(told.back()["choices"], json::array());
    EXPECT_TRUE(told.back()["usage"].is_object());
  }
}

TEST(play, cuts_texts_between_characters) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "aé日😀";
  const json answer{
      {"choices",
       {{{"message", {{"content", text}}}, {"finish_reason", "stop"}}}}};
  for (std::size_t size = 1; size < 12; ++size) {
    std::string all;
    for (const auto& one :
         data_of(play_stream(endpoint::chat_completions, answer.dump(),
                             {usage_wish::no, framing::sse, size}))) {
      const auto& delta = one["choices"][0]["delta"];
      const auto piece = delta.value("content", "");
      EXPECT_LE(piece.size(), std::max<std::size_t>(size, 4));
      all += piece;
    }
    EXPECT_EQ(all, text) << size;
  }
}

TEST(play, says_chat_chunks_as_openai_does) {
  const json answer = json::parse(R"({"id":"c","object":"chat.completion",
    "created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",
    "content":null,"tool_calls":[{"id":"a","type":"function","function":
    {"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":
    {"name":"g","arguments":"{\"k\":1}"}}]},"finish_reason":"tool_calls",
    "logprobs":null}],"service_tier":"default"})");
  std::vector<json> deltas;
  for (const auto& one :
       data_of(play_stream(endpoint::chat_completions, answer.dump()))) {
    EXPECT_EQ(one["object"], "chat.completion.chunk");
    EXPECT_EQ(one["id"], "c");
    EXPECT_EQ(one["service_tier"], "default");
    deltas.push_back(one["choices"][0]["delta"]);
    EXPECT_EQ(one["choices"][0]["finish_reason"],
              deltas.back().empty() ? json("tool_calls") : json(nullptr));
  }
  EXPECT_EQ(json(deltas), json::parse(R"([
    {"role":"assistant","content":null},
    {"tool_calls":[{"index":0,"id":"a","type":"function",
      "function":{"name":"f","arguments":""}}]},
    {"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},
    {"tool_calls":[{"index":1,"id":"b","type":"function",
      "function":{"name":"g","arguments":""}}]},
    {"tool_calls":[{"index":1,"function":{"arguments":"{\"k\":1}"}}]},
    {}])"));
}

TEST(play, says_messages_as_anthropic_does) {
  const json answer = json::parse(R"({"id":"m","type":"message","content":[
    {"type":"thinking","thinking":"hm","signature":"s"},
    {"type":"text","text":"hello"},
    {"type":"tool_use","id":"t","name":"f","input":{"a":1}}],
    "stop_reason":"tool_use","usage":{"input_tokens":3,"output_tokens":4}})");
  std::vector<std::string> told;
  for (const auto& one :
       client_events(play_stream(endpoint::messages, answer.dump()))) {
    const auto data = json::parse(one.data);
    EXPECT_EQ(data["type"], one.type);
    told.push_back(one.type == "content_block_delta"
                       ? data["delta"]["type"].get<std::string>()
                       : one.type);
  }
  EXPECT_EQ(told,
            (std::vector<std::string>{
                "message_start", "content_block_start", "thinking_delta",
                "signature_delta", "content_block_stop", "content_block_start",
                "text_delta", "content_block_stop", "content_block_start",
                "input_json_delta", "input_json_delta", "content_block_stop",
                "message_delta", "message_stop"}));
}

TEST(play, says_responses_as_openai_does) {
  const json answer = json::parse(R"({"id":"r","status":"completed","usage":{},
    "output":[{"id":"i","type":"reasoning","summary":[{"type":"summary_text",
    "text":"hm"}]},{"id":"j","type":"message","status":"completed","content":[
    {"type":"output_text","text":"hello","annotations":[{"type":"x"}]},
    {"type":"refusal","refusal":"no"}]},{"id":"k","type":"function_call",
    "name":"f","arguments":"{}"}]})");
  std::vector<std::string> told;
  for (const auto& one :
       client_events(play_stream(endpoint::responses, answer.dump()))) {
    const auto data = json::parse(one.data);
    EXPECT_EQ(data["type"], one.type);
    EXPECT_EQ(data["sequence_number"], told.size());
    told.push_back(one.type.substr(std::string{"response."}.size()));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"created",
                                            "in_progress",
                                            "output_item.added",
                                            "reasoning_summary_part.added",
                                            "reasoning_summary_text.delta",
                                            "reasoning_summary_text.done",
                                            "reasoning_summary_part.done",
                                            "output_item.done",
                                            "output_item.added",
                                            "content_part.added",
                                            "output_text.delta",
                                            "output_text.annotation.added",
                                            "output_text.done",
                                            "content_part.done",
                                            "content_part.added",
                                            "refusal.delta",
                                            "refusal.done",
                                            "content_part.done",
                                            "output_item.done",
                                            "output_item.added",
                                            "function_call_arguments.delta",
                                            "function_call_arguments.done",
                                            "output_item.done",
                                            "completed"}));
}

TEST(play, ends_a_gemini_candidate_with_its_reason) {
  const json answer = json::parse(R"({"candidates":[{"index":0,"content":
    {"role":"model","parts":[{"text":"one and two and three and four"}]},
    "finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3}})");
  const auto stream =
      play_stream(endpoint::stream_generate_content, answer.dump(),
                  {usage_wish::no, framing::json_array, piece_max});
  const auto all = json::parse(stream);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_FALSE(all[0]["candidates"][0].contains("finishReason"));
  EXPECT_FALSE(all[0].contains("usageMetadata"));
  EXPECT_EQ(all[1]["candidates"][0]["finishReason"], "STOP");
  EXPECT_TRUE(all[1].contains("usageMetadata"));
}

TEST(play, gives_nothing_for_what_is_no_answer) {
  for (const auto& w : ways)
    for (const auto* body :
         {"", "{}", "[]", "{\"choices\":[1]}", "null",
          "{\"choices\":[{\"message\":1}]}", "{\"output\":[1]}",
          "{\"content\":[1]}", "{\"candidates\":[1]}", "{\"candidates\":1}"})
      EXPECT_EQ(play_stream(w.endpoint, body), "") << body;
}

}  // namespace
}  // namespace troupe::http::wire
