// Whole answers and errors: every stop reason, every count, every kind of part,
// for every client.

#include "http/wire/translate/translate_reply.hpp"
#include "tests/http/wire/translate/samples.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http::wire {

namespace {

using config::protocol;
using nlohmann::json;

reply_shape shape_of(protocol client) {
  reply_shape to{client, false, false, false, "req-1"};
  to.model = "asked \"for\"";
  to.created = 1700000000;
  return to;
}

json translated(protocol from, const std::string& body, protocol client) {
  const auto got = translate_reply(from, body, shape_of(client));
  EXPECT_TRUE(got.sound) << body;
  EXPECT_EQ(got.fault, fault::none);
  return got.sound ? json::parse(got.body) : json{};
}

json translated(const char* name, protocol client) {
  const auto& from = sample_of(name);
  auto body = from.whole;
  if (const auto lone = body.find(R"( \ud800)"); lone != std::string::npos)
    body.erase(lone, 7);
  return translated(from.from, body, client);
}

std::string openai_body(const std::string& message, const std::string& reason) {
  return R"({"choices":[{"index":0,"message":)" + message
         + R"(,"finish_reason":")" + reason + "\"}]}";
}

std::string anthropic_body(const std::string& content,
                           const std::string& reason) {
  return R"({"type":"message","content":[)" + content + R"(],"stop_reason":")"
         + reason + "\"}";
}

std::string gemini_body(const std::string& parts, const std::string& reason) {
  return R"({"candidates":[{"content":{"parts":[)" + parts
         + R"(]},"finishReason":")" + reason + "\"}]}";
}

std::string reason_in(const json& body, protocol client) {
  switch (client) {
  case protocol::openai:
    return body["choices"][0]["finish_reason"];
  case protocol::anthropic:
    return body["stop_reason"];
  case protocol::gemini:
    break;
  }
  return body["candidates"][0]["finishReason"];
}

TEST(translate_reply, maps_every_stop_reason) {
  struct {
    protocol from;
    std::string body;
    const char* openai;
    const char* anthropic;
    const char* gemini;
  } const cases[]{
      {protocol::openai, openai_body("{}", "stop"), "stop", "end_turn", "STOP"},
      {protocol::openai, openai_body("{}", "length"), "length", "max_tokens",
       "MAX_TOKENS"},
      {protocol::openai, openai_body("{}", "tool_calls"), "tool_calls",
       "tool_use", "STOP"},
      {protocol::openai, openai_body("{}", "function_call"), "tool_calls",
       "tool_use", "STOP"},
      {protocol::openai, openai_body("{}", "content_filter"), "content_filter",
       "refusal", "SAFETY"},
      {protocol::openai, openai_body("{}", "new_word"), "stop", "end_turn",
       "OTHER"},
      // OpenAI says so where a named tool was demanded.
      {protocol::openai,
       openai_body(
           R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]})",
           "stop"),
       "tool_calls", "tool_use", "STOP"},
      {protocol::openai,
       openai_body(
           R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{"}}]})",
           "length"),
       "length", "max_tokens", "MAX_TOKENS"},
      {protocol::openai, openai_body(R"({"refusal":"no"})", "stop"),
       "content_filter", "refusal", "SAFETY"},
      {protocol::anthropic, anthropic_body("", "end_turn"), "stop", "end_turn",
       "STOP"},
      {protocol::anthropic, anthropic_body("", "max_tokens"), "length",
       "max_tokens", "MAX_TOKENS"},
      {protocol::anthropic, anthropic_body("", "stop_sequence"), "stop",
       "stop_sequence", "STOP"},
      {protocol::anthropic, anthropic_body("", "tool_use"), "tool_calls",
       "tool_use", "STOP"},
      {protocol::anthropic, anthropic_body("", "pause_turn"), "stop",
       "pause_turn", "STOP"},
      {protocol::anthropic, anthropic_body("", "refusal"), "content_filter",
       "refusal", "SAFETY"},
      {protocol::anthropic, anthropic_body("", "model_context_window_exceeded"),
       "length", "model_context_window_exceeded", "MAX_TOKENS"},
      {protocol::anthropic, anthropic_body("", "new_word"), "stop", "end_turn",
       "OTHER"},
      {protocol::gemini, gemini_body("", "STOP"), "stop", "end_turn", "STOP"},
      {protocol::gemini,
       gemini_body(R"({"functionCall":{"name":"f"}})", "STOP"), "tool_calls",
       "tool_use", "STOP"},
      {protocol::gemini, gemini_body("", "MAX_TOKENS"), "length", "max_tokens",
       "MAX_TOKENS"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    EXPECT_EQ(reason_in(translated(c.from, c.body, protocol::openai),
                        protocol::openai),
              c.openai);
    EXPECT_EQ(reason_in(translated(c.from, c.body, protocol::anthropic),
                        protocol::anthropic),
              c.anthropic);
    EXPECT_EQ(reason_in(translated(c.from, c.body, protocol::gemini),
                        protocol::gemini),
              c.gemini);
  }
}

