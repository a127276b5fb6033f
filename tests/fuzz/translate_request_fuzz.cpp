// Hostile requests against the translation of all nine directions.
//
// Promises: a request is translated or refused with a reason; what comes out is
// JSON that the provider's own reader takes; and what it said, it says again
// when it is translated once more.

#include "http/wire/translate/request.hpp"
#include "http/wire/translate/tree.hpp"
#include "tests/fuzz/target.hpp"

#include <string>

using namespace troupe::http::wire;
using troupe::config::protocol;
using troupe::fuzz::choices;
using troupe::fuzz::require;

namespace {

constexpr protocol wires[]{protocol::openai, protocol::anthropic,
                           protocol::gemini};

match chat_of(protocol wire) {
  if (wire == protocol::openai)
    return {endpoint::chat_completions, wire, {}, {}};
  if (wire == protocol::anthropic)
    return {endpoint::messages, wire, {}, {}};
  return {endpoint::generate_content, wire, "m", "v1beta"};
}

constexpr std::string_view models[]{"m", "claude-sonnet-4-5",
                                    "gemini-3.1-pro-preview", "gpt-5"};

void check_words(const translated_request& got) {
  for (const auto& name : got.dropped)
    for (const char c : name)
      require(c > ' ' && c < 127, "what was dropped may go into a header");
}

/// A provider may demand more than its reader here; what this reader refuses,
/// though, no provider takes.
void check_direction(protocol from, protocol to, std::string_view model,
                     std::string_view body) {
  const auto got = translate_request(chat_of(from), body, {}, to, model, false);
  if (got.refused) {
    require(!got.refused->message.empty(), "a refusal says why");
    require(got.request.body.empty(), "and nothing else is said");
    return;
  }
  check_words(got.request);
  require(read_tree(got.request.body).has_value(), "the body is JSON");
  const auto again =
      translate_request(chat_of(to), got.request.body, {}, to, model, false);
  require(!again.refused, "the provider's reader takes it");
  const auto third =
      translate_request(chat_of(to), again.request.body, {}, to, model, false);
  require(!third.refused && third.request.body == again.request.body,
          "what was read and written stays as it is");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"file","file":{"filename":"a.pdf","file_data":"AA=="}}]}],"n":1,"stop":["x"],"temperature":0.5,"reasoning_effort":"low"})",
      R"({"messages":[{"role":"assistant","content":"","thinking_blocks":[{"type":"thinking","thinking":"","signature":"gemini:S"},{"type":"redacted_thinking","data":"anthropic:R"}],"tool_calls":[{"id":"a.b","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},{"role":"tool","tool_call_id":"a.b","content":"r"}]})",
      R"({"messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{}}}}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}},"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"oneOf":[{"type":"string","pattern":"x"}]}}}})",
      R"({"max_tokens":2000,"system":[{"type":"text","text":"s"}],"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"gemini:S"},{"type":"tool_use","id":"a","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":[{"type":"text","text":"r"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}}]}]}],"thinking":{"type":"enabled","budget_tokens":1024}})",
      R"({"max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","title":"T","context":"C","source":{"type":"content","content":[{"type":"text","text":"x"}]}}]}],"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"f"},"output_config":{"effort":"max","format":{"type":"json_schema","schema":{"type":"object"}}}})",
      R"({"system_instruction":{"parts":[{"text":"s"}]},"contents":[{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"anthropic:S"},{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"Q"}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"error":{"a":[1]}}}},{"fileData":{"fileUri":"https://x/y.png"}}]}],"generationConfig":{"candidateCount":2,"topK":3,"thinkingConfig":{"thinkingBudget":-1,"includeThoughts":true}}})",
      R"({"contents":{"parts":{"text":"a"}},"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","nullable":true,"properties":{"b":{"type":"STRING"}},"propertyOrdering":["b"],"maxProperties":"3"}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"ARRAY","items":{"type":"INTEGER"}}}})",
      R"({"max_tokens":1,"messages":[{"role":"user","content":"\ud83d"}],"stop_sequences":["x"],"metadata":{"user_id":"u"}})",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  const auto model = models[choose.below(std::size(models))];
  const auto body = choose.rest();
  for (const auto from : wires)
    for (const auto to : wires)
      check_direction(from, to, model, body);
  return 0;
}
