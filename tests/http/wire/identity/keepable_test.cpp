// Which answers may be kept: those that came to their own end, and say nothing
// that only one asker may have.

#include "http/wire/identity/keepable.hpp"

#include <gtest/gtest.h>

namespace troupe::http::wire {

namespace {

using enum endpoint;

enum class worth { kept, calls, not_kept };

worth seen(endpoint e, const std::string& body) {
  const auto got = worth_of(e, body);
  EXPECT_EQ(got.keepable, got.reason.empty()) << body;
  if (!got.keepable)
    return worth::not_kept;
  return got.has_tool_calls ? worth::calls : worth::kept;
}

struct row {
  endpoint at;
  const char* body;
  worth expected;
};

void check(std::initializer_list<row> rows) {
  for (const auto& r : rows)
    EXPECT_EQ(seen(r.at, r.body), r.expected) << r.body;
}

TEST(keepable, is_a_chat_answer_whose_every_choice_stopped) {
  check({
      {chat_completions,
       R"({"choices":[{"finish_reason":"stop","message":)"
       R"({"content":"a","refusal":null}}]})",
       worth::kept},
      {chat_completions,
       R"({"choices":[{"finish_reason":"stop"},)"
       R"({"finish_reason":"stop"}]})",
       worth::kept},
      {chat_completions,
       R"({"choices":[{"finish_reason":"stop"},)"
       R"({"finish_reason":"length"}]})",
       worth::not_kept},
      {chat_completions, R"({"choices":[{"finish_reason":"content_filter"}]})",
       worth::not_kept},
      {chat_completions, R"({"choices":[{"finish_reason":null}]})",
       worth::not_kept},
      {chat_completions, R"({"choices":[{"message":{}}]})", worth::not_kept},
      {chat_completions, R"({"choices":[]})", worth::not_kept},
      {chat_completions, R"({"choices":{}})", worth::not_kept},
      {chat_completions, R"({"error":{"message":"m"}})", worth::not_kept},
      {chat_completions, R"({"error":{},"choices":[{"finish_reason":"stop"}]})",
       worth::not_kept},
      {chat_completions,
       R"({"choices":[{"finish_reason":"stop","message":)"
       R"({"refusal":"no"}}]})",
       worth::not_kept},
      {chat_completions,
       R"({"choices":[{"finish_reason":"stop","message":)"
       R"({"audio":{"id":"a"}}}]})",
       worth::not_kept},
      {completions, R"({"choices":[{"finish_reason":"stop","text":"a"}]})",
       worth::kept},
      {completions, R"({"choices":[{"finish_reason":"length"}]})",
       worth::not_kept},
  });
}

TEST(keepable, tells_apart_answers_that_call_tools) {
  check({
      {chat_completions,
       R"({"choices":[{"finish_reason":"tool_calls",)"
       R"("message":{"tool_calls":[{"id":"c"}]}}]})",
       worth::calls},
      {chat_completions,
       R"({"choices":[{"finish_reason":"stop","message":)"
       R"({"tool_calls":[{"id":"c"}]}}]})",
       worth::calls},
      {chat_completions,
       R"({"choices":[{"finish_reason":"function_call",)"
       R"("message":{"function_call":{"name":"f"}}}]})",
       worth::calls},
      {chat_completions,
       R"({"choices":[{"finish_reason":"stop","message":)"
       R"({"tool_calls":[],"function_call":null}}]})",
       worth::kept},
      {responses,
       R"({"status":"completed","output":[{"type":"function_call"}]})",
       worth::calls},
      {messages,
       R"({"stop_reason":"tool_use","content":[{"type":"text","text":"a"},)"
       R"({"type":"tool_use","id":"t"}]})",
       worth::calls},
      {generate_content,
       R"({"candidates":[{"finishReason":"STOP","content":{"parts":)"
       R"([{"functionCall":{"name":"f"},"thoughtSignature":"s"}]}}]})",
       worth::calls},
  });
}

TEST(keepable, is_a_response_that_completed) {
  check({
      {responses,
       R"({"status":"completed","error":null,"incomplete_details":null,)"
       R"("output":[{"type":"reasoning"},{"type":"message","status":)"
       R"("completed","content":[{"type":"output_text","text":"a"}]}]})",
       worth::kept},
      {responses,
       R"({"status":"incomplete","output":[{"type":"message","content":)"
       R"([{"type":"output_text"}]}]})",
       worth::not_kept},
      {responses,
       R"({"status":"completed","output":[{"type":"message","status":)"
       R"("incomplete","content":[{"type":"output_text"}]}]})",
       worth::not_kept},
      {responses,
       R"({"status":"completed","output":[{"type":"message","content":)"
       R"([{"type":"refusal"}]}]})",
       worth::not_kept},
      {responses,
       R"({"status":"completed","output":[{"type":"web_search_call"}]})",
       worth::not_kept},
      {responses, R"({"status":"completed","output":[]})", worth::not_kept},
      {responses, R"({"status":"queued","output":[{"type":"message"}]})",
       worth::not_kept},
  });
}

TEST(keepable, is_a_message_whose_turn_ended) {
  for (const auto* reason : {"end_turn", "stop_sequence"})
    EXPECT_EQ(seen(messages, std::string{R"({"stop_reason":")"} + reason
                                 + R"(","content":[{"type":"thinking"},)"
                                   R"({"type":"text","text":"a"}]})"),
              worth::kept);
  for (const auto* reason : {"max_tokens", "pause_turn", "refusal",
                             "model_context_window_exceeded", "news"})
    EXPECT_EQ(
        seen(messages, std::string{R"({"stop_reason":")"} + reason
                           + R"(","content":[{"type":"text","text":"a"}]})"),
        worth::not_kept)
        << reason;
  check({
      {messages, R"({"stop_reason":"end_turn","content":[]})", worth::not_kept},
      {messages, R"({"stop_reason":null,"content":[{"type":"text"}]})",
       worth::not_kept},
      {messages,
       R"({"stop_reason":"end_turn","content":[{"type":"server_tool_use"}]})",
       worth::not_kept},
  });
}

TEST(keepable, is_a_gemini_answer_that_stopped) {
  for (const auto e : {generate_content, stream_generate_content})
    check({
        {e,
         R"({"candidates":[{"finishReason":"STOP","content":{"parts":)"
         R"([{"text":"a","thought":true},{"text":"b"}]}}]})",
         worth::kept},
        {e, R"({"candidates":[{"finishReason":"MAX_TOKENS"}]})",
         worth::not_kept},
        {e, R"({"candidates":[{"finishReason":"SAFETY"}]})", worth::not_kept},
        {e, R"({"candidates":[{"content":{}}]})", worth::not_kept},
        {e, R"({"promptFeedback":{"blockReason":"SAFETY"}})", worth::not_kept},
        {e,
         R"({"candidates":[{"finishReason":"STOP"}],"promptFeedback":)"
         R"({"blockReason":"OTHER"}})",
         worth::not_kept},
        {e,
         R"({"candidates":[{"finishReason":"STOP","content":{"parts":)"
         R"([{"executableCode":{}}]}}]})",
         worth::not_kept},
        {e, "[]", worth::not_kept},
    });
}

TEST(keepable, is_every_sound_answer_of_numbers) {
  check({
      {embeddings, R"({"data":[{"embedding":[0.1]}]})", worth::kept},
      {embeddings, R"({"data":[)", worth::not_kept},
      {embeddings, R"({"error":{}})", worth::not_kept},
      {count_message_tokens, R"({"input_tokens":7})", worth::kept},
      {count_tokens, R"({"totalTokens":7})", worth::kept},
      {embed_content, R"({"embedding":{"values":[1]}})", worth::kept},
      {batch_embed_contents, R"({"embeddings":[]})", worth::kept},
      {list_models, R"({"data":[]})", worth::not_kept},
  });
}

TEST(keepable, is_nothing_that_is_broken_or_large) {
  const auto answer = [](std::size_t size) {
    return R"({"choices":[{"finish_reason":"stop","message":{"content":")"
           + std::string(size, 'x') + R"("}}]})";
  };
  const auto frame = answer(0).size();
  EXPECT_EQ(seen(chat_completions, answer(kept_answer_size_max - frame)),
            worth::kept);
  EXPECT_EQ(seen(chat_completions, answer(kept_answer_size_max - frame + 1)),
            worth::not_kept);
  for (const auto* body :
       {"", "{", "{}x",
        R"({"choices":[{"finish_reason":"stop"}],"choices":[]})"})
    EXPECT_EQ(seen(chat_completions, body), worth::not_kept) << body;
}

}  // namespace

}  // namespace troupe::http::wire
