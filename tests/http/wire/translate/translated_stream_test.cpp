// Streams of every provider for every client: what goes out, in what pieces,
// and how a cut one ends.

#include "http/wire/translate/translate_reply.hpp"
#include "http/wire/translate/translated_stream.hpp"
#include "tests/http/wire/translate/assembled.hpp"
#include "tests/http/wire/translate/samples.hpp"

#include <gtest/gtest.h>

#include <array>

namespace troupe::http::wire {

namespace {

using config::protocol;

const door_error cut{502, "stream_cut", "It was cut.", {}, "r1", {}};

reply_shape shape_of(protocol client, bool json_array = false) {
  reply_shape to{client, true, true, json_array, "req-1"};
  to.model = "asked-for";
  to.created = 1700000000;
  return to;
}

const std::array shapes{
    shape_of(protocol::openai), shape_of(protocol::anthropic),
    shape_of(protocol::gemini), shape_of(protocol::gemini, true)};

std::string fed(translated_stream& stream, std::string_view text,
                std::size_t piece = std::string_view::npos) {
  std::string out;
  while (!text.empty()) {
    const std::string part{text.substr(0, piece)};
    text.remove_prefix(part.size());
    out += stream.feed(part);
  }
  return out;
}

std::string translated(const sample& from, const reply_shape& to,
                       std::size_t piece = std::string_view::npos) {
  translated_stream stream{from.from, to};
  auto out = fed(stream, from.stream, piece);
  out += stream.end();
  EXPECT_TRUE(stream.finished()) << from.name;
  EXPECT_EQ(stream.fault(), fault::none) << from.name;
  EXPECT_EQ(stream.end_cut(cut), "") << from.name;
  return out;
}

/// The client's side of a stream, read as a provider's of that wire would be.
answer_stream read_back(const reply_shape& to, std::string_view out) {
  constexpr std::array endpoints{endpoint::chat_completions, endpoint::messages,
                                 endpoint::stream_generate_content};
  answer_stream reader{
      endpoints[static_cast<std::size_t>(to.client)],
      {to.json_array ? framing::json_array : framing::sse, usage_chunk::pass}};
  reader.feed(out);
  reader.end();
  return reader;
}

TEST(translated_stream, says_the_same_as_the_whole_answer) {
  for (const auto& each : samples())
    for (const auto& to : shapes) {
      SCOPED_TRACE(std::string{each.name} + " for "
                   + std::string{name_of(to.client)});
      const auto whole = translate_reply(each.from, each.whole, to);
      ASSERT_TRUE(whole.sound);
      const auto stream = translated(each, to);
      ASSERT_NO_THROW(assembled(to.client, stream)) << stream;
      EXPECT_EQ(assembled(to.client, stream).dump(1),
                comparable(to.client, whole.body).dump(1));
      EXPECT_TRUE(read_back(to, stream).finished());
    }
}

TEST(translated_stream, counts_as_the_whole_answer_and_as_the_client_reads) {
  for (const auto& each : samples())
    for (const auto& to : shapes) {
      SCOPED_TRACE(each.name);
      translated_stream stream{each.from, to};
      auto out = fed(stream, each.stream);
      out += stream.end();
      const auto whole = translate_reply(each.from, each.whole, to);
      EXPECT_EQ(stream.usage().total(), whole.usage.total());
      EXPECT_EQ(stream.usage().out_reasoning, whole.usage.out_reasoning);
      const auto read = read_back(to, out).usage();
      EXPECT_EQ(read.total(), whole.usage.total());
      EXPECT_EQ(read.in_cache_read, whole.usage.in_cache_read);
      EXPECT_EQ(read.out_reasoning, whole.usage.out_reasoning);
    }
}

TEST(translated_stream, gives_the_same_in_any_pieces) {
  for (const auto& each : samples())
    for (const auto& to : shapes) {
      const auto once = translated(each, to);
      for (const std::size_t piece : {1u, 2u, 13u, 200u})
        EXPECT_EQ(translated(each, to, piece), once) << each.name;
    }
}

void expect_no_end(const sample& from, const reply_shape& to,
                   std::size_t size) {
  translated_stream stream{from.from, to};
  auto out = fed(stream, std::string_view{from.stream}.substr(0, size));
  out += stream.end();
  ASSERT_EQ(stream.fault(), fault::none);
  if (stream.finished() || !stream.complete().empty()) {
    out += stream.complete();
    EXPECT_TRUE(read_back(to, out).finished());
    EXPECT_NO_THROW(assembled(to.client, out));
    return;
  }
  const auto shown = read_back(to, out);
  EXPECT_FALSE(shown.finished());
  EXPECT_FALSE(shown.finish_reason_seen());
  EXPECT_EQ(shown.fault(), fault::none);
  EXPECT_TRUE(stream.began() || !shown.began());
  EXPECT_THROW(assembled(to.client, out), std::exception);
  out += stream.end_cut(cut);
  const auto ended = read_back(to, out);
  EXPECT_EQ(ended.fault(), fault::transient);
  EXPECT_FALSE(ended.finished());
}

/// Every byte of one sample of each provider; of the others every 29th, which
/// meets an event's beginning, middle and end in turn.
TEST(translated_stream, never_shows_a_cut_as_an_end) {
  for (const auto& each : samples()) {
    const std::string_view name{each.name};
    const bool closely = name == "openai refusal" || name == "anthropic refusal"
                         || name == "gemini safety";
    for (const auto& to : shapes)
      for (std::size_t size = 0; size <= each.stream.size();
           size += closely ? 1 : 29) {
        SCOPED_TRACE(std::string{name} + " for "
                     + std::string{name_of(to.client)} + " cut at "
                     + std::to_string(size));
        expect_no_end(each, to, size);
        if (testing::Test::HasFailure())
          return;
      }
  }
}

TEST(translated_stream, gives_an_event_for_every_text_delta_at_once) {
  for (const auto* name :
       {"openai text", "anthropic thoughts and calls", "gemini thoughts"})
    for (const auto& to : shapes) {
      const auto& from = sample_of(name);
      translated_stream stream{from.from, to};
      sse_reader events;
      events.feed(from.stream);
      while (const auto block = events.next()) {
        const std::string raw{block->raw};
        const auto out = stream.feed(raw);
        const bool is_text = raw.find("text_delta") != std::string::npos
                             || raw.find("thinking_delta") != std::string::npos
                             || raw.find(R"("delta":{"content":")") != raw.npos
                             || raw.find(R"("parts":[{"text":"Y)") != raw.npos;
        EXPECT_FALSE(is_text && out.empty()) << raw;
      }
    }
}

TEST(translated_stream, tells_usage_to_an_openai_client_only_if_asked) {
  auto to = shape_of(protocol::openai);
  to.usage_chunk = false;
  const auto out = translated(sample_of("gemini thoughts"), to);
  EXPECT_EQ(out.find("usage"), std::string::npos);
  EXPECT_TRUE(out.ends_with("data: [DONE]\n\n"));
}

TEST(translated_stream, passes_pings_as_the_client_knows_them) {
  const std::pair<protocol, std::string> silences[]{
      {protocol::anthropic, "event: ping\ndata: {\"type\": \"ping\"}\n\n"},
      {protocol::openai, ": waiting\n\n"},
      {protocol::gemini, ": waiting\n\n"},
  };
  const std::pair<reply_shape, std::string> expected[]{
      {shapes[0], ": keep-alive\n\n"},
      {shapes[1], "event: ping\ndata: {\"type\":\"ping\"}\n\n"},
      {shapes[2], ": keep-alive\n\n"},
      {shapes[3], ""},
  };
  for (const auto& [from, silence] : silences)
    for (const auto& [to, out] : expected) {
      translated_stream stream{from, to};
      EXPECT_EQ(stream.feed(silence), out);
      EXPECT_FALSE(stream.began());
      EXPECT_EQ(stream.feed("\n\n"), "") << "a blank line is no sign of life";
    }
}

TEST(translated_stream, makes_an_error_event_the_clients_own) {
  struct {
    protocol from;
    const char* data;
    fault expected;
    unsigned status;
  } const cases[]{
      {protocol::openai,
       R"({"error":{"message":"too \"fast\"","code":"rate_limit_exceeded"}})",
       fault::rate, 429},
      {protocol::openai, R"({"error":{"message":"m","type":"server_error"}})",
       fault::transient, 500},
      {protocol::anthropic,
       R"({"type":"error","error":{"type":"overloaded_error","message":"m"}})",
       fault::transient, 529},
      {protocol::gemini,
       R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})",
       fault::transient, 503},
  };
  for (const auto& c : cases)
    for (const auto& to : shapes) {
      SCOPED_TRACE(c.data);
      translated_stream stream{c.from, to};
      const auto error = events(protocol::gemini, {c.data});
      const std::string out{stream.feed(error)};
      EXPECT_EQ(stream.fault(), c.expected);
      EXPECT_FALSE(stream.began()) << "it may be tried elsewhere";
      EXPECT_EQ(stream.feed(error), "") << "an error ends the reading";
      EXPECT_EQ(stream.end(), "");
      EXPECT_EQ(stream.end_cut(cut), "") << "an error was told";
      EXPECT_FALSE(stream.finished());
      EXPECT_EQ(read_back(to, out).fault(), c.expected) << out;
      if (to.client == protocol::gemini) {
        EXPECT_NE(out.find("\"code\":" + std::to_string(c.status)),
                  std::string::npos)
            << out;
      }
    }
}

