// Chat and legacy completions: the shapes of wire_formats 4.2.

#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

namespace troupe::simulator {
namespace {

constexpr auto chat = "/v1/chat/completions";

class openai_chat : public testing::Test {
protected:
  script answer(const std::string& body, const char* path = chat) {
    return provider_.answer(ask(path, body), start_of_time());
  }

  json tools(const char* name = "get_weather") {
    return json::parse(R"([{"type":"function","function":{"name":")"
                       + std::string{name} + R"(","parameters":{
      "type":"object","required":["city","unit"],"properties":{
        "city":{"type":"string"},
        "unit":{"type":"string","enum":["celsius","fahrenheit"]},
        "days":{"type":"integer"}}}}}])");
  }

  provider provider_{settings{}};
};

TEST_F(openai_chat, repeats_the_message_and_counts_the_turns) {
  const auto body = body_of(answer(
      R"({"model":"m","messages":[{"role":"user","content":"one"},
         {"role":"assistant","content":"two"},
         {"role":"user","content":[{"type":"text","text":"three"}]}]})"));
  const auto& choice = body["choices"][0];
  const auto text = choice["message"]["content"].get<std::string>();
  EXPECT_TRUE(text.starts_with("You said: three (turn 2)")) << text;
  EXPECT_EQ(body["object"], "chat.completion");
  EXPECT_EQ(body["model"], "m");
  EXPECT_EQ(choice["finish_reason"], "stop");
  EXPECT_EQ(choice["message"]["role"], "assistant");
  EXPECT_TRUE(choice["message"]["refusal"].is_null());
  EXPECT_FALSE(choice["message"].contains("tool_calls"));
}

TEST_F(openai_chat, adds_up_its_usage) {
  const auto used = body_of(answer(chat_body("m", "hello")))["usage"];
  EXPECT_EQ(used["prompt_tokens"], 3 + 2);
  EXPECT_EQ(used["completion_tokens"], 24);
  EXPECT_EQ(used["total_tokens"], 29);
  EXPECT_EQ(used["prompt_tokens_details"]["cached_tokens"], 0);
  EXPECT_EQ(used["completion_tokens_details"]["reasoning_tokens"], 0);
}

