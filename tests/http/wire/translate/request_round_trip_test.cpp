// There and back: what a request says in one wire's words it still says after
// another wire's words for it are read again.
//
// The exceptions are the README's: who reads a request back is not its client.

#include "tests/http/wire/translate/translating.hpp"

namespace troupe::http::wire {

namespace {

/// All that both other wires can say.
constexpr auto full_openai = R"({"model":"m","messages":[
  {"role":"system","content":"be kind"},
  {"role":"user","content":[{"type":"text","text":"what?"},
    {"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},
    {"type":"image_url","image_url":{"url":"https://x/y.png"}},
    {"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,BB=="}}]},
  {"role":"assistant","content":"let me see","tool_calls":[
    {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"z\":1,\"a\":[true,null,\"ü\"]}"}},
    {"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},
  {"role":"tool","tool_call_id":"c1","content":"{\"a\": 1}"},
  {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]},
  {"role":"user","content":"so?"}],
  "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"z":{"type":"integer"},"a":{"type":"array"}},"required":["z"]}}},
           {"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}],
  "tool_choice":"required",
  "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false},"strict":true}},
  "max_tokens":99,"temperature":0.5,"stop":["a","b"]})";

constexpr auto full_anthropic =
    R"({"model":"m","max_tokens":99,"system":"be kind","messages":[
  {"role":"user","content":[{"type":"text","text":"what?"},
    {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},
    {"type":"image","source":{"type":"url","url":"https://x/y.png"}},
    {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"BB=="},"title":"document.pdf"}]},
  {"role":"assistant","content":[{"type":"text","text":"let me see"},
    {"type":"tool_use","id":"c1","name":"f","input":{"z":1,"a":[true,null,"ü"]}},
    {"type":"tool_use","id":"c2","name":"g","input":{}}]},
  {"role":"user","content":[
    {"type":"tool_result","tool_use_id":"c1","content":"{\"a\": 1}"},
    {"type":"tool_result","tool_use_id":"c2","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]},
    {"type":"text","text":"so?"}]}],
  "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"z":{"type":"integer"},"a":{"type":"array"}},"required":["z"]}},
           {"name":"g","input_schema":{"type":"object","properties":{}}}],
  "tool_choice":{"type":"any"},
  "output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}},
  "stop_sequences":["a","b"],"temperature":0.5})";

constexpr auto full_gemini =
    R"({"systemInstruction":{"parts":[{"text":"be kind"}]},"contents":[
  {"role":"user","parts":[{"text":"what?"},{"inlineData":{"mimeType":"image/png","data":"AA=="}},
    {"fileData":{"mimeType":"image/png","fileUri":"https://x/y.png"}},
    {"inlineData":{"mimeType":"application/pdf","data":"BB=="}}]},
  {"role":"model","parts":[{"text":"let me see"},
    {"functionCall":{"id":"c1","name":"f","args":{"z":1,"a":[true,null,"ü"]}}},
    {"functionCall":{"id":"c2","name":"g","args":{}}}]},
  {"role":"user","parts":[
    {"functionResponse":{"id":"c1","name":"f","response":{"output":"{\"a\": 1}"}}},
    {"functionResponse":{"id":"c2","name":"g","response":{"output":["x","y"]}}},
    {"text":"so?"}]}],
  "tools":[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object","properties":{"z":{"type":"integer"},"a":{"type":"array"}},"required":["z"]}},
           {"name":"g","parametersJsonSchema":{"type":"object","properties":{}}}]}],
  "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
  "generationConfig":{"maxOutputTokens":99,"temperature":0.5,"stopSequences":["a","b"],
    "responseMimeType":"application/json","responseJsonSchema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}})";

const char* full(config::protocol wire) {
  return wire == openai      ? full_openai
         : wire == anthropic ? full_anthropic
                             : full_gemini;
}

/// With members in order of their names: their order at the top says nothing.
/// A document's title is left out: Gemini has none.
std::string sorted(const tree& body) {
  auto copy = nlohmann::json::parse(print_tree(body));
  const nlohmann::json::json_pointer document{"/messages/0/content/3"};
  if (copy.contains(document))
    copy[document].erase("title");
  return copy.dump(1);
}

TEST(request_round_trip, keeps_all_that_both_wires_can_say) {
  for (const auto here : {openai, anthropic, gemini})
    for (const auto there : {openai, anthropic, gemini}) {
      const auto abroad = made({here, there}, full(here));
      const auto back = made({there, here}, print_tree(abroad));
      EXPECT_EQ(sorted(back), sorted(parsed(full(here))))
          << "over " << print_tree(abroad);
    }
}

TEST(request_round_trip, says_the_same_in_every_wires_words) {
  for (const auto here : {openai, anthropic, gemini})
    for (const auto there : {openai, anthropic, gemini})
      EXPECT_EQ(sorted(made({here, there}, full(here))),
                sorted(parsed(full(there))));
}

TEST(request_round_trip, keeps_the_order_of_a_schemas_properties) {
  for (const auto there : {openai, anthropic, gemini}) {
    const auto abroad = made({openai, there}, full_openai);
    const auto text = print_tree(abroad);
    EXPECT_LT(text.find("\"z\":{"), text.find("\"a\":{\"type\":\"array\"}"));
  }
}

TEST(request_round_trip, keeps_errors_of_tools) {
  constexpr auto failed =
      R"({"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"bad","is_error":true}]}]})";
  const auto back =
      made({gemini, anthropic}, print_tree(made({anthropic, gemini}, failed)));
  EXPECT_EQ(at(back, "/messages/1/content/0/is_error"), true);
  EXPECT_EQ(at(back, "/messages/1/content/0/content"), "bad");
}

}  // namespace

}  // namespace troupe::http::wire
