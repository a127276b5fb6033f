// What is read of a request, what is refused, and that a change changes nothing
// else.

#include "http/wire/json.hpp"
#include "http/wire/request_facts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http::wire {

namespace {

match of(endpoint e, std::string_view model = {}) {
  return {e, row_of(e).protocol, model, "v1beta"};
}

reading read(endpoint e, std::string body, std::string_view model = {}) {
  return read_request(of(e, model), body);
}

constexpr auto chat = endpoint::chat_completions;

TEST(request_facts, reads_model_stream_and_usage_wish) {
  const auto got = read(chat, R"( {"model" : "gpt-4o", "stream": true,
      "stream_options":{"include_usage":true}, "messages":[]} )");
  ASSERT_FALSE(got.refused);
  EXPECT_EQ(got.facts.model, "gpt-4o");
  EXPECT_TRUE(got.facts.streams);
  EXPECT_TRUE(got.facts.asks_usage);
}

TEST(request_facts, resolves_escapes_in_model_and_keys) {
  const auto got = read(chat, R"({"mod\u0065l":"meta\/llama","messages":[]})");
  ASSERT_FALSE(got.refused);
  EXPECT_EQ(got.facts.model, "meta/llama");
}

TEST(request_facts, takes_what_providers_take) {
  const std::pair<endpoint, const char*> cases[]{
      {chat, R"({"model":"m","messages":[],"stream":null,"max_tokens":null})"},
      {chat, R"({"model":"m","messages":["\ud83d"],"temperature":1e400})"},
      {chat,
       R"({"model":"m","messages":[],"max_tokens":12.0,"new":{"a":[1]}})"},
      {endpoint::completions, R"({"model":"m","prompt":null})"},
      {endpoint::responses, R"({"model":"m","input":"hi"})"},
      {endpoint::responses, R"({"model":"m","previous_response_id":"r"})"},
      {endpoint::embeddings, R"({"model":"m","input":["a"],"stream":3})"},
      {endpoint::messages, R"({"model":"m","messages":[],"max_tokens":9})"},
      {endpoint::generate_content, R"({"contents":[]})"},
      {endpoint::generate_content, R"({"contents":{"parts":{"text":"a"}}})"},
      {endpoint::count_tokens, R"({"generateContentRequest":{"contents":[]}})"},
      {endpoint::embed_content, R"({"content":{},"model":"models/m"})"},
      {endpoint::batch_embed_contents,
       R"({"requests":[{"model":"models/m"}]})"},
  };
  for (const auto& [e, body] : cases) {
    const auto got = read(e, body, "m");
    EXPECT_FALSE(got.refused) << body << ": " << got.refused->message;
  }
}

TEST(request_facts, names_the_field_at_fault) {
  struct {
    endpoint at;
    const char* body;
    const char* param;
  } const cases[]{
      {chat, R"({"messages":[]})", "model"},
      {chat, R"({"model":"","messages":[]})", "model"},
      {chat, R"({"model":7,"messages":[]})", "model"},
      {chat, R"({"model":"a","model":"b","messages":[]})", "model"},
      {chat, R"({"model":"m"})", "messages"},
      {chat, R"({"model":"m","messages":"hi"})", "messages"},
      {chat, R"({"model":"m","messages":[],"stream":"yes"})", "stream"},
      {chat, R"({"model":"m","messages":[],"max_tokens":"9"})", "max_tokens"},
      {chat, R"({"model":"m","messages":[],"max_tokens":-1})", "max_tokens"},
      {chat, R"({"model":"m","messages":[],"max_completion_tokens":1.5})",
       "max_completion_tokens"},
      {chat, R"({"model":"m","messages":[],"stream_options":1})",
       "stream_options"},
      {chat,
       R"({"model":"m","messages":[],"stream_options":{"include_usage":1}})",
       "stream_options.include_usage"},
      {endpoint::completions, R"({"model":"m"})", "prompt"},
      {endpoint::responses, R"({"model":"m","input":null})", "input"},
      {endpoint::embeddings, R"({"model":"m","input":{}})", "input"},
      {endpoint::messages, R"({"model":"m","messages":[],"max_tokens":{}})",
       "max_tokens"},
      {endpoint::generate_content, R"({})", "contents"},
      {endpoint::generate_content,
       R"({"contents":[],"generationConfig":{"maxOutputTokens":[]}})",
       "generationConfig.maxOutputTokens"},
      {endpoint::batch_embed_contents, R"({"requests":{}})", "requests"},
  };
  for (const auto& c : cases) {
    const auto got = read(c.at, c.body, "m");
    ASSERT_TRUE(got.refused) << c.body;
    EXPECT_EQ(got.refused->param, c.param) << c.body;
    EXPECT_NE(got.refused->message.find(c.param), std::string::npos);
  }
}

TEST(request_facts, refuses_what_is_no_json_object) {
  for (const auto* body :
       {"", "  ", "[]", "7", "null", "{", "{}x", R"({"model":"m",})",
        R"({"model":"m","messages":[1 2]})",
        R"({"model":"m","messages":[tru]})", R"({"model":"m" "messages":[]})",
        R"({"model":"m","messages":[}])", R"({"model":"m","messages":[]} {})",
        "{\"model\":\"\xff\"}", R"({"model":"m","messages":[],"x":01a})"}) {
    const auto got = read(chat, body);
    ASSERT_TRUE(got.refused) << body;
    EXPECT_EQ(got.refused->param, "") << body;
  }
  EXPECT_EQ(read(chat, R"({"model":"m",})").refused->message,
            "The body is not valid JSON, at byte 14.");
}

