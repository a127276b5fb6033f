// Streams of every wire: what goes out, when it began, how it ended.

#include "http/wire/answer_stream.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http::wire {

namespace {

constexpr auto chat = endpoint::chat_completions;

const std::string hello =
    R"(data: {"id":"1","choices":[{"index":0,"delta":{"content":"hi"},)"
    R"("finish_reason":null}],"usage":null})"
    "\n\n";
const std::string stop = R"(data: {"id":"1","choices":[{"index":0,"delta":{},)"
                         R"("finish_reason":"stop"}]})"
                         "\n\n";
const std::string counts =
    R"(data: {"id":"1","choices":[],"usage":{"prompt_tokens":10,)"
    R"("completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4,)"
    R"("cache_write_tokens":1},"completion_tokens_details":)"
    R"({"reasoning_tokens":2}}})"
    "\n\n";
const std::string done = "data: [DONE]\n\n";

const door_error cut{502, "upstream_cut", "The stream was cut.", {}, "r1", {}};

/// Feeds in pieces, as a socket would; returns what went out.
std::string fed(answer_stream& stream, std::string_view text,
                std::size_t piece = std::string_view::npos) {
  std::string out;
  while (!text.empty()) {
    const std::string part{text.substr(0, piece)};
    text.remove_prefix(part.size());
    out += stream.feed(part);
  }
  return out;
}

TEST(answer_stream, passes_whole_events_unchanged_and_uncopied) {
  answer_stream stream{chat};
  const auto text = hello + stop + done;
  const auto out = stream.feed(text);
  EXPECT_EQ(out.data(), text.data());
  EXPECT_EQ(out.size(), text.size());
  EXPECT_TRUE(stream.began());
  EXPECT_TRUE(stream.finish_reason_seen());
  EXPECT_TRUE(stream.finished());
  EXPECT_EQ(stream.fault(), fault::none);
}

TEST(answer_stream, holds_back_a_cut_event) {
  answer_stream stream{chat};
  EXPECT_EQ(fed(stream, hello + stop.substr(0, 20)), hello);
  EXPECT_FALSE(stream.finish_reason_seen());
  EXPECT_EQ(fed(stream, stop.substr(20)), stop);
}

TEST(answer_stream, passes_the_same_in_any_pieces) {
  const auto text = ": note\n\n" + hello + hello + stop + counts + done;
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    answer_stream stream{chat};
    EXPECT_EQ(fed(stream, text, piece), text) << piece;
    EXPECT_TRUE(stream.finished());
    EXPECT_EQ(stream.usage().total(), 17u);
  }
}

TEST(answer_stream, strips_only_the_usage_chunk) {
  const stream_options strip{framing::sse, usage_chunk::strip};
  for (const std::size_t piece : {1u, 7u, 10'000u}) {
    answer_stream stream{chat, strip};
    EXPECT_EQ(fed(stream, hello + stop + counts + done, piece),
              hello + stop + done);
    const auto& usage = stream.usage();
    EXPECT_TRUE(usage.reported);
    EXPECT_EQ(usage.in_uncached, 5u);
    EXPECT_EQ(usage.in_cache_read, 4u);
    EXPECT_EQ(usage.in_cache_write_5m, 1u);
    EXPECT_EQ(usage.out_text, 5u);
    EXPECT_EQ(usage.out_reasoning, 2u);
  }
}

TEST(answer_stream, keeps_an_empty_chunk_that_is_not_about_usage) {
  answer_stream stream{chat, {framing::sse, usage_chunk::strip}};
  const std::string filter{"data: {\"choices\":[],\"prompt_filter\":[]}\n\n"};
  EXPECT_EQ(fed(stream, filter), filter);
}

TEST(answer_stream, has_not_begun_with_comments_and_pings) {
  answer_stream openai{chat};
  fed(openai, ": waiting\n\n");
  EXPECT_FALSE(openai.began());
  answer_stream anthropic{endpoint::messages};
  fed(anthropic, "event: ping\ndata: {\"type\": \"ping\"}\n\n");
  EXPECT_FALSE(anthropic.began());
}

TEST(answer_stream, stops_at_a_malformed_event) {
  for (const auto* bad :
       {"data: {\"choices\":[}\n\n", "data: nonsense\n\n", "data: {\n\n",
        "data: {\"a\":1}}\n\n", "data: \"text\"\n\n"}) {
    answer_stream stream{chat};
    EXPECT_EQ(fed(stream, hello + bad + done), hello) << bad;
    EXPECT_EQ(stream.fault(), fault::malformed);
    EXPECT_EQ(stream.feed(done), "");
    EXPECT_FALSE(stream.finished());
  }
}

TEST(answer_stream, stops_at_an_event_beyond_the_limit) {
  answer_stream stream{chat, {framing::sse, usage_chunk::pass, 100}};
  fed(stream, "data: {\"a\":\"" + std::string(200, 'x'));
  EXPECT_EQ(stream.fault(), fault::malformed);
}

TEST(answer_stream, judges_an_error_event) {
  struct {
    endpoint at;
    const char* event;
    fault expected;
  } const cases[]{
      {chat, R"({"error":{"message":"x","code":"insufficient_quota"}})",
       fault::quota},
      {chat, R"({"error":{"message":"x","type":"server_error"}})",
       fault::transient},
      {endpoint::messages,
       R"({"type":"error","error":{"type":"overloaded_error","message":""}})",
       fault::transient},
      {endpoint::messages,
       R"({"type":"error","error":{"type":"rate_limit_error","message":""}})",
       fault::rate},
      {endpoint::responses,
       R"({"type":"error","code":"rate_limit_exceeded","message":"m"})",
       fault::rate},
      {endpoint::responses,
       R"({"type":"response.failed","response":{"error":{"code":"server_error","message":"m"}}})",
       fault::transient},
      {endpoint::stream_generate_content,
       R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})",
       fault::transient},
      {endpoint::stream_generate_content,
       R"({"error":{"code":429,"message":"retry in 3s","status":"RESOURCE_EXHAUSTED"}})",
       fault::rate},
  };
  for (const auto& c : cases) {
    answer_stream stream{c.at};
    fed(stream, "data: " + std::string{c.event} + "\n\n");
    EXPECT_EQ(stream.fault(), c.expected) << c.event;
    EXPECT_FALSE(stream.began());
    EXPECT_EQ(stream.end_cut(cut), "") << "the provider's own went out";
  }
}

