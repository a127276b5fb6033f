// Putting streams together: what comes out is what the provider says without a
// stream, or nothing.

#include "http/wire/replay/collect.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace troupe::http::wire {
namespace {

using nlohmann::json;

json collected(endpoint e, std::string_view stream, framing f = framing::sse) {
  stream_collector one{e, f};
  one.feed(stream);
  const auto body = one.finish();
  return body ? json::parse(*body) : json();
}

/// Events, each on one line.
std::string sse(std::vector<std::string> events) {
  std::string all;
  for (auto& one : events) {
    one.erase(std::remove(one.begin(), one.end(), '\n'), one.end());
    all += "data: " + one + "\n\n";
  }
  return all;
}

json chat(std::vector<std::string> chunks) {
  chunks.emplace_back("[DONE]");
  return collected(endpoint::chat_completions, sse(chunks));
}

/// The message of a chat with these deltas.
json message_of(const std::vector<std::string>& deltas) {
  std::vector<std::string> chunks;
  for (const auto& one : deltas)
    chunks.push_back(R"({"choices":[{"index":0,"delta":)" + one + "}]}");
  chunks.emplace_back(
      R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})");
  const auto body = chat(std::move(chunks));
  return body.is_null() ? body : body["choices"][0]["message"];
}

json anthropic(const std::vector<std::string>& events,
               const std::string& end = R"({"type":"message_stop"})") {
  std::vector<std::string> all{
      R"({"type":"message_start","message":{"id":"m","content":[],
          "stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}})"};
  all.insert(all.end(), events.begin(), events.end());
  all.emplace_back(R"({"type":"message_delta","delta":{"stop_reason":
      "end_turn"},"usage":{"input_tokens":null,"output_tokens":7}})");
  all.push_back(end);
  return collected(endpoint::messages, sse(all));
}

std::string block(const std::string& members) {
  return R"({"type":"content_block_start","index":0,"content_block":{)"
         + members + "}}";
}

std::string delta(const std::string& members) {
  return R"({"type":"content_block_delta","index":0,"delta":{)" + members
         + "}}";
}

json gemini(const std::vector<std::string>& parts) {
  std::vector<std::string> all;
  for (const auto& one : parts)
    all.push_back(R"({"candidates":[{"content":{"parts":[)" + one + "]}}]}");
  all.emplace_back(R"({"candidates":[{"finishReason":"STOP"}]})");
  const auto body = collected(endpoint::stream_generate_content, sse(all));
  return body.is_null() ? body : body["candidates"][0]["content"]["parts"];
}

TEST(collect, joins_texts_and_keeps_names) {
  EXPECT_EQ(message_of({R"({"role":"assistant","content":"","refusal":null})",
                        R"({"role":"assistant","content":"a","x":"1"})",
                        R"({"content":"b","x":"2","reasoning_content":"r"})",
                        R"({"content":null,"reasoning_content":"s"})"}),
            json::parse(R"({"role":"assistant","content":"ab","refusal":null,
                      "x":"12","reasoning_content":"rs"})"));
}

TEST(collect, joins_calls_by_their_index) {
  EXPECT_EQ(
      message_of(
          {R"({"tool_calls":[{"index":0,"id":"a","type":"function","function":
               {"name":"f","arguments":""}},{"index":1,"id":"b","function":
               {"name":"g","arguments":"{"}}]})",
           R"({"tool_calls":[{"index":1,"function":{"arguments":"}"}}]})",
           R"({"tool_calls":[{"index":0,"id":"","function":{"name":null,
               "arguments":"{}"}}]})"}),
      json::parse(R"({"tool_calls":[{"id":"a","type":"function","function":
        {"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"g",
        "arguments":"{}"}}]})"));
}

TEST(collect, keeps_calls_apart_that_share_an_index_but_no_id) {
  const auto call = [](const std::string& id) {
    return R"({"tool_calls":[{"index":0,"id":")" + id
           + R"(","function":{"name":"f","arguments":"{}"}}]})";
  };
  EXPECT_EQ(message_of({call("a"), call("b")})["tool_calls"].size(), 2U);
}

TEST(collect, lets_a_thought_go_on_until_its_signature) {
  const auto got =
      message_of({R"({"thinking_blocks":[{"type":"thinking","thinking":"a",
           "signature":""}]})",
                  R"({"thinking_blocks":[{"type":"thinking","thinking":"b",
           "signature":"s"}]})",
                  R"({"thinking_blocks":[{"type":"thinking","thinking":"c",
           "signature":"t"}]})"});
  EXPECT_EQ(got["thinking_blocks"], json::parse(R"([
    {"type":"thinking","thinking":"ab","signature":"s"},
    {"type":"thinking","thinking":"c","signature":"t"}])"));
}

