// The messages of a request, part by part.

#include "tests/http/wire/translate/translating.hpp"

namespace troupe::http::wire {

namespace {

constexpr way oa{openai, anthropic}, og{openai, gemini};
constexpr way ao{anthropic, openai}, ag{anthropic, gemini};
constexpr way go{gemini, openai}, ga{gemini, anthropic};

struct row {
  way direction;
  const char* messages;
  const char* path;
  const char* expected;
};

void check(const row& r) {
  const auto body = made(r.direction, chat_of(r.direction.from, r.messages));
  EXPECT_EQ(print_tree(at(body, r.path)), r.expected) << r.messages << "\n"
                                                      << print_tree(body);
}

TEST(request_messages, carry_text_and_roles) {
  constexpr auto plain =
      R"([{"role":"developer","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"system","content":[{"type":"text","text":"t"}]},{"role":"user","content":"c"},{"role":"user","content":[{"type":"text","text":"d"}]}])";
  constexpr auto of_anthropic =
      R"([{"role":"user","content":"a"},{"role":"system","content":"s"},{"role":"assistant","content":[{"type":"text","text":"b"},{"type":"text","text":"c"}]}])";
  constexpr auto of_gemini =
      R"([{"parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},{"role":"user","parts":{"text":"c"}}])";
  const row rows[]{
      {oa, plain, "/system",
       R"([{"type":"text","text":"s"},{"type":"text","text":"t"}])"},
      {oa, plain, "/messages",
       R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":[{"type":"text","text":"c"},{"type":"text","text":"d"}]}])"},
      {og, plain, "/systemInstruction",
       R"({"parts":[{"text":"s"},{"text":"t"}]})"},
      {og, plain, "/contents/2",
       R"({"role":"user","parts":[{"text":"c"},{"text":"d"}]})"},
      {og, plain, "/contents/1", R"({"role":"model","parts":[{"text":"b"}]})"},
      {ao, of_anthropic, "/messages",
       R"([{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"},{"type":"text","text":"c"}]}])"},
      {go, of_gemini, "/messages",
       R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}])"},
      {ga, of_gemini, "/messages/1", R"({"role":"assistant","content":"b"})"},
      // Refusals keep their text.
      {oa, R"([{"role":"assistant","content":null,"refusal":"no"}])",
       "/messages/0/content", R"("no")"},
      // What says nothing is left out; the neighbours meet.
      {oa,
       R"([{"role":"user","content":"a"},{"role":"assistant","content":""},{"role":"user","content":"b"}])",
       "/messages",
       R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])"},
      // A system message alone is what the user says.
      {oa, R"([{"role":"system","content":"a"}])", "/messages",
       R"([{"role":"user","content":"a"}])"},
      {og, R"([{"role":"system","content":"a"}])", "/systemInstruction",
       "null"},
      {ao, R"([])", "/messages", "[]"},
  };
  for (const auto& r : rows)
    check(r);
}

TEST(request_messages, carry_media) {
  constexpr auto picture =
      R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/PNG;base64,AA=="}}]}])";
  constexpr auto address =
      R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.webp?a"}}]}])";
  constexpr auto pdf =
      R"([{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}}]}])";
  constexpr auto bare =
      R"([{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"AA=="}}]}])";
  constexpr auto sound =
      R"([{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"mp3"}}]}])";
  constexpr auto of_anthropic =
      R"([{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"image","source":{"type":"url","url":"https://x/y"}},{"type":"document","title":"T","context":"C","source":{"type":"base64","media_type":"application/pdf","data":"BB=="}},{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"D"}},{"type":"document","source":{"type":"content","content":[{"type":"text","text":"E"}]}}]}])";
  constexpr auto of_gemini =
      R"([{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}},{"inline_data":{"mime_type":"application/pdf","data":"BB=="}},{"fileData":{"fileUri":"https://x/y.png"}}]}])";
  constexpr auto of_gemini_sound =
      R"([{"parts":[{"inlineData":{"mimeType":"audio/x-wav","data":"AA=="}}]}])";
  const row rows[]{
      {oa, picture, "/messages/0/content/0",
       R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}})"},
      {og, picture, "/contents/0/parts/0",
       R"({"inlineData":{"mimeType":"image/png","data":"AA=="}})"},
      {oa, address, "/messages/0/content/0",
       R"({"type":"image","source":{"type":"url","url":"https://x/y.webp?a"}})"},
      {og, address, "/contents/0/parts/0",
       R"({"fileData":{"mimeType":"image/webp","fileUri":"https://x/y.webp?a"}})"},
      {oa, pdf, "/messages/0/content/0",
       R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA=="},"title":"a.pdf"})"},
      {og, bare, "/contents/0/parts/0",
       R"({"inlineData":{"mimeType":"application/pdf","data":"AA=="}})"},
      {og, sound, "/contents/0/parts/0",
       R"({"inlineData":{"mimeType":"audio/mp3","data":"AA=="}})"},
      {ag, of_anthropic, "/contents/0/parts",
       R"([{"inlineData":{"mimeType":"image/png","data":"AA=="}},{"fileData":{"mimeType":"image/jpeg","fileUri":"https://x/y"}},{"text":"C"},{"inlineData":{"mimeType":"application/pdf","data":"BB=="}},{"text":"T\n\nD"},{"text":"E"}])"},
      {ao, of_anthropic, "/messages/0/content/0",
       R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}})"},
      {ao, of_anthropic, "/messages/0/content/1",
       R"({"type":"image_url","image_url":{"url":"https://x/y"}})"},
      {ao, of_anthropic, "/messages/0/content/3",
       R"({"type":"file","file":{"filename":"T","file_data":"data:application/pdf;base64,BB=="}})"},
      {ga, of_gemini, "/messages/0/content",
       R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"BB=="}},{"type":"image","source":{"type":"url","url":"https://x/y.png"}}])"},
      {go, of_gemini, "/messages/0/content/1/file/filename",
       R"("document.pdf")"},
      {go, of_gemini_sound, "/messages/0/content/0",
       R"({"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}})"},
  };
  for (const auto& r : rows)
    check(r);
}

