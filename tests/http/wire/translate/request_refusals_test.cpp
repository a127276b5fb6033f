// What is refused, with the client's own field; what is dropped, by name.

#include "tests/http/wire/translate/translating.hpp"

#include <algorithm>

namespace troupe::http::wire {

namespace {

struct refused_row {
  way direction;
  std::string body;
  const char* param;
};

void check(const refused_row& r) {
  const auto got = translate(r.direction, r.body);
  ASSERT_TRUE(got.refused) << r.body << "\n" << got.request.body;
  EXPECT_EQ(got.refused->param, r.param) << got.refused->message;
  EXPECT_NE(got.refused->message.find(r.param), std::string::npos)
      << got.refused->message;
  EXPECT_TRUE(got.request.body.empty());
}

std::string openai_chat(const char* extra) {
  return chat_with(openai, extra);
}

std::string anthropic_chat(const char* extra) {
  return chat_with(anthropic, extra);
}

std::string gemini_chat(const char* extra) {
  return chat_with(gemini, extra);
}

constexpr way oa{openai, anthropic}, og{openai, gemini};
constexpr way ao{anthropic, openai}, ag{anthropic, gemini};
constexpr way go{gemini, openai}, ga{gemini, anthropic};

TEST(request_refusals, name_the_field_of_an_openai_client) {
  const refused_row rows[]{
      {oa, openai_chat(R"("n":2,)"), "n"},
      {og, openai_chat(R"("n":9,)"), "n"},
      {oa, openai_chat(R"("logprobs":true,)"), "logprobs"},
      {oa, openai_chat(R"("stop":["a","\n"],)"), "stop"},
      {og, openai_chat(R"("stop":["1","2","3","4","5","6"],)"), "stop"},
      {oa, openai_chat(R"("stop":[1],)"), "stop"},
      {oa, openai_chat(R"("temperature":2.5,)"), "temperature"},
      {oa, openai_chat(R"("temperature":"1",)"), "temperature"},
      {oa, openai_chat(R"("top_p":-1,)"), "top_p"},
      {oa, openai_chat(R"("max_tokens":0,)"), "max_tokens"},
      {oa, openai_chat(R"("max_completion_tokens":1.5,)"),
       "max_completion_tokens"},
      {oa, openai_chat(R"("seed":"x",)"), "seed"},
      {oa, openai_chat(R"("seed":1e300,)"), "seed"},
      {oa, openai_chat(R"("reasoning_effort":"much",)"), "reasoning_effort"},
      {oa, openai_chat(R"("modalities":["text","audio"],)"), "modalities"},
      {oa, openai_chat(R"("audio":{"voice":"x"},)"), "audio"},
      {oa, openai_chat(R"("web_search_options":{},)"), "web_search_options"},
      {oa, openai_chat(R"("functions":[],)"), "functions"},
      {oa, openai_chat(R"("brand_new":1,)"), "brand_new"},
      {oa, openai_chat(R"("tools":[{"type":"custom","custom":{}}],)"),
       "tools[0].type"},
      {oa, openai_chat(R"("tools":{},)"), "tools"},
      {oa, openai_chat(R"("tools":[{"type":"function"}],)"),
       "tools[0].function"},
      {oa, openai_chat(R"("tools":[{"type":"function","function":{}}],)"),
       "tools[0].function.name"},
      {oa, openai_chat(R"("tool_choice":"required",)"), "tool_choice"},
      {oa, openai_chat(R"("tool_choice":"some",)"), "tool_choice"},
      {oa,
       openai_chat(
           R"("tool_choice":{"type":"function","function":{"name":"f"}},)"),
       "tool_choice"},
      {oa, openai_chat(R"("tool_choice":{"type":"custom"},)"),
       "tool_choice.type"},
      {oa, openai_chat(R"("response_format":{"type":"xml"},)"),
       "response_format.type"},
      {oa, openai_chat(R"("response_format":{"type":"json_schema"},)"),
       "response_format.json_schema"},
      {oa, R"({"model":"m"})", "messages"},
      {oa, R"({"messages":{}})", "messages"},
  };
  for (const auto& r : rows)
    check(r);
}

TEST(request_refusals, name_the_field_of_an_openai_message) {
  const std::pair<const char*, const char*> rows[]{
      {R"([1])", "messages[0]"},
      {R"([{"content":"x"}])", "messages[0].role"},
      {R"([{"role":"king","content":"x"}])", "messages[0].role"},
      {R"([{"role":"function","name":"f","content":"x"}])", "messages[0].role"},
      {R"([{"role":"user"}])", "messages[0].content"},
      {R"([{"role":"user","content":7}])", "messages[0].content"},
      {R"([{"role":"user","content":[{"type":"video"}]}])",
       "messages[0].content[0].type"},
      {R"([{"role":"user","content":[{"type":"text"}]}])",
       "messages[0].content[0].text"},
      {R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"ftp://x"}}]}])",
       "messages[0].content[0].image_url.url"},
      {R"([{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}])",
       "messages[0].content[0].file.file_id"},
      {R"([{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}])",
       "messages[0].content[0]"},
      {R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AA=="}}]}])",
       "messages[0].content[0]"},
      {R"([{"role":"assistant","audio":{"id":"a"}}])", "messages[0].audio"},
      {R"([{"role":"assistant","tool_calls":[{"id":"a","type":"custom"}]}])",
       "messages[0].tool_calls[0].type"},
      {R"([{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]}])",
       "messages[0].tool_calls[0].id"},
      {R"([{"role":"tool","content":"x"}])", "messages[0].tool_call_id"},
      {R"([{"role":"tool","tool_call_id":"a","content":"x"}])",
       "messages[0].tool_call_id"},
  };
  for (const auto& [messages, param] : rows)
    check({oa, chat_of(openai, messages), param});
}