TEST_F(openai_chat, streams_role_text_reason_and_done) {
  const auto made = answer(chat_body("m", "hi", {{"stream", true}}));
  EXPECT_EQ(made.headers.find("content-type"),
            "text/event-stream; charset=utf-8");
  const auto events = events_of(made);
  ASSERT_GT(events.size(), 4U);
  EXPECT_EQ(events.front().data()["choices"][0]["delta"]["role"], "assistant");
  EXPECT_EQ(events.back().text, "[DONE]");
  EXPECT_TRUE(made.steps.back().terminal);
  const auto end = events[events.size() - 2].data();
  EXPECT_EQ(end["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(end["choices"][0]["delta"], json::object());
  std::string text;
  for (std::size_t i = 1; i + 2 < events.size(); ++i) {
    const auto one = events[i].data();
    EXPECT_EQ(one["object"], "chat.completion.chunk");
    EXPECT_EQ(one["id"], end["id"]);
    EXPECT_TRUE(one["choices"][0]["finish_reason"].is_null());
    EXPECT_FALSE(one.contains("usage"));
    text += one["choices"][0]["delta"]["content"].get<std::string>();
  }
  const auto whole = body_of(answer(chat_body("m", "hi")));
  EXPECT_EQ(text, whole["choices"][0]["message"]["content"]);
}

TEST_F(openai_chat, says_usage_in_a_chunk_of_its_own_when_asked) {
  const auto events = events_of(answer(chat_body(
      "m", "hi",
      {{"stream", true}, {"stream_options", {{"include_usage", true}}}})));
  const auto last = events[events.size() - 2].data();
  EXPECT_EQ(last["choices"], json::array());
  EXPECT_EQ(last["usage"]["completion_tokens"], 24);
  const auto first = events.front().data();
  EXPECT_TRUE(first.contains("usage") && first["usage"].is_null());
}

TEST_F(openai_chat, calls_the_tool_that_the_user_mentions) {
  const auto body = body_of(
      answer(chat_body("m", "How is the weather in Paris, in fahrenheit?",
                       {{"tools", tools()}})));
  const auto& choice = body["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  EXPECT_TRUE(choice["message"]["content"].is_null());
  const auto& call = choice["message"]["tool_calls"][0];
  EXPECT_EQ(call["type"], "function");
  EXPECT_EQ(call["function"]["name"], "get_weather");
  EXPECT_EQ(json::parse(call["function"]["arguments"].get<std::string>()),
            json({{"city", "Paris"}, {"unit", "fahrenheit"}}));
}

TEST_F(openai_chat, streams_calls_in_parallel_by_index) {
  const auto events = events_of(answer(
      chat_body("m", "weather twice", {{"tools", tools()}, {"stream", true}})));
  std::string arguments[2];
  std::string ids[2];
  for (std::size_t i = 1; i + 2 < events.size(); ++i) {
    const auto call = events[i].data()["choices"][0]["delta"]["tool_calls"][0];
    const auto index = call["index"].get<std::size_t>();
    ASSERT_LT(index, 2U);
    arguments[index] += call["function"].value("arguments", "");
    ids[index] += call.value("id", "");
  }
  EXPECT_NE(ids[0], ids[1]);
  for (const auto& text : arguments)
    EXPECT_TRUE(json::accept(text)) << text;
  EXPECT_EQ(events[events.size() - 2].data()["choices"][0]["finish_reason"],
            "tool_calls");
}

TEST_F(openai_chat, calls_one_tool_when_parallel_calls_are_off) {
  const auto body = body_of(
      answer(chat_body("m", "weather twice",
                       {{"tools", tools()}, {"parallel_tool_calls", false}})));
  EXPECT_EQ(body["choices"][0]["message"]["tool_calls"].size(), 1U);
}

TEST_F(openai_chat, obeys_the_tool_choice) {
  const auto calls = [&](const json& choice) {
    const auto body = body_of(answer(chat_body(
        "m", "hello", {{"tools", tools()}, {"tool_choice", choice}})));
    return body["choices"][0]["message"].contains("tool_calls");
  };
  EXPECT_FALSE(calls("auto"));
  EXPECT_FALSE(calls("none"));
  EXPECT_TRUE(calls("required"));
  EXPECT_TRUE(
      calls({{"type", "function"}, {"function", {{"name", "get_weather"}}}}));
}

TEST_F(openai_chat, speaks_about_the_result_of_a_tool) {
  const auto body = body_of(answer(
      R"({"model":"m","messages":[{"role":"user","content":"weather?"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":
        "function","function":{"name":"get_weather","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c","content":"21 degrees"}]})"));
  const auto text = body["choices"][0]["message"]["content"].get<std::string>();
  EXPECT_TRUE(text.starts_with("The tool answered: 21 degrees")) << text;
}

TEST_F(openai_chat, writes_json_that_fits_the_schema) {
  const json schema{{"type", "object"},
                    {"required", {"name", "age"}},
                    {"properties",
                     {{"name", {{"type", "string"}}},
                      {"age", {{"type", "integer"}, {"minimum", 18}}}}}};
  const auto body = body_of(answer(chat_body(
      "m", "who?",
      {{"response_format",
        {{"type", "json_schema"},
         {"json_schema", {{"name", "person"}, {"schema", schema}}}}}})));
  const auto made =
      json::parse(body["choices"][0]["message"]["content"].get<std::string>());
  EXPECT_TRUE(made["name"].is_string());
  EXPECT_GE(made["age"].get<int>(), 18);
}

TEST_F(openai_chat, cuts_the_answer_at_the_tokens_allowed) {
  for (const auto* name : {"max_tokens", "max_completion_tokens"}) {
    const auto body = body_of(answer(chat_body("m", "hello", {{name, 5}})));
    EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
    EXPECT_EQ(body["usage"]["completion_tokens"], 5);
  }
}

TEST_F(openai_chat, stops_before_a_stop_sequence) {
  const auto body =
      body_of(answer(chat_body("m", "a STOP b", {{"stop", "STOP"}})));
  EXPECT_EQ(body["choices"][0]["message"]["content"], "You said: a ");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
}

TEST_F(openai_chat, gives_as_many_choices_as_asked_for) {
  const auto body = body_of(answer(chat_body("m", "hello", {{"n", 3}})));
  ASSERT_EQ(body["choices"].size(), 3U);
  EXPECT_EQ(body["choices"][2]["index"], 2);
  EXPECT_NE(body["choices"][0]["message"], body["choices"][1]["message"]);
  EXPECT_EQ(body["usage"]["completion_tokens"], 72);
}

TEST_F(openai_chat, gives_logprobs_for_each_token_when_asked) {
  const auto body = body_of(answer(
      chat_body("m", "hello", {{"logprobs", true}, {"top_logprobs", 2}})));
  const auto& tokens = body["choices"][0]["logprobs"]["content"];
  ASSERT_EQ(tokens.size(), 24U);
  EXPECT_EQ(tokens[0]["top_logprobs"].size(), 2U);
  EXPECT_TRUE(tokens[0]["bytes"].is_array());
}

TEST_F(openai_chat, splits_no_character_between_two_events) {
  const auto made = answer(
      chat_body("m", "\u00e9\u20ac\U0001F600\u00e9", {{"stream", true}}));
  std::string text;
  for (const auto& one : events_of(made)) {
    EXPECT_EQ(one.text.find("\\ufffd"), std::string::npos);
    EXPECT_EQ(one.text.find("\xef\xbf\xbd"), std::string::npos);
    if (one.text != "[DONE]")
      text += one.data()["choices"][0]["delta"].value("content", "");
  }
  EXPECT_NE(text.find("\u00e9\u20ac\U0001F600\u00e9"), std::string::npos);
}

TEST_F(openai_chat, names_the_field_at_fault) {
  const struct {
    std::string body;
    const char* param;
  } cases[] = {
      {"{}", "model"},
      {R"({"model":"m"})", "messages"},
      {R"({"model":"m","messages":[]})", "messages"},
      {R"({"model":"m","messages":{}})", "messages"},
      {R"({"model":"m","messages":[7]})", "messages[0]"},
      {R"({"model":"m","messages":[{"role":"x","content":"y"}]})",
       "messages[0].role"},
      {R"({"model":"m","messages":[{"role":"user"}]})", "messages[0].content"},
      {R"({"model":"m","messages":[{"role":"user","content":[{}]}]})",
       "messages[0].content[0].type"},
      {chat_body("m", "x", {{"max_tokens", -1}}), "max_tokens"},
      {chat_body("m", "x", {{"max_tokens", "1"}}), "max_tokens"},
      {chat_body("m", "x", {{"temperature", 9}}), "temperature"},
      {chat_body("m", "x", {{"stream", 1}}), "stream"},
      {chat_body("m", "x", {{"n", 1'000}}), "n"},
      {chat_body("m", "x", {{"tools", {{{"type", "function"}}}}}),
       "tools[0].function"},
      {chat_body("m", "x", {{"tool_choice", "required"}}), "tool_choice"},
      {chat_body("m", "x", {{"response_format", {{"type", "xml"}}}}),
       "response_format.type"},
      {chat_body("", "x"), "model"},
      {chat_body("bad\x1ename", "x"), "model"},
  };
  for (const auto& [body, param] : cases) {
    const auto made = answer(body);
    EXPECT_EQ(made.status, 400U) << body;
    const auto error = body_of(made)["error"];
    EXPECT_EQ(error["param"], param) << body;
    EXPECT_EQ(error["type"], "invalid_request_error");
    EXPECT_TRUE(error["message"].is_string());
  }
}

TEST_F(openai_chat, completes_a_bare_prompt) {
  const auto body =
      body_of(answer(R"({"model":"m","prompt":"Once"})", "/v1/completions"));
  EXPECT_EQ(body["object"], "text_completion");
  EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(body["usage"]["completion_tokens"], 16);
  const auto events = events_of(answer(
      R"({"model":"m","prompt":"Once","stream":true})", "/v1/completions"));
  EXPECT_EQ(events.back().text, "[DONE]");
  EXPECT_EQ(events.front().data()["object"], "text_completion");
}

}  // namespace
}  // namespace troupe::simulator