constexpr auto openai_tools =
    R"([{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},{"role":"tool","tool_call_id":"c2","content":"two"},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"one"}]},{"role":"user","content":"and?"}])";

TEST(request_messages, carry_parallel_calls_and_their_results) {
  const row rows[]{
      {oa, openai_tools, "/messages/1/content",
       R"([{"type":"tool_use","id":"c1","name":"f","input":{"x":1}},{"type":"tool_use","id":"c2","name":"g","input":{}}])"},
      {oa, openai_tools, "/messages/2/content",
       R"([{"type":"tool_result","tool_use_id":"c2","content":"two"},{"type":"tool_result","tool_use_id":"c1","content":"one"},{"type":"text","text":"and?"}])"},
      {og, openai_tools, "/contents/1/parts",
       R"([{"functionCall":{"id":"c1","name":"f","args":{"x":1}}},{"functionCall":{"id":"c2","name":"g","args":{}}}])"},
      {og, openai_tools, "/contents/2/parts",
       R"([{"functionResponse":{"id":"c2","name":"g","response":{"output":"two"}}},{"functionResponse":{"id":"c1","name":"f","response":{"output":"one"}}},{"text":"and?"}])"},
  };
  for (const auto& r : rows)
    check(r);
  // A newer Gemini refuses calls without a signature, so the first has one.
  const auto body =
      made({openai, gemini, "gemini-3-flash"}, chat_of(openai, openai_tools));
  EXPECT_EQ(at(body, "/contents/1/parts/0/thoughtSignature"),
            "skip_thought_signature_validator");
  EXPECT_TRUE(at(body, "/contents/1/parts/1/thoughtSignature").is_null());
}

TEST(request_messages, carry_results_of_every_kind) {
  constexpr auto of_anthropic =
      R"([{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"tool_use","id":"b","name":"f","input":{}},{"type":"tool_use","id":"c","name":"f","input":{}}]},{"role":"user","content":[{"type":"text","text":"late"},{"type":"tool_result","tool_use_id":"a","is_error":true,"content":"bad"},{"type":"tool_result","tool_use_id":"b"},{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"text","text":"y"}]}]}])";
  constexpr auto of_gemini =
      R"([{"role":"model","parts":[{"functionCall":{"name":"f","args":{"x":1}}},{"functionCall":{"name":"f"}},{"functionCall":{"name":"g","id":"call_0"}}]},{"role":"function","parts":[{"functionResponse":{"name":"f","response":{"error":"bad"}}},{"functionResponse":{"name":"f","response":{"output":{"n":1}}}},{"functionResponse":{"name":"g","id":"call_0","response":{"a":1,"b":2}}}]}])";
  const row rows[]{
      {ao, of_anthropic, "/messages/1",
       R"({"role":"tool","tool_call_id":"a","content":"bad"})"},
      {ao, of_anthropic, "/messages/2",
       R"({"role":"tool","tool_call_id":"b","content":""})"},
      {ao, of_anthropic, "/messages/3/content",
       R"([{"type":"text","text":"x"},{"type":"text","text":"y"}])"},
      {ao, of_anthropic, "/messages/4",
       R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"text","text":"late"}]})"},
      {ag, of_anthropic, "/contents/1/parts/0/functionResponse",
       R"({"id":"a","name":"f","response":{"error":"bad"}})"},
      {ag, of_anthropic, "/contents/1/parts/2/functionResponse/response",
       R"({"output":["x","y"]})"},
      {ag, of_anthropic, "/contents/1/parts/3",
       R"({"inlineData":{"mimeType":"image/png","data":"AA=="}})"},
      {ag, of_anthropic, "/contents/1/parts/4", R"({"text":"late"})"},
      {{anthropic, gemini, "gemini-3-pro"},
       of_anthropic,
       "/contents/1/parts/2/functionResponse/parts",
       R"([{"inlineData":{"mimeType":"image/png","data":"AA=="}}])"},
      {ga, of_gemini, "/messages/0/content",
       R"([{"type":"tool_use","id":"call_1","name":"f","input":{"x":1}},{"type":"tool_use","id":"call_2","name":"f","input":{}},{"type":"tool_use","id":"call_0","name":"g","input":{}}])"},
      {ga, of_gemini, "/messages/1/content",
       R"([{"type":"tool_result","tool_use_id":"call_1","content":"bad","is_error":true},{"type":"tool_result","tool_use_id":"call_2","content":"{\"n\":1}"},{"type":"tool_result","tool_use_id":"call_0","content":"{\"a\":1,\"b\":2}"}])"},
      {go, of_gemini, "/messages/2",
       R"({"role":"tool","tool_call_id":"call_2","content":"{\"n\":1}"})"},
  };
  for (const auto& r : rows)
    check(r);
}