TEST(collect, gives_nothing_where_pieces_do_not_go_together) {
  EXPECT_TRUE(
      message_of({R"({"content":"a"})", R"({"content":["b"]})"}).is_null());
  EXPECT_TRUE(message_of({R"({"content":"a"})", R"({"content":1})"}).is_null());
  EXPECT_TRUE(message_of({R"({"audio":{"data":"AAA="}})"}).is_null());
  EXPECT_TRUE(
      message_of({R"({"content":"a\ud83d"})", R"({"content":"\ude00"})"})
          .is_null());
  EXPECT_TRUE(message_of({R"({"content":"a)"}).is_null());
}

TEST(collect, gives_no_chat_without_an_end) {
  const std::string text =
      R"({"choices":[{"index":0,"delta":{"content":"a"}}]})";
  const std::string stop =
      R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})";
  EXPECT_TRUE(chat({text, stop}).is_object());
  EXPECT_TRUE(chat({text}).is_null());
  EXPECT_TRUE(chat({}).is_null());
  EXPECT_TRUE(
      collected(endpoint::chat_completions, sse({text, stop})).is_null());
  EXPECT_TRUE(chat({text, R"({"error":{"message":"no"}})", stop}).is_null());
  EXPECT_TRUE(
      chat({text, stop, R"({"choices":[{"index":1,"delta":{}}]})"}).is_null());
}

TEST(collect, takes_the_usage_that_the_client_did_not_ask_for) {
  token_usage used;
  used.in_uncached = 4;
  used.in_cache_read = 3;
  used.out_text = 2;
  used.out_reasoning = 1;
  used.reported = true;
  const std::string stop =
      R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}])";
  stream_collector silent{endpoint::chat_completions};
  silent.feed(sse({stop + "}", "[DONE]"}));
  const auto got = json::parse(silent.finish(used).value())["usage"];
  EXPECT_EQ(got["prompt_tokens"], 7);
  EXPECT_EQ(got["completion_tokens"], 3);
  EXPECT_EQ(got["total_tokens"], 10);
  EXPECT_EQ(got["prompt_tokens_details"]["cached_tokens"], 3);
  EXPECT_EQ(got["completion_tokens_details"]["reasoning_tokens"], 1);
  stream_collector told{endpoint::chat_completions};
  told.feed(sse({stop + R"(,"usage":{"prompt_tokens":1}})", "[DONE]"}));
  EXPECT_EQ(json::parse(told.finish(used).value())["usage"],
            (json{{"prompt_tokens", 1}}));
}

TEST(collect, joins_a_messages_blocks_and_last_counts) {
  const auto got =
      anthropic({block(R"("type":"tool_use","id":"t","name":"f","input":{})"),
                 delta(R"("type":"input_json_delta","partial_json":"")"),
                 R"({"type":"ping"})",
                 delta(R"("type":"input_json_delta","partial_json":"{\"a\":")"),
                 delta(R"("type":"input_json_delta","partial_json":"[1]}")"),
                 R"({"type":"content_block_stop","index":0})"});
  EXPECT_EQ(got["content"][0]["input"], (json{{"a", {1}}}));
  EXPECT_EQ(got["stop_reason"], "end_turn");
  EXPECT_EQ(got["usage"], (json{{"input_tokens", 9}, {"output_tokens", 7}}));
}

TEST(collect, gathers_citations) {
  const auto got = anthropic(
      {block(R"("type":"text","text":"","citations":null)"),
       delta(R"("type":"citations_delta","citation":{"cited_text":"a"})"),
       delta(R"("type":"text_delta","text":"t")"),
       delta(R"("type":"citations_delta","citation":{"cited_text":"b"})")});
  EXPECT_EQ(got["content"][0]["text"], "t");
  EXPECT_EQ(got["content"][0]["citations"],
            json::parse(R"([{"cited_text":"a"},{"cited_text":"b"}])"));
}