TEST(answer_stream, passes_a_null_error) {
  answer_stream stream{chat};
  fed(stream, "data: {\"choices\":[],\"error\":null}\n\n");
  EXPECT_EQ(stream.fault(), fault::none);
}

TEST(answer_stream, is_not_finished_when_it_is_cut) {
  answer_stream stream{chat};
  fed(stream, hello + "data: {\"cho");
  EXPECT_EQ(stream.end(), "");
  EXPECT_FALSE(stream.finished());
  EXPECT_EQ(stream.complete(), "");
  EXPECT_EQ(stream.fault(), fault::none);
}

TEST(answer_stream, adds_a_forgotten_done_only_after_a_finish_reason) {
  answer_stream stream{chat};
  fed(stream, hello + stop);
  EXPECT_EQ(stream.complete(), "");
  stream.end();
  EXPECT_EQ(stream.complete(), done);
  answer_stream whole{chat};
  fed(whole, hello + stop + done);
  whole.end();
  EXPECT_EQ(whole.complete(), "");
}

TEST(answer_stream, completes_a_last_event_without_its_blank_line) {
  for (const auto* tail : {"data: [DONE]", "data: [DONE]\n"}) {
    answer_stream stream{chat};
    fed(stream, hello + tail);
    EXPECT_EQ(stream.end(), done);
    EXPECT_TRUE(stream.finished());
  }
}

TEST(answer_stream, follows_responses) {
  answer_stream stream{endpoint::responses};
  fed(stream, "event: response.created\ndata: {\"type\":\"response.created\","
              "\"sequence_number\":0,\"response\":{\"usage\":null}}\n\n");
  EXPECT_TRUE(stream.began());
  const auto event = nlohmann::json::parse(
      stream.end_cut(cut).substr(std::string{"event: error\ndata: "}.size()));
  EXPECT_EQ(event["sequence_number"], 1);
  EXPECT_EQ(event["type"], "error");
  EXPECT_TRUE(event["error"].is_object());
  fed(stream, "event: response.completed\ndata: {\"type\":\"response.completed"
              "\",\"sequence_number\":9,\"response\":{\"usage\":{"
              "\"input_tokens\":3,\"output_tokens\":5,\"output_tokens_details\""
              ":{\"reasoning_tokens\":4}}}}\n\n");
  EXPECT_TRUE(stream.finished());
  EXPECT_EQ(stream.usage().in_uncached, 3u);
  EXPECT_EQ(stream.usage().out_text, 1u);
  EXPECT_EQ(stream.usage().out_reasoning, 4u);
}