TEST(request_messages, rename_ids_that_a_wire_does_not_take) {
  const auto body = made(
      oa,
      chat_of(
          openai,
          R"([{"role":"assistant","tool_calls":[{"id":"functions.f:0","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"call_0","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"functions.f:0","content":"x"}])"));
  EXPECT_EQ(at(body, "/messages/0/content/0/id"), "call_1");
  EXPECT_EQ(at(body, "/messages/0/content/1/id"), "call_0");
  EXPECT_EQ(at(body, "/messages/1/content/0/tool_use_id"), "call_1");
  const std::string id(60, 'a');
  const auto other = made(
      ao, chat_of(anthropic,
                  R"([{"role":"assistant","content":[{"type":"tool_use","id":")"
                      + id + R"(","name":"f","input":{}}]}])"));
  EXPECT_EQ(at(other, "/messages/0/tool_calls/0/id"), "call_0");
}

TEST(request_messages, tell_calls_with_the_same_id_apart) {
  constexpr auto twice =
      R"([{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"1"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"2"}])";
  const auto body = made(og, chat_of(openai, twice));
  EXPECT_EQ(print_tree(at(body, "/contents/3/parts/0/functionResponse")),
            R"({"id":"call_0","name":"g","response":{"output":"2"}})");
  EXPECT_EQ(at(body, "/contents/1/parts/0/functionResponse/name"), "f");
}

TEST(request_messages, carry_arguments_that_are_no_object) {
  constexpr auto broken =
      R"([{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a"}}]}])";
  const auto abroad = made(oa, chat_of(openai, broken));
  EXPECT_EQ(print_tree(at(abroad, "/messages/0/content/0/input")),
            R"({"_unparsed_arguments":"{\"a"})");
  const auto back = made(ao, print_tree(abroad));
  EXPECT_EQ(at(back, "/messages/0/tool_calls/0/function/arguments"), "{\"a");
}

// -- thinking ---------------------------------------------------------------

TEST(request_thinking, goes_back_to_its_maker) {
  const row rows[]{
      // Anthropic's, shown to an OpenAI client.
      {oa,
       R"([{"role":"assistant","content":"x","reasoning_content":"t","thinking_blocks":[{"type":"thinking","thinking":"t","signature":"anthropic:S="},{"type":"redacted_thinking","data":"anthropic:R="}]}])",
       "/messages/0/content",
       R"([{"type":"thinking","thinking":"t","signature":"S="},{"type":"redacted_thinking","data":"R="},{"type":"text","text":"x"}])"},
      // Anthropic's, shown to a Gemini client.
      {ga,
       R"([{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"anthropic:S="},{"thought":true,"thoughtSignature":"anthropic:redacted:R="},{"functionCall":{"name":"f","id":"a"},"thoughtSignature":"anthropic:Q="}]}])",
       "/messages/0/content",
       R"([{"type":"thinking","thinking":"t","signature":"S="},{"type":"redacted_thinking","data":"R="},{"type":"thinking","thinking":"","signature":"Q="},{"type":"tool_use","id":"a","name":"f","input":{}}])"},
      // Gemini's, shown to an Anthropic client.
      {ag,
       R"([{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"gemini:S="},{"type":"text","text":"x"},{"type":"thinking","thinking":"","signature":"gemini:Q="},{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"tool_use","id":"b","name":"f","input":{}},{"type":"thinking","thinking":"","signature":"gemini:E="}]}])",
       "/contents/0/parts",
       R"([{"text":"t","thought":true,"thoughtSignature":"S="},{"text":"x"},{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"Q="},{"functionCall":{"id":"b","name":"f","args":{}}},{"text":"","thoughtSignature":"E="}])"},
      {ag,
       R"([{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"gemini:"},{"type":"text","text":"x"}]}])",
       "/contents/0/parts/0", R"({"text":"t","thought":true})"},
      // Gemini's, shown to an OpenAI client.
      {og,
       R"([{"role":"assistant","content":"x","thinking_blocks":[{"type":"thinking","thinking":"","signature":"gemini:S="}],"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"Q="}}}]}])",
       "/contents/0/parts",
       R"([{"text":"x","thoughtSignature":"S="},{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"Q="}])"},
      {og,
       R"([{"role":"assistant","thinking_blocks":[{"type":"thinking","thinking":"","signature":"gemini:Q="}],"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"gemini:Q="}}}]}])",
       "/contents/0/parts",
       R"([{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"Q="}])"},
      // Of a model behind OpenAI's wire.
      {ao,
       R"([{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"openai:S="},{"type":"text","text":"x"}]}])",
       "/messages/0",
       R"({"role":"assistant","content":"x","reasoning_content":"t","thinking_blocks":[{"type":"thinking","thinking":"t","signature":"S="}]})"},
      {go,
       R"([{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"openai:"},{"text":"x"}]}])",
       "/messages/0",
       R"({"role":"assistant","content":"x","reasoning_content":"t"})"},
  };
  for (const auto& r : rows)
    check(r);
}