TEST(translate_reply, calls_every_other_end_of_geminis_filtered) {
  for (const auto* reason :
       {"SAFETY", "RECITATION", "LANGUAGE", "OTHER", "BLOCKLIST",
        "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL", "IMAGE_SAFETY",
        "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "NO_IMAGE",
        "NEW_WORD"}) {
    const auto body = gemini_body("", reason);
    const auto openai = translated(protocol::gemini, body, protocol::openai);
    EXPECT_EQ(openai["choices"][0]["finish_reason"], "content_filter");
    const auto refusal =
        openai["choices"][0]["message"]["refusal"].get<std::string>();
    EXPECT_NE(refusal.find(reason), std::string::npos);
    const auto message =
        translated(protocol::gemini, body, protocol::anthropic);
    EXPECT_EQ(message["stop_reason"], "refusal");
    EXPECT_EQ(message["stop_details"]["explanation"], refusal);
  }
}

TEST(translate_reply, makes_a_blocked_prompt_an_answer_that_was_filtered) {
  const auto openai = translated("gemini blocked prompt", protocol::openai);
  EXPECT_EQ(openai["choices"].size(), 1u);
  EXPECT_EQ(openai["choices"][0]["message"]["content"], nullptr);
  EXPECT_EQ(openai["choices"][0]["finish_reason"], "content_filter");
  const auto message = translated("gemini blocked prompt", protocol::anthropic);
  EXPECT_EQ(message["stop_reason"], "refusal");
  EXPECT_TRUE(message["content"].empty());
}

TEST(translate_reply, counts_in_the_clients_way) {
  // OpenAI: 20 in, 5 of it cached, 3 written; 9 out, 4 of it thought.
  const auto a = translated("openai text", protocol::anthropic)["usage"];
  EXPECT_EQ(a["input_tokens"], 12);
  EXPECT_EQ(a["cache_read_input_tokens"], 5);
  EXPECT_EQ(a["cache_creation_input_tokens"], 3);
  EXPECT_EQ(a["cache_creation"]["ephemeral_5m_input_tokens"], 3);
  EXPECT_EQ(a["output_tokens"], 9);
  EXPECT_EQ(a["output_tokens_details"]["thinking_tokens"], 4);
  const auto g = translated("openai text", protocol::gemini)["usageMetadata"];
  EXPECT_EQ(g["promptTokenCount"], 20);
  EXPECT_EQ(g["cachedContentTokenCount"], 5);
  EXPECT_EQ(g["candidatesTokenCount"], 5);
  EXPECT_EQ(g["thoughtsTokenCount"], 4);
  EXPECT_EQ(g["totalTokenCount"], 29);
  // Anthropic: 12 and 5 cached and 3 + 4 written; 30 out, 11 of it thought.
  const auto o = translated("anthropic refusal", protocol::openai)["usage"];
  EXPECT_EQ(o["prompt_tokens"], 24);
  EXPECT_EQ(o["prompt_tokens_details"]["cached_tokens"], 5);
  EXPECT_EQ(o["prompt_tokens_details"]["cache_write_tokens"], 7);
  EXPECT_EQ(o["completion_tokens"], 30);
  EXPECT_EQ(o["completion_tokens_details"]["reasoning_tokens"], 11);
  EXPECT_EQ(o["total_tokens"], 54);
  const auto own = translated("anthropic refusal", protocol::anthropic);
  EXPECT_EQ(own["usage"]["cache_creation"]["ephemeral_1h_input_tokens"], 4);
  // Gemini: 20 in, 5 of it cached; 6 out and 4 thought beside it.
  const auto from = translated("gemini thoughts", protocol::openai)["usage"];
  EXPECT_EQ(from["prompt_tokens"], 20);
  EXPECT_EQ(from["completion_tokens"], 10);
  EXPECT_EQ(from["completion_tokens_details"]["reasoning_tokens"], 4);
}

TEST(translate_reply, leaves_out_counts_nobody_made) {
  const auto body = openai_body("{}", "stop");
  EXPECT_FALSE(
      translated(protocol::openai, body, protocol::gemini).contains("usage"));
  const auto message = translated(protocol::openai, body, protocol::anthropic);
  EXPECT_EQ(message["usage"]["input_tokens"], 0) << "the wire demands them";
}