TEST(request_refusals, name_the_field_of_an_anthropic_client) {
  const auto message = [](const char* content) {
    return chat_of(anthropic, R"([{"role":"user","content":[)"
                                  + std::string{content} + "]}]");
  };
  const refused_row rows[]{
      {ao, R"({"messages":[]})", "max_tokens"},
      {ao, R"({"max_tokens":1})", "messages"},
      {ao, anthropic_chat(R"("temperature":1.5,)"), "temperature"},
      {ao, anthropic_chat(R"("stop_sequences":["1","2","3","4","5"],)"),
       "stop_sequences"},
      {ag, anthropic_chat(R"("stop_sequences":[1],)"), "stop_sequences.0"},
      {ao, anthropic_chat(R"("mcp_servers":[],"container":"c",)"),
       "mcp_servers"},
      {ao, anthropic_chat(R"("inference_geo":"us",)"), "inference_geo"},
      {ao,
       anthropic_chat(
           R"("tools":[{"type":"web_search_20250305","name":"web_search"}],)"),
       "tools.0.type"},
      {ao, anthropic_chat(R"("tools":[{"name":"f"}],)"),
       "tools.0.input_schema"},
      {ao, anthropic_chat(R"("tool_choice":{"type":"any"},)"), "tool_choice"},
      {ao, anthropic_chat(R"("tool_choice":{"type":"all"},)"),
       "tool_choice.type"},
      {ao,
       anthropic_chat(R"("thinking":{"type":"enabled","budget_tokens":5},)"),
       "thinking.budget_tokens"},
      {ao, anthropic_chat(R"("thinking":{"type":"deep"},)"), "thinking.type"},
      {ao, anthropic_chat(R"("output_config":{"effort":"none"},)"),
       "output_config.effort"},
      {ao,
       anthropic_chat(R"("output_config":{"format":{"type":"json_object"}},)"),
       "output_config.format.type"},
      {ao, anthropic_chat(R"("output_config":{"new":1},)"),
       "output_config.new"},
      {ao, anthropic_chat(R"("system":[{"type":"image"}],)"),
       "system.0.source"},
      {ao, message(R"({"type":"server_tool_use"})"),
       "messages.0.content.0.type"},
      {ao, message(R"({"type":"search_result"})"), "messages.0.content.0.type"},
      {ao,
       message(R"({"type":"image","source":{"type":"file","file_id":"f"}})"),
       "messages.0.content.0.source.file_id"},
      {ao,
       message(
           R"({"type":"document","source":{"type":"url","url":"https://x/a.pdf"}})"),
       "messages.0.content.0"},
      {ao, message(R"({"type":"tool_result","tool_use_id":"t"})"),
       "messages.0.content.0.tool_use_id"},
      {ao, message(R"({"type":"tool_use","id":"t","name":"f","input":{}})"),
       "messages.0.content.0"},
      {ao, message(R"({"type":"tool_use","id":"t","name":"f","input":[]})"),
       "messages.0.content.0.input"},
      {ao, chat_of(anthropic, R"([{"role":"bot","content":"x"}])"),
       "messages.0.role"},
  };
  for (const auto& r : rows)
    check(r);
}

TEST(request_refusals, name_the_field_of_a_gemini_client) {
  const auto content = [](const char* part) {
    return chat_of(gemini,
                   R"([{"role":"user","parts":[)" + std::string{part} + "]}]");
  };
  const refused_row rows[]{
      {go, "{}", "contents"},
      {go, gemini_chat(R"("cachedContent":"c",)"), "cachedContent"},
      {go, gemini_chat(R"("tools":[{"googleSearch":{}}],)"),
       "tools[0].googleSearch"},
      {go, gemini_chat(R"("tools":[{"code_execution":{}}],)"),
       "tools[0].code_execution"},
      {ga, gemini_chat(R"("generationConfig":{"candidateCount":2},)"),
       "generationConfig.candidateCount"},
      {ga, gemini_chat(R"("generationConfig":{"responseLogprobs":true},)"),
       "generationConfig.responseLogprobs"},
      {go,
       gemini_chat(
           R"("generationConfig":{"stopSequences":["1","2","3","4","5"]},)"),
       "generationConfig.stopSequences"},
      {ga, gemini_chat(R"("generationConfig":{"stopSequences":[" "]},)"),
       "generationConfig.stopSequences"},
      {go, gemini_chat(R"("generationConfig":{"speechConfig":{}},)"),
       "generationConfig.speechConfig"},
      {go,
       gemini_chat(R"("generationConfig":{"responseModalities":["IMAGE"]},)"),
       "generationConfig.responseModalities"},
      {go,
       gemini_chat(R"("generationConfig":{"responseMimeType":"text/x.enum"},)"),
       "generationConfig.responseMimeType"},
      {go, gemini_chat(R"("generationConfig":{"maxOutputTokens":"x"},)"),
       "generationConfig.maxOutputTokens"},
      {go,
       gemini_chat(
           R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"ALL"}},)"),
       "generationConfig.thinkingConfig.thinkingLevel"},
      {go,
       gemini_chat(R"("toolConfig":{"functionCallingConfig":{"mode":"X"}},)"),
       "toolConfig.functionCallingConfig.mode"},
      {go,
       gemini_chat(R"("toolConfig":{"functionCallingConfig":{"mode":"ANY"}},)"),
       "toolConfig.functionCallingConfig"},
      {go, chat_of(gemini, R"([{"role":"king","parts":[]}])"),
       "contents[0].role"},
      {go, content("{}"), "contents[0].parts[0]"},
      {go, content(R"({"executableCode":{}})"),
       "contents[0].parts[0].executableCode"},
      {go,
       content(
           R"({"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/x"}})"),
       "contents[0].parts[0].fileData.fileUri"},
      {go, content(R"({"inlineData":{"mimeType":"video/mp4","data":"AA=="}})"),
       "contents[0].parts[0]"},
      {ga, content(R"({"inlineData":{"mimeType":"audio/wav","data":"AA=="}})"),
       "contents[0].parts[0]"},
      {go, content(R"({"functionResponse":{"name":"f","response":{}}})"),
       "contents[0].parts[0].functionResponse"},
      {go,
       chat_of(
           gemini,
           R"([{"role":"model","parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}])"),
       "contents[0].parts[0]"},
  };
  for (const auto& r : rows)
    check(r);
}