TEST(request_facts, survives_a_bomb_of_brackets) {
  for (const auto* bracket : {"[", "{\"a\":"}) {
    std::string body{R"({"model":"m","messages":[)"};
    for (int i = 0; i < 200'000; ++i)
      body += bracket;
    EXPECT_TRUE(read(chat, body).refused);
  }
  const std::string deep(json::depth_max + 1, '[');
  const std::string close(json::depth_max + 1, ']');
  EXPECT_TRUE(
      read(chat, R"({"model":"m","messages":)" + deep + close + "}").refused);
}

TEST(request_facts, reads_a_body_of_32_mib) {
  const auto got =
      read(chat, R"({"messages":[")" + std::string((32u << 20) - 100, 'x')
                     + R"("],"model":"m"})");
  ASSERT_FALSE(got.refused);
  EXPECT_EQ(got.facts.model, "m");
  EXPECT_GT(got.facts.tokens_estimated, 8'000'000u);
}

TEST(request_facts, estimates_input_and_the_output_asked_for) {
  struct {
    endpoint at;
    const char* body;
    std::uint64_t output;
  } const cases[]{
      {chat, R"({"model":"m","messages":[]})", output_tokens_default},
      {chat, R"({"model":"m","messages":[],"max_tokens":50})", 50},
      {chat, R"({"model":"m","messages":[],"max_completion_tokens":0})", 0},
      {chat, R"({"model":"m","messages":[],"max_tokens":50,"n":3})", 150},
      {endpoint::responses, R"({"model":"m","input":"","max_output_tokens":7})",
       7},
      {endpoint::messages, R"({"model":"m","messages":[],"max_tokens":8})", 8},
      {endpoint::generate_content,
       R"({"contents":[],"generationConfig":{"maxOutputTokens":9}})", 9},
      {endpoint::embeddings, R"({"model":"m","input":"x"})", 0},
      {endpoint::count_message_tokens, R"({"model":"m","messages":[]})", 0},
  };
  for (const auto& c : cases)
    EXPECT_EQ(read(c.at, c.body, "m").facts.tokens_estimated,
              std::string_view{c.body}.size() / bytes_per_token + c.output)
        << c.body;
}

TEST(request_facts, does_not_count_a_picture_as_text) {
  const std::string picture(400'000, 'A');
  const auto got =
      read(chat, R"({"model":"m","max_tokens":0,"messages":[{"image_url":{"url":
             "data:image/png;base64,)"
                     + picture + R"("}},{"data":")" + picture + R"("}]})");
  ASSERT_FALSE(got.refused);
  EXPECT_LT(got.facts.tokens_estimated, 2 * media_tokens + 100);
  EXPECT_GE(got.facts.tokens_estimated, 2 * media_tokens);
}

TEST(request_facts, changes_only_the_model) {
  const std::string body{R"( {"a" : 1,"model" : "old" , "messages":[ ]} )"};
  const auto got = read(chat, body);
  EXPECT_EQ(with_model(body, got.facts, "n\"ew"),
            R"( {"a" : 1,"model" : "n\"ew" , "messages":[ ]} )");
}

TEST(request_facts, changes_every_model_of_a_gemini_batch) {
  const std::string body{
      R"({"requests":[{"model":"models/a"},{"x":1,"model":"models/a"}]})"};
  const auto got = read(endpoint::batch_embed_contents, body, "a");
  EXPECT_EQ(got.facts.model, "a");
  EXPECT_EQ(
      with_model(body, got.facts, "b"),
      R"({"requests":[{"model":"models/b"},{"x":1,"model":"models/b"}]})");
}

TEST(request_facts, asks_for_usage_whatever_the_options_were) {
  const std::pair<const char*, const char*> cases[]{
      {R"({"model":"m","messages":[]})",
       R"({"stream_options":{"include_usage":true},"model":"m","messages":[]})"},
      {R"({"stream_options":null,"model":"m","messages":[]})",
       R"({"stream_options":{"include_usage":true},"model":"m","messages":[]})"},
      {R"({"stream_options":{ },"model":"m","messages":[]})",
       R"({"stream_options":{"include_usage":true },"model":"m","messages":[]})"},
      {R"({"model":"m","stream_options":{"x":1},"messages":[]})",
       R"({"model":"m","stream_options":{"include_usage":true,"x":1},"messages":[]})"},
      {R"({"model":"m","stream_options":{"include_usage":false},"messages":[]})",
       R"({"model":"m","stream_options":{"include_usage":true},"messages":[]})"},
      {R"({"model":"m","stream_options":{"include_usage":true},"messages":[]})",
       R"({"model":"m","stream_options":{"include_usage":true},"messages":[]})"},
  };
  for (const auto& [body, expected] : cases)
    EXPECT_EQ(with_usage_asked(body, read(chat, body).facts), expected);
}

TEST(request_facts, changes_model_and_usage_at_once) {
  const std::string body{R"({"messages":[],"stream_options":{},"model":"m"})"};
  EXPECT_EQ(
      rewritten(body, read(chat, body).facts, {"n", true}),
      R"({"messages":[],"stream_options":{"include_usage":true},"model":"n"})");
}

TEST(request_facts, needs_no_body_where_the_endpoint_has_none) {
  std::string body;
  const auto got = read_request(of(endpoint::get_model, "org%2Fm"), body);
  EXPECT_FALSE(got.refused);
  EXPECT_EQ(got.facts.model, "org/m");
}

}  // namespace

}  // namespace troupe::http::wire