TEST(translated_stream, tells_an_error_in_the_middle) {
  for (const auto& each : samples())
    for (const auto& to : shapes) {
      translated_stream stream{each.from, to};
      sse_reader reader;
      reader.feed(each.stream);
      std::string out{stream.feed(reader.next()->raw)};
      out += stream.feed(
          "event: error\ndata: {\"type\":\"error\",\"error\":{\"code\":500,"
          "\"type\":\"api_error\",\"message\":\"broke\"}}\n\n");
      EXPECT_EQ(stream.fault(), fault::transient) << each.name;
      EXPECT_TRUE(stream.began());
      EXPECT_EQ(stream.end_cut(cut), "");
      EXPECT_EQ(read_back(to, out).fault(), fault::transient) << out;
      EXPECT_NE(out.find("broke"), std::string::npos);
    }
}

TEST(translated_stream, stops_at_what_is_no_event) {
  const char* const bad[]{"data: nonsense\n\n", "data: {\n\n", "data: []\n\n",
                          "data: {\"a\":1}}\n\n"};
  for (const auto& each : samples())
    for (const auto& to : shapes)
      for (const auto* event : bad) {
        translated_stream stream{each.from, to};
        EXPECT_EQ(fed(stream, event + each.stream), "");
        EXPECT_EQ(stream.fault(), fault::malformed);
        EXPECT_FALSE(stream.began());
        EXPECT_EQ(stream.end(), "");
        EXPECT_EQ(read_back(to, stream.end_cut(cut)).fault(), fault::transient);
      }
}