TEST(request_refusals, of_a_newer_anthropic_version_are_the_providers) {
  const header_list newer{{"anthropic-version", "2026-10-21"}};
  const std::pair<std::string, const char*> rows[]{
      {anthropic_chat(R"("temperature":1,)"), "temperature"},
      {anthropic_chat(R"("top_p":1,)"), "top_p"},
      {anthropic_chat(R"("top_k":1,)"), "top_k"},
      {chat_of(
           anthropic,
           R"([{"role":"assistant","content":[{"type":"document","source":{"type":"text","data":"x"}}]}])"),
       "messages.0.content.0"},
      {chat_of(
           anthropic,
           R"([{"role":"user","content":[{"type":"text","text":"x","citations":[{}]}]}])"),
       "messages.0.content.0.citations"},
  };
  for (const auto& [body, param] : rows) {
    const auto got = translate(ao, body, newer);
    ASSERT_TRUE(got.refused) << body;
    EXPECT_EQ(got.refused->param, param);
    EXPECT_FALSE(translate(ao, body).refused) << body;
  }
}

TEST(request_refusals, say_what_to_use_instead) {
  const std::pair<endpoint, const char*> rows[]{
      {endpoint::completions, "Use /v1/chat/completions instead."},
      {endpoint::responses, "Use /v1/chat/completions instead."},
      {endpoint::list_models, "has no equal"},
  };
  for (const auto& [e, words] : rows) {
    const auto got = translate_request({e, row_of(e).protocol, {}, {}}, "{}",
                                       {}, anthropic, "m", false);
    ASSERT_TRUE(got.refused);
    EXPECT_NE(got.refused->message.find(words), std::string::npos)
        << got.refused->message;
  }
}