TEST(translate_reply, keeps_ids_and_names_the_missing) {
  const auto bare =
      translated(protocol::gemini, gemini_body("", "STOP"), protocol::openai);
  EXPECT_TRUE(bare["id"].get<std::string>().starts_with("chatcmpl-"));
  EXPECT_EQ(bare["model"], "asked \"for\"");
  EXPECT_EQ(bare["created"], 1700000000);
  EXPECT_EQ(translated("gemini safety", protocol::openai)["id"], "resp1");
  const auto calls = translated("gemini calls", protocol::openai);
  const auto& all = calls["choices"][0]["message"]["tool_calls"];
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[1]["id"], "own");
  EXPECT_NE(all[0]["id"], all[2]["id"]);
  for (const auto& call : all)
    for (const char c : call["id"].get<std::string>())
      EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || c == '_');
  EXPECT_EQ(all,
            translated("gemini calls",
                       protocol::openai)["choices"][0]["message"]["tool_calls"])
      << "the same request gets the same ids";
}

TEST(translate_reply, prefixes_signatures_with_their_maker) {
  const auto a = translated("gemini calls", protocol::anthropic)["content"];
  EXPECT_EQ(a[0]["type"], "thinking");
  EXPECT_EQ(a[0]["thinking"], "");
  EXPECT_EQ(a[0]["signature"], "gemini:c2ln");
  EXPECT_EQ(a[1]["type"], "tool_use");
  const auto o = translated("gemini calls", protocol::openai);
  EXPECT_EQ(o["choices"][0]["message"]["tool_calls"][0]["extra_content"]
             ["google"]["thought_signature"],
            "gemini:c2ln");
  const auto g = translated("anthropic thoughts and calls", protocol::gemini);
  const auto& parts = g["candidates"][0]["content"]["parts"];
  EXPECT_EQ(parts[0]["thought"], true);
  EXPECT_EQ(parts[0]["thoughtSignature"], "anthropic:c2ln+/=");
  EXPECT_EQ(parts[2]["functionCall"]["args"]["at"], "\u00e9 {");
  const auto same =
      translated("anthropic thoughts and calls", protocol::anthropic);
  EXPECT_EQ(same["content"][0]["signature"], "c2ln+/=") << "its own wire";
  const auto sealed = translated("anthropic redacted", protocol::openai);
  EXPECT_EQ(sealed["choices"][0]["message"]["thinking_blocks"][0]["data"],
            "anthropic:c2VhbA==");
  const auto hidden = translated("anthropic redacted", protocol::gemini);
  EXPECT_EQ(hidden["candidates"][0]["content"]["parts"][0]["thoughtSignature"],
            "anthropic:redacted:c2VhbA==");
}

TEST(translate_reply, keeps_the_text_of_a_refusal) {
  const auto a = translated("openai refusal", protocol::anthropic);
  EXPECT_EQ(a["content"][0]["text"], "I won't.");
  EXPECT_EQ(a["stop_reason"], "refusal");
  const auto g = translated("openai refusal", protocol::gemini);
  EXPECT_EQ(g["candidates"][0]["content"]["parts"][0]["text"], "I won't.");
  const auto o = translated("anthropic refusal", protocol::openai);
  EXPECT_EQ(o["choices"][0]["message"]["content"], "Well, ");
  EXPECT_EQ(o["choices"][0]["message"]["refusal"], "Not this.");
}

TEST(translate_reply, carries_log_probabilities) {
  const auto g = translated("openai log-probs of two", protocol::gemini);
  const auto& result = g["candidates"][0]["logprobsResult"];
  EXPECT_EQ(result["chosenCandidates"][0]["logProbability"], -0.5);
  EXPECT_EQ(result["topCandidates"][0]["candidates"][1]["token"], "\"");
  const auto o =
      translated("gemini picture, tokens, two candidates", protocol::openai);
  const auto& token = o["choices"][0]["logprobs"]["content"][0];
  EXPECT_EQ(token["logprob"], -0.25);
  EXPECT_EQ(token["bytes"], json::array({97}));
  EXPECT_EQ(token["top_logprobs"][1]["token"], "b");
}

TEST(translate_reply, shows_a_picture_where_there_is_a_place_for_it) {
  const auto* name = "gemini picture, tokens, two candidates";
  const auto o = translated(name, protocol::openai);
  EXPECT_EQ(o["choices"][0]["message"]["images"][0]["image_url"]["url"],
            "data:image/png;base64,aGk=");
  const auto a = translated(name, protocol::anthropic);
  EXPECT_EQ(a["content"].size(), 1u);
}

TEST(translate_reply, keeps_the_text_of_arguments_that_are_no_object) {
  for (const auto* arguments : {"{", "[1]", "nonsense", "{\\\"a\\\":1e999}"}) {
    const auto body = openai_body(
        R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":")"
            + std::string{arguments} + "\"}}]}",
        "tool_calls");
    const auto a = translated(protocol::openai, body, protocol::anthropic);
    EXPECT_TRUE(a["content"][0]["input"].contains("_unparsed_arguments"));
    const auto g = translated(protocol::openai, body, protocol::gemini);
    EXPECT_TRUE(g["candidates"][0]["content"]["parts"].empty());
    EXPECT_EQ(g["candidates"][0]["finishReason"], "MALFORMED_FUNCTION_CALL");
  }
}