TEST(answer_stream, lets_the_last_counts_of_a_message_win) {
  answer_stream stream{endpoint::messages};
  fed(stream,
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{"
      "\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":5,"
      "\"cache_creation_input_tokens\":7,\"cache_creation\":{"
      "\"ephemeral_5m_input_tokens\":3,\"ephemeral_1h_input_tokens\":4},"
      "\"output_tokens\":1}}}\n\n");
  EXPECT_TRUE(stream.began());
  fed(stream,
      "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{"
      "\"stop_reason\":\"end_turn\"},\"usage\":{\"input_tokens\":null,"
      "\"cache_read_input_tokens\":6,\"output_tokens\":20,"
      "\"output_tokens_details\":{\"thinking_tokens\":8}}}\n\n");
  EXPECT_TRUE(stream.finish_reason_seen());
  EXPECT_FALSE(stream.finished());
  fed(stream, "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
  EXPECT_TRUE(stream.finished());
  const auto& usage = stream.usage();
  EXPECT_EQ(usage.in_uncached, 10u);
  EXPECT_EQ(usage.in_cache_read, 6u);
  EXPECT_EQ(usage.in_cache_write_5m, 3u);
  EXPECT_EQ(usage.in_cache_write_1h, 4u);
  EXPECT_EQ(usage.out_text, 12u);
  EXPECT_EQ(usage.out_reasoning, 8u);
}

const std::string gemini_more =
    R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}],)"
    R"("usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":1}})";
const std::string gemini_last =
    R"({"candidates":[{"finishReason":"STOP"}],"usageMetadata":)"
    R"({"promptTokenCount":9,"cachedContentTokenCount":4,)"
    R"("candidatesTokenCount":6,"thoughtsTokenCount":2}})";

void expect_gemini_usage(const token_usage& usage) {
  EXPECT_EQ(usage.in_uncached, 5u);
  EXPECT_EQ(usage.in_cache_read, 4u);
  EXPECT_EQ(usage.out_text, 6u);
  EXPECT_EQ(usage.out_reasoning, 2u);
}

TEST(answer_stream, takes_a_finish_reason_and_the_end_for_geminis_end) {
  answer_stream stream{endpoint::stream_generate_content};
  const auto text =
      "data: " + gemini_more + "\r\n\r\ndata: " + gemini_last + "\r\n\r\n";
  EXPECT_EQ(fed(stream, text, 5), text);
  EXPECT_TRUE(stream.finish_reason_seen());
  EXPECT_FALSE(stream.finished());
  stream.end();
  EXPECT_TRUE(stream.finished());
  expect_gemini_usage(stream.usage());
}

TEST(answer_stream, takes_a_refused_prompt_for_an_end) {
  answer_stream stream{endpoint::stream_generate_content};
  fed(stream, "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n");
  stream.end();
  EXPECT_TRUE(stream.finished());
}

TEST(answer_stream, follows_geminis_array) {
  const stream_options array{framing::json_array};
  const auto text = "[" + gemini_more + "\n,\n" + gemini_last + "\n]";
  for (const std::size_t piece : {1u, 3u, 50u, 5000u}) {
    answer_stream stream{endpoint::stream_generate_content, array};
    EXPECT_EQ(fed(stream, text, piece), text);
    EXPECT_FALSE(stream.finished());
    stream.end();
    EXPECT_TRUE(stream.finished());
    expect_gemini_usage(stream.usage());
  }
}

TEST(answer_stream, leaves_valid_json_of_a_cut_array) {
  const stream_options array{framing::json_array};
  const auto text = "[" + gemini_more + "\n,\n" + gemini_more + "\n]";
  for (std::size_t size = 0; size < text.size(); ++size) {
    answer_stream stream{endpoint::stream_generate_content, array};
    auto out = fed(stream, text.substr(0, size), 9);
    out += stream.end();
    EXPECT_FALSE(stream.finished());
    const auto whole = nlohmann::json::parse(out + stream.end_cut(cut));
    EXPECT_TRUE(whole.back().contains("error"));
  }
}

TEST(answer_stream, ends_a_cut_stream_with_the_wires_own_error) {
  const std::pair<endpoint, const char*> cases[]{
      {chat, "data: {\"error\":{"},
      {endpoint::responses, "event: error\ndata: {\"type\":\"error\""},
      {endpoint::messages, "event: error\ndata: {\"type\":\"error\",\"error\""},
      {endpoint::stream_generate_content, "data: {\"error\":{\"code\":502"},
  };
  for (const auto& [at, begin] : cases) {
    answer_stream stream{at};
    const auto event = stream.end_cut(cut);
    EXPECT_TRUE(event.starts_with(begin)) << event;
    EXPECT_TRUE(event.ends_with("\n\n"));
    EXPECT_EQ(event.find("[DONE]"), std::string::npos);
    // Read back by the same wire it is an error, not an end.
    answer_stream reader{at};
    fed(reader, event);
    EXPECT_EQ(reader.fault(), fault::transient);
  }
}

}  // namespace

}  // namespace troupe::http::wire