TEST(request_refusals, of_what_is_no_json_say_where) {
  for (const auto* body : {"", "[", "[]", "7", R"({"a":1,"a":2})"})
    for (const auto from : {openai, anthropic, gemini}) {
      const auto got = translate({from, anthropic}, body);
      ASSERT_TRUE(got.refused) << body;
      EXPECT_FALSE(got.refused->message.empty());
    }
}

TEST(request_drops, are_listed_in_the_clients_words) {
  struct {
    way direction;
    std::string body;
    std::vector<std::string> dropped;
  } const rows[]{
      {oa,
       openai_chat(R"("logit_bias":{"1":2},"metadata":{},"store":false,)"),
       {"logit_bias", "metadata", "store"}},
      {oa,
       openai_chat(
           R"("prediction":{},"prompt_cache_key":"k","verbosity":"low","service_tier":"flex",)"),
       {"prediction", "prompt_cache_key", "service_tier", "verbosity"}},
      {oa,
       openai_chat(
           R"("seed":1,"presence_penalty":1,"frequency_penalty":1,"top_p":1,"temperature":1,)"),
       {"top_p", "seed", "presence_penalty", "frequency_penalty"}},
      {og, openai_chat(R"("user":"u",)"), {"user"}},
      {og,
       openai_chat(
           R"("parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","strict":true}}],)"),
       {"strict", "parallel_tool_calls"}},
      {oa,
       chat_of(
           openai,
           R"([{"role":"user","name":"bob","content":"x"},)"
           R"({"role":"assistant","content":"y","reasoning_content":"z","annotations":[]}])"),
       {"name", "reasoning_content", "annotations"}},
      {oa,
       chat_of(
           openai,
           R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}}]}])"),
       {"detail"}},
      {ao,
       anthropic_chat(
           R"("top_k":4,"service_tier":"auto","cache_control":{"type":"ephemeral"},"context_management":{},)"),
       {"cache_control", "context_management", "service_tier", "top_k"}},
      {ao,
       anthropic_chat(
           R"("tools":[{"name":"f","input_schema":{"type":"object"},"cache_control":{},"input_examples":[],"defer_loading":true}],)"),
       {"cache_control", "defer_loading", "input_examples"}},
      {ao,
       chat_of(
           anthropic,
           R"([{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"x","citations":[]}]}])"),
       {"citations", "thinking"}},
      {go,
       gemini_chat(
           R"("safetySettings":[],"labels":{},"generationConfig":{"mediaResolution":"LOW","topK":3},)"),
       {"mediaResolution", "labels", "safetySettings", "topK"}},
      {go,
       chat_of(
           gemini,
           R"([{"role":"model","parts":[{"text":"t","thought":true},{"text":"x","thoughtSignature":"s"}]}])"),
       {"thought", "thoughtSignature"}},
  };
  for (const auto& r : rows) {
    const auto got = translate(r.direction, r.body);
    ASSERT_FALSE(got.refused) << got.refused->message;
    EXPECT_EQ(got.request.dropped, r.dropped) << r.body;
  }
}

TEST(request_drops, are_plain_words_and_few) {
  std::string odd = R"({"role":"user","content":"x","a\r\nb":1,"ü":1)";
  for (int i = 0; i < 100; ++i)
    odd += ",\"k" + std::to_string(i) + "\":1";
  const auto got = translate(oa, chat_of(openai, "[" + odd + "}]"));
  ASSERT_FALSE(got.refused);
  EXPECT_EQ(got.request.dropped.size(), 32u);
  EXPECT_EQ(got.request.dropped.front(), "k0");
}

}  // namespace

}  // namespace troupe::http::wire