TEST(translated_stream, refuses_texts_that_would_break_the_clients_json) {
  for (const auto* text : {R"(\x)", R"(\u12)", R"(\u12g4)", "tab\there"}) {
    translated_stream stream{protocol::openai, shapes[1]};
    EXPECT_EQ(stream.feed(R"(data: {"choices":[{"index":0,"delta":{"content":")"
                          + std::string{text} + "\"}}]}\n\n"),
              "");
    EXPECT_EQ(stream.fault(), fault::malformed) << text;
  }
}

TEST(translated_stream, follows_geminis_array) {
  const auto& from = sample_of("gemini thoughts");
  std::string array{"["};
  for (const auto& event : client_events(from.stream))
    array += (array.size() > 1 ? "\n,\r\n" : "") + event.data;
  array += "\n]";
  for (const auto& to : shapes)
    for (const std::size_t piece : {1u, 7u, 9999u}) {
      translated_stream stream{protocol::gemini, to, {framing::json_array}};
      auto out = fed(stream, array, piece);
      out += stream.end();
      EXPECT_TRUE(stream.finished());
      EXPECT_EQ(out, translated(from, to));
      translated_stream half{protocol::gemini, to, {framing::json_array}};
      fed(half, array.substr(0, array.size() - 1));
      half.end();
      EXPECT_FALSE(half.finished()) << "the bracket is missing";
    }
}

TEST(translated_stream, needs_every_candidates_finish) {
  translated_stream stream{protocol::gemini, shapes[0]};
  stream.feed(events(
      protocol::gemini,
      {R"({"candidates":[{"index":0,"finishReason":"STOP"},{"index":1}]})"}));
  stream.end();
  EXPECT_TRUE(stream.finish_reason_seen());
  EXPECT_FALSE(stream.finished());
}