TEST(translate_reply, says_what_is_no_answer) {
  struct {
    protocol from;
    const char* body;
    fault expected;
  } const cases[]{
      {protocol::openai, "", fault::malformed},
      {protocol::openai, "{}", fault::malformed},
      {protocol::openai, "[]", fault::malformed},
      {protocol::openai, R"({"choices":7})", fault::malformed},
      {protocol::openai, R"({"choices":[]}x)", fault::malformed},
      {protocol::anthropic, R"({"content":"text"})", fault::malformed},
      {protocol::gemini, R"({"modelVersion":"m"})", fault::malformed},
      {protocol::gemini,
       R"({"candidates":[{"content":{"parts":[{"text":"\q"}]}}]})",
       fault::malformed},
      {protocol::openai, R"({"error":{"code":"rate_limit_exceeded"}})",
       fault::rate},
      {protocol::anthropic,
       R"({"type":"error","error":{"type":"overloaded_error"}})",
       fault::transient},
      {protocol::gemini, R"({"error":{"code":429,"message":"x"}})",
       fault::rate},
  };
  for (const auto& c : cases) {
    const auto got =
        translate_reply(c.from, c.body, shape_of(protocol::anthropic));
    EXPECT_FALSE(got.sound) << c.body;
    EXPECT_EQ(got.body, "");
    EXPECT_EQ(got.fault, c.expected) << c.body;
  }
}

TEST(translate_reply, is_quick_with_more_than_anybody_asked_for) {
  std::string blocks;
  std::string calls;
  for (int i = 0; i < 50'000; ++i) {
    blocks += R"({"type":"redacted_thinking","data":"x"},)";
    calls += R"({"function":{"arguments":"{}"}},)";
  }
  blocks.pop_back();
  calls.pop_back();
  const auto body = openai_body(R"({"thinking_blocks":[)" + blocks
                                    + R"(],"tool_calls":[)" + calls + "]}",
                                "stop");
  const auto got =
      translate_reply(protocol::openai, body, shape_of(protocol::gemini));
  EXPECT_EQ(got.fault, fault::malformed) << "so many calls are no answer";
}

TEST(translate_error, speaks_the_clients_words) {
  const auto said = [](protocol from, unsigned status, const char* body,
                       protocol client) {
    return json::parse(translate_error(from, status, body, shape_of(client)));
  };
  const char* const busy =
      R"({"type":"error","error":{"type":"overloaded_error","message":"Busy"}})";
  EXPECT_EQ(said(protocol::anthropic, 529, busy,
                 protocol::openai)["error"]["message"],
            "Busy");
  const auto g = said(protocol::anthropic, 529, busy, protocol::gemini);
  EXPECT_EQ(g["error"]["status"], "UNAVAILABLE");
  const char* const slow =
      R"({"error":{"code":429,"message":"Please retry in 3s.","status":"RESOURCE_EXHAUSTED"}})";
  const auto a = said(protocol::gemini, 429, slow, protocol::anthropic);
  EXPECT_EQ(a["type"], "error");
  EXPECT_EQ(a["error"]["type"], "rate_limit_error");
  EXPECT_EQ(a["request_id"], "req-1");
  const auto o = said(protocol::gemini, 429, slow, protocol::openai);
  EXPECT_EQ(o["error"]["code"], "rate_limit_exceeded");
  const auto long_prompt = said(
      protocol::anthropic, 400,
      R"({"error":{"message":"prompt is too long: 9 > 8"}})", protocol::openai);
  EXPECT_EQ(long_prompt["error"]["code"], "context_length_exceeded");
  const auto empty_purse = said(
      protocol::gemini, 429, R"([{"error":{"code":429,"message":"limit: 0"}}])",
      protocol::openai);
  EXPECT_EQ(empty_purse["error"]["code"], "insufficient_quota");
  const auto field = said(
      protocol::openai, 400,
      R"({"error":{"message":"No.","type":"t","param":"top_p","code":null}})",
      protocol::gemini);
  EXPECT_EQ(field["error"]["details"][0]["fieldViolations"][0]["field"],
            "top_p");
}

TEST(translate_error, has_words_for_any_body) {
  for (const auto* body :
       {"", "<html>", "[]", "7", R"({"error":7})", R"({"error":"plain"})"})
    for (const auto client :
         {protocol::openai, protocol::anthropic, protocol::gemini}) {
      const auto text =
          translate_error(protocol::openai, 503, body, shape_of(client));
      const auto error = json::parse(text)["error"];
      EXPECT_FALSE(error["message"].get<std::string>().empty()) << body;
    }
}

}  // namespace

}  // namespace troupe::http::wire
