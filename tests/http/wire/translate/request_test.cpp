// What surrounds a translated body: endpoint, version, shape of the answer.

#include "tests/http/wire/translate/translating.hpp"

namespace troupe::http::wire {

namespace {

TEST(request, goes_to_the_providers_endpoint) {
  struct {
    config::protocol to;
    bool streams;
    endpoint expected;
    const char* version;
  } const rows[]{
      {openai, false, endpoint::chat_completions, ""},
      {openai, true, endpoint::chat_completions, ""},
      {anthropic, false, endpoint::messages, "2023-06-01"},
      {anthropic, true, endpoint::messages, "2023-06-01"},
      {gemini, false, endpoint::generate_content, ""},
      {gemini, true, endpoint::stream_generate_content, ""},
  };
  for (const auto from : {openai, anthropic, gemini})
    for (const auto& r : rows) {
      const auto got =
          translate({from, r.to, "m", r.streams}, chat_with(from, ""));
      ASSERT_FALSE(got.refused);
      EXPECT_EQ(got.request.endpoint, r.expected);
      EXPECT_EQ(got.request.anthropic_version, r.version);
      EXPECT_EQ(got.request.shape.client, from);
      EXPECT_EQ(got.request.shape.streams, r.streams);
    }
}

TEST(request, tells_how_the_client_wants_its_answer) {
  const auto usage = translate(
      {openai, gemini, "m", true},
      chat_with(openai, R"("stream_options":{"include_usage":true},)"), {},
      {.request_id = "req-1"});
  EXPECT_TRUE(usage.request.shape.usage_chunk);
  EXPECT_EQ(usage.request.shape.request_id, "req-1");
  const auto plain =
      translate({openai, gemini, "m", true}, chat_with(openai, ""));
  EXPECT_FALSE(plain.request.shape.usage_chunk);
  const auto body = chat_with(gemini, "");
  EXPECT_TRUE(
      translate({gemini, openai, "m", true}, body).request.shape.json_array);
  EXPECT_FALSE(translate({gemini, openai, "m", true}, body, {},
                         {.query = "key=k&alt=sse"})
                   .request.shape.json_array);
  EXPECT_FALSE(
      translate({gemini, openai, "m", false}, body).request.shape.json_array);
}

TEST(request, sends_the_configured_limit_where_the_client_set_none) {
  const auto got = translate({openai, anthropic}, chat_with(openai, ""), {},
                             {.max_tokens_default = 77});
  EXPECT_EQ(at(parsed(got.request.body), "/max_tokens"), 77);
}

TEST(request, survives_a_long_conversation_in_good_time) {
  std::string messages = "[";
  for (int i = 0; i < 4'000; ++i)
    messages +=
        R"({"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"x"},)";
  messages += R"({"role":"user","content":"x"}])";
  for (const auto to : {openai, anthropic, gemini})
    EXPECT_FALSE(translate({openai, to}, chat_of(openai, messages)).refused);
}

}  // namespace

}  // namespace troupe::http::wire