TEST(translated_stream, completes_where_done_was_forgotten) {
  const auto& from = sample_of("openai refusal");
  for (const auto& to : shapes) {
    translated_stream stream{protocol::openai, to};
    const std::string done = "data: [DONE]\n\n";
    auto out =
        fed(stream, from.stream.substr(0, from.stream.size() - done.size()));
    EXPECT_EQ(stream.complete(), "");
    out += stream.end();
    EXPECT_FALSE(stream.finished());
    EXPECT_EQ(out + std::string{stream.complete()}, translated(from, to));
  }
}

TEST(translated_stream, begins_with_the_first_event_that_says_who_it_is) {
  for (const auto& to : shapes) {
    const auto& from = sample_of("openai refusal");
    translated_stream stream{protocol::openai, to};
    const auto early = R"({"id":"","choices":[],"prompt_filter_results":[]})";
    EXPECT_EQ(fed(stream, events(protocol::openai, {early})), "");
    EXPECT_EQ(fed(stream, from.stream), translated(from, to));
  }
}

TEST(translated_stream, gives_calls_one_after_the_other) {
  const auto& from = sample_of("openai side by side calls");
  const auto message =
      assembled(protocol::anthropic, translated(from, shapes[1]));
  EXPECT_EQ(message["content"][0]["id"], "call_a");
  EXPECT_EQ(message["content"][0]["input"]["x"], "}\\");
  EXPECT_EQ(message["content"][1]["input"]["y"][0], 1);
}

TEST(translated_stream, streams_the_arguments_of_the_first_call) {
  translated_stream stream{protocol::openai, shapes[1]};
  const auto call = [&](const std::string& members) {
    return std::string{stream.feed(events(
        protocol::openai, {R"({"choices":[{"index":0,"delta":{"tool_calls":[)"
                           + members + "]}}]}"}))};
  };
  EXPECT_NE(call(R"({"index":0,"id":"a","function":{"name":"f"}})")
                .find("content_block_start"),
            std::string::npos);
  EXPECT_NE(call(R"({"index":0,"function":{"arguments":"{\"k"}})")
                .find(R"("partial_json":"{\"k")"),
            std::string::npos);
  EXPECT_EQ(call(R"({"index":1,"id":"b","function":{"name":"g"}})"), "");
  const auto rest = call(R"({"index":0,"function":{"arguments":"\":1}"}})");
  EXPECT_NE(rest.find("content_block_stop"), std::string::npos);
  EXPECT_NE(rest.find(R"("name":"g")"), std::string::npos);
  call(R"({"index":0,"function":{"arguments":" \n"}})");
  EXPECT_EQ(stream.fault(), fault::none) << "blanks behind the end";
  call(R"({"index":0,"function":{"arguments":"x"}})");
  EXPECT_EQ(stream.fault(), fault::malformed) << "too late";
}

TEST(translated_stream, gives_up_beyond_the_limits) {
  const std::pair<std::string, fault> cases[]{
      {R"({"choices":[{"index":127,"delta":{"content":"a"}}]})", fault::none},
      {R"({"choices":[{"index":128,"delta":{"content":"a"}}]})",
       fault::malformed},
      {R"({"choices":[{"index":99999999999,"delta":{}}]})", fault::malformed},
  };
  for (const auto& [data, expected] : cases) {
    translated_stream stream{protocol::openai, shapes[0]};
    stream.feed(events(protocol::openai, {data}));
    EXPECT_EQ(stream.fault(), expected) << data;
  }
  for (const auto& to : shapes) {
    translated_stream stream{protocol::openai, to};
    for (std::size_t i = 0; i <= calls_max; ++i) {
      EXPECT_EQ(stream.fault(), fault::none);
      stream.feed(events(
          protocol::openai,
          {R"({"choices":[{"delta":{"tool_calls":[{"id":"c)" + std::to_string(i)
           + R"(","function":{"name":"f","arguments":"{}"}}]}}]})"}));
    }
    EXPECT_EQ(stream.fault(), fault::malformed);
  }
  translated_stream small{
      protocol::openai, shapes[0], {framing::sse, usage_chunk::pass, 100}};
  small.feed("data: {\"a\":\"" + std::string(200, 'x'));
  EXPECT_EQ(small.fault(), fault::malformed);
}

}  // namespace

}  // namespace troupe::http::wire