TEST(collect, gives_nothing_for_messages_in_doubt) {
  const auto tool = block(R"("type":"tool_use","id":"t","input":{})");
  EXPECT_TRUE(anthropic({}).is_object());
  EXPECT_TRUE(
      anthropic(
          {tool, delta(R"("type":"input_json_delta","partial_json":"{")")})
          .is_null());
  EXPECT_TRUE(
      anthropic({delta(R"("type":"text_delta","text":"a")")}).is_null());
  EXPECT_TRUE(anthropic({tool, tool}).is_null());
  EXPECT_TRUE(
      anthropic({tool, delta(R"("type":"new_delta","x":"a")")}).is_null());
  EXPECT_TRUE(anthropic({}, R"({"type":"error","error":{}})").is_null());
  EXPECT_TRUE(anthropic({}, R"({"type":"ping"})").is_null());
}

TEST(collect, takes_a_response_only_if_it_is_completed) {
  const auto end = [](const std::string& type, const std::string& status) {
    return collected(
        endpoint::responses,
        "event: response.created\ndata: {\"type\":\"response.created\","
        "\"response\":{\"status\":\"in_progress\"}}\n\nevent: "
            + type + "\ndata: {\"type\":\"" + type
            + "\",\"response\":{\"status\":\"" + status
            + "\",\"output\":[]}}\n\n");
  };
  EXPECT_TRUE(end("response.completed", "completed").is_object());
  EXPECT_TRUE(end("response.completed", "failed").is_null());
  EXPECT_TRUE(end("response.incomplete", "incomplete").is_null());
  EXPECT_TRUE(end("response.failed", "failed").is_null());
  EXPECT_TRUE(end("error", "completed").is_null());
  EXPECT_TRUE(end("response.in_progress", "completed").is_null());
}

TEST(collect, joins_geminis_texts_of_one_kind) {
  EXPECT_EQ(
      gemini({R"({"text":"a","thought":true})", R"({"text":"b"})",
              R"({"text":"c"},{"text":"d"})",
              R"({"functionCall":{"name":"f"}})", R"({"text":""})",
              R"({"text":"e","thoughtSignature":"s"})", R"({"text":"f"})"}),
      json::parse(R"([{"text":"a","thought":true},{"text":"bcd"},
              {"functionCall":{"name":"f"}},
              {"text":"e","thoughtSignature":"s"},{"text":"f"}])"));
}

TEST(collect, takes_a_prompt_that_gemini_blocked_as_an_answer) {
  EXPECT_TRUE(collected(endpoint::stream_generate_content,
                        sse({R"({"promptFeedback":{"blockReason":"SAFETY"}})"}))
                  .is_object());
  EXPECT_TRUE(collected(endpoint::stream_generate_content,
                        sse({R"({"promptFeedback":{}})"}))
                  .is_null());
}

TEST(collect, gives_up_beyond_its_limit_and_before_the_end) {
  const auto chunk =
      sse({R"({"choices":[{"index":0,"delta":{"content":"0123456789"}}]})"});
  stream_collector one{endpoint::chat_completions, framing::sse, 1000};
  int taken = 0;
  while (!one.gave_up() && ++taken < 200)
    one.feed(chunk);
  EXPECT_GT(taken, 80);
  EXPECT_LE(taken, 100);
  stream_collector event{endpoint::chat_completions, framing::sse, 1000};
  event.feed("data: " + std::string(2000, 'x'));
  EXPECT_TRUE(event.gave_up());
  EXPECT_FALSE(event.finish());
}

TEST(collect, counts_the_answer_and_not_the_stream) {
  const auto chunk = sse({R"({"id":"a name that every chunk repeats","model":
      "m","choices":[{"index":0,"delta":{"content":"x"}}],"usage":
      {"prompt_tokens":1,"completion_tokens":2}})"});
  stream_collector one{endpoint::chat_completions, framing::sse, 1000};
  for (int i = 0; i < 500; ++i)
    one.feed(chunk);
  EXPECT_FALSE(one.gave_up());
}

TEST(collect, survives_objects_that_never_stop_growing) {
  stream_collector one{endpoint::chat_completions};
  for (int i = 0; !one.gave_up(); ++i) {
    ASSERT_LT(i, 1000);
    one.feed(sse({R"({"choices":[{"index":0,"delta":{"x)" + std::to_string(i)
                  + R"(":1}}]})"}));
  }
  stream_collector many{endpoint::chat_completions};
  for (int i = 0; !many.gave_up(); ++i) {
    ASSERT_LT(i, 2000);
    many.feed(sse({R"({"choices":[{"index":)" + std::to_string(i)
                   + R"(,"delta":{}}]})"}));
  }
}

}  // namespace
}  // namespace troupe::http::wire
