// /api/chat in the words of three dialects, and back.

#include "http/routes/chat_codec.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http {
namespace {

using config::protocol;
using nlohmann::json;

constexpr protocol protocols[] = {protocol::openai, protocol::anthropic,
                                  protocol::gemini};

TEST(chat_codec, refuses_what_it_cannot_read_and_names_the_field) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"[]", ""},
      {"nonsense", ""},
      {"{}", "message"},
      {R"({"message":""})", "message"},
      {R"({"message":5})", "message"},
      {R"({"message":"a","model":1})", "model"},
      {R"({"message":"a","system":[]})", "system"},
      {R"({"message":"a","stream":"yes"})", "stream"},
      {R"({"message":"a","max_tokens":0})", "max_tokens"},
      {R"({"message":"a","max_tokens":-1})", "max_tokens"},
      {R"({"message":"a","history":{}})", "history"},
      {R"({"message":"a","history":[{"role":"user"}]})", "history[0].content"},
      {R"({"message":"a","history":[{"role":"x","content":"y"}]})",
       "history[0].role"},
  };
  for (const auto& [body, field] : rows) {
    const auto read = read_chat(body);
    const auto* fault = std::get_if<chat_fault>(&read);
    ASSERT_NE(fault, nullptr) << body;
    EXPECT_EQ(fault->field, field) << body;
    EXPECT_FALSE(fault->message.empty());
  }
}

TEST(chat_codec, reads_message_history_and_wishes) {
  const auto read = read_chat(
      R"({"message":"and now?","history":[{"role":"user","content":"a"},
          {"role":"assistant","content":"b"}],"system":"s","model":"m",
          "max_tokens":7,"stream":true})");
  const auto& asked = std::get<chat_request>(read);
  ASSERT_EQ(asked.turns.size(), 3u);
  EXPECT_TRUE(asked.turns[0].from_user);
  EXPECT_FALSE(asked.turns[1].from_user);
  EXPECT_EQ(asked.turns[2].content, "and now?");
  EXPECT_EQ(asked.system, "s");
  EXPECT_EQ(asked.model, "m");
  EXPECT_EQ(asked.max_tokens, 7u);
  EXPECT_TRUE(asked.stream);
}

TEST(chat_codec, writes_valid_json_in_every_dialect_whatever_the_text) {
  chat_request asked;
  asked.turns = {{true, "quote \" newline \n not utf-8 \xff"}};
  asked.model = "m";
  asked.system = "be kind";
  for (const auto p : protocols) {
    request req;
    write_chat(asked, p, req);
    EXPECT_TRUE(json::accept(req.body)) << name_of(p);
    EXPECT_NE(req.body.find("be kind"), std::string::npos) << name_of(p);
    EXPECT_EQ(req.method, "POST");
  }
}

TEST(chat_codec, asks_gemini_for_its_stream_in_the_target) {
  chat_request asked;
  asked.turns = {{true, "x"}};
  asked.model = "m";
  asked.stream = true;
  request req;
  write_chat(asked, protocol::gemini, req);
  EXPECT_EQ(req.target, "/v1beta/models/m:streamGenerateContent?alt=sse");
}

TEST(chat_codec, finds_the_reply_in_every_dialect) {
  EXPECT_EQ(reply_of(protocol::openai,
                     R"({"choices":[{"message":{"content":"hi"}}]})"),
            "hi");
  EXPECT_EQ(reply_of(protocol::anthropic,
                     R"({"content":[{"type":"thinking","thinking":"hm"},
                         {"type":"text","text":"h"},
                         {"type":"text","text":"i"}]})"),
            "hi");
  EXPECT_EQ(reply_of(protocol::gemini,
                     R"({"candidates":[{"content":{"parts":[
                         {"text":"hm","thought":true},{"text":"hi"}]}}]})"),
            "hi");
}

TEST(chat_codec, finds_no_reply_where_there_is_none) {
  for (const auto p : protocols)
    for (const auto body : {"", "[]", "{}", "nonsense", R"({"choices":[]})",
                            R"({"candidates":[]})", R"({"content":5})"})
      EXPECT_EQ(reply_of(p, body).value_or(""), "") << name_of(p) << body;
}

TEST(chat_codec, finds_what_one_event_adds) {
  EXPECT_EQ(
      delta_of(protocol::openai, R"({"choices":[{"delta":{"content":"h"}}]})"),
      "h");
  EXPECT_EQ(delta_of(protocol::openai, "[DONE]"), "");
  EXPECT_EQ(delta_of(protocol::anthropic,
                     R"({"delta":{"type":"text_delta","text":"h"}})"),
            "h");
  EXPECT_EQ(delta_of(protocol::anthropic, R"({"type":"ping"})"), "");
  EXPECT_EQ(
      delta_of(protocol::gemini,
               R"({"candidates":[{"content":{"parts":[{"text":"h"}]}}]})"),
      "h");
}

TEST(chat_codec, finds_the_message_of_an_error) {
  EXPECT_EQ(error_message_of(R"({"error":{"message":"no"}})"), "no");
  EXPECT_EQ(error_message_of(R"({"error":"no"})"), "");
  EXPECT_EQ(error_message_of("nonsense"), "");
}

}  // namespace
}  // namespace troupe::http