TEST(request_thinking, is_whole_again_where_a_stream_was_kept_in_pieces) {
  constexpr auto expected =
      R"([{"type":"thinking","thinking":"abc","signature":"S="},{"type":"text","text":"x"}])";
  check(
      {oa,
       R"([{"role":"assistant","content":"x","thinking_blocks":[{"type":"thinking","thinking":"ab"},{"type":"thinking","thinking":"c","signature":""},{"type":"thinking","thinking":"","signature":"anthropic:S="}]}])",
       "/messages/0/content", expected});
  check(
      {ga,
       R"([{"role":"model","parts":[{"text":"ab","thought":true},{"text":"c","thought":true},{"text":"","thought":true,"thoughtSignature":"anthropic:S="},{"text":"x"}]}])",
       "/messages/0/content", expected});
  // A Gemini signature without words is of what follows, not of the thought.
  check(
      {og,
       R"([{"role":"assistant","content":"x","thinking_blocks":[{"type":"thinking","thinking":"ab","signature":""},{"type":"thinking","thinking":"","signature":"gemini:S="}]}])",
       "/contents/0/parts", R"([{"text":"x","thoughtSignature":"S="}])"});
}

TEST(request_thinking, goes_to_nobody_else) {
  const std::pair<way, const char*> rows[]{
      {ao,
       R"([{"role":"assistant","content":[{"type":"thinking","thinking":"secret","signature":"S"},{"type":"redacted_thinking","data":"secret"},{"type":"text","text":"x"}]}])"},
      {ag,
       R"([{"role":"assistant","content":[{"type":"thinking","thinking":"secret","signature":"S"},{"type":"thinking","thinking":"secret","signature":"openai:S"},{"type":"text","text":"x"}]}])"},
      {oa,
       R"([{"role":"assistant","content":"x","reasoning_content":"secret"}])"},
      {oa,
       R"([{"role":"assistant","content":"x","thinking_blocks":[{"type":"thinking","thinking":"secret","signature":"S"},{"type":"thinking","thinking":"secret","signature":"gemini:S"}]}])"},
      {ga,
       R"([{"role":"model","parts":[{"text":"secret","thought":true,"thoughtSignature":"S"},{"text":"secret","thought":true},{"text":"x","thoughtSignature":"secret"}]}])"},
  };
  for (const auto& [direction, messages] : rows) {
    const auto got = translate(direction, chat_of(direction.from, messages));
    ASSERT_FALSE(got.refused) << got.refused->message;
    EXPECT_EQ(got.request.body.find("secret"), std::string::npos)
        << got.request.body;
    EXPECT_NE(got.request.body.find("\"x\""), std::string::npos);
    EXPECT_FALSE(got.request.dropped.empty());
  }
}

TEST(request_thinking, is_not_asked_of_a_budgeted_claude_amid_unthought_calls) {
  auto body = chat_of(
      openai,
      R"([{"role":"user","content":"q"},)"
      R"({"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"a","content":"r"}])");
  body.insert(1, R"("reasoning_effort":"low",)");
  EXPECT_TRUE(
      at(made({openai, anthropic, "claude-sonnet-4-5"}, body), "/thinking")
          .is_null());
  EXPECT_EQ(
      at(made({openai, anthropic, "claude-opus-5"}, body), "/thinking/type"),
      "adaptive");
}

}  // namespace

}  // namespace troupe::http::wire
