#include "tests/http/wire/translate/samples.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace troupe::http::wire {

namespace {

using config::protocol;
using texts = std::vector<std::string>;

// -- OpenAI
// ----------------------------------------------------------------------

/// A chunk around a choice's members.
std::string chunk(const std::string& members, int index = 0) {
  return R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":17,)"
         R"("model":"gpt-x","choices":[{"index":)"
         + std::to_string(index) + "," + members + R"(}],"usage":null})";
}

std::string delta(const std::string& members, int index = 0) {
  return chunk(R"("delta":{)" + members + R"(},"finish_reason":null)", index);
}

std::string finish(const std::string& reason, int index = 0) {
  return chunk(R"("delta":{},"finish_reason":")" + reason + "\"", index);
}

const std::string openai_usage =
    R"({"prompt_tokens":20,"completion_tokens":9,"total_tokens":29,)"
    R"("prompt_tokens_details":{"cached_tokens":5,"cache_write_tokens":3},)"
    R"("completion_tokens_details":{"reasoning_tokens":4}})";

std::string completion(const texts& choices) {
  std::string all;
  for (std::size_t i = 0; i < choices.size(); ++i)
    all += (i == 0 ? "" : ",") + (R"({"index":)" + std::to_string(i)) + ","
           + choices[i] + "}";
  return R"({"id":"chatcmpl-1","object":"chat.completion","created":17,)"
         R"("model":"gpt-x","choices":[)"
         + all + R"(],"usage":)" + openai_usage + "}";
}

sample openai(const char* name, texts chunks, const texts& choices) {
  chunks.push_back(
      R"({"id":"chatcmpl-1","created":17,"model":"gpt-x","choices":[],"usage":)"
      + openai_usage + "}");
  chunks.push_back("[DONE]");
  return {name, protocol::openai, events(protocol::openai, chunks),
          completion(choices)};
}

void add_openai(std::vector<sample>& all) {
  all.push_back(openai(
      "openai text",
      {delta(R"("role":"assistant","content":"","refusal":null)"),
       delta(R"("content":"Hel")"), delta(R"("content":"lo\n\"you\" \u00e9")"),
       delta(R"("content":" \ud83d\ude00 \ud800")"), finish("stop")},
      {R"("message":{"role":"assistant","content":"Hello\n\"you\" \u00e9 \ud83d\ude00 \ud800","refusal":null,"annotations":[]},"finish_reason":"stop")"}));
  all.push_back(openai(
      "openai side by side calls",
      {delta(
           R"("role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"one","arguments":""}}])"),
       delta(
           R"("tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}])"),
       delta(
           R"("tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"two","arguments":"{\"y\":"}}])"),
       delta(
           R"("tool_calls":[{"index":0,"function":{"arguments":" \"}\\\\\"}"}},{"index":1,"function":{"arguments":"[1"}}])"),
       delta(R"("tool_calls":[{"index":1,"function":{"arguments":"]}"}}])"),
       delta(
           R"("tool_calls":[{"index":2,"id":"call_c","type":"function","function":{"name":"three","arguments":""}}])"),
       finish("tool_calls")},
      {R"("message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_a","type":"function","function":{"name":"one","arguments":"{\"x\": \"}\\\\\"}"}},{"id":"call_b","type":"function","function":{"name":"two","arguments":"{\"y\":[1]}"}},{"id":"call_c","type":"function","function":{"name":"three","arguments":""}}]},"finish_reason":"tool_calls")"}));
  all.push_back(openai(
      "openai thoughts",
      {delta(R"("role":"assistant","reasoning_content":"Let ")"),
       delta(R"("reasoning_content":"me see.")"), delta(R"("content":"Yes.")"),
       finish("stop")},
      {R"("message":{"role":"assistant","content":"Yes.","reasoning_content":"Let me see."},"finish_reason":"stop")"}));
  all.push_back(openai(
      "openai signed thoughts",
      {delta(
           R"("role":"assistant","reasoning_content":"Hm","thinking_blocks":[{"type":"thinking","thinking":"Hm","signature":""}])"),
       delta(
           R"("thinking_blocks":[{"type":"thinking","thinking":"","signature":"c2ln"}])"),
       delta(
           R"("thinking_blocks":[{"type":"redacted_thinking","data":"ZGF0YQ"}])"),
       delta(R"("content":"Yes.")"), finish("length")},
      {R"("message":{"role":"assistant","content":"Yes.","reasoning_content":"Hm","thinking_blocks":[{"type":"thinking","thinking":"Hm","signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ"}]},"finish_reason":"length")"}));
  all.push_back(openai(
      "openai refusal",
      {delta(R"("role":"assistant","content":null,"refusal":"I ")"),
       delta(R"("refusal":"won't.")"), finish("stop")},
      {R"("message":{"role":"assistant","content":null,"refusal":"I won't."},"finish_reason":"stop")"}));
  all.push_back(openai(
      "openai log-probs of two",
      {chunk(
           R"("delta":{"role":"assistant","content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"a","logprob":-0.5,"bytes":[97]},{"token":"\"","logprob":-1e1,"bytes":[34]}]}]},"finish_reason":null)"),
       delta(R"("role":"assistant","content":"z")", 1), finish("length", 1),
       chunk(
           R"("delta":{"content":"b"},"logprobs":{"content":[{"token":"b","logprob":0,"bytes":[98],"top_logprobs":[]}]},"finish_reason":null)"),
       finish("content_filter")},
      {R"("message":{"role":"assistant","content":"ab"},"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"a","logprob":-0.5,"bytes":[97]},{"token":"\"","logprob":-1e1,"bytes":[34]}]},{"token":"b","logprob":0,"bytes":[98],"top_logprobs":[]}]},"finish_reason":"content_filter")",
       R"("message":{"role":"assistant","content":"z"},"finish_reason":"length")"}));
}

// -- Anthropic
// ----------------------------------------------------------------------

std::string message(const std::string& content, const std::string& rest,
                    const std::string& output) {
  return R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x",)"
         R"("content":[)"
         + content + "]," + rest
         + R"(,"usage":{"input_tokens":12,"cache_creation_input_tokens":7,"cache_read_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4},"output_tokens":)"
         + output + "}}";
}

std::string block(int index, const std::string& content) {
  return R"({"type":"content_block_start","index":)" + std::to_string(index)
         + R"(,"content_block":)" + content + "}";
}

std::string piece(int index, const std::string& members) {
  return R"({"type":"content_block_delta","index":)" + std::to_string(index)
         + R"(,"delta":{)" + members + "}}";
}

std::string block_end(int index) {
  return R"({"type":"content_block_stop","index":)" + std::to_string(index)
         + "}";
}

const std::string ping = R"({"type": "ping"})";

sample anthropic(const char* name, const texts& blocks,
                 const std::string& content, const std::string& stop) {
  texts all{R"({"type":"message_start","message":)"
            + message("", R"("stop_reason":null,"stop_sequence":null)", "1")
            + "}"};
  all.insert(all.end(), blocks.begin(), blocks.end());
  all.push_back(
      R"({"type":"message_delta","delta":{)" + stop
      + R"(},"usage":{"output_tokens":30,"output_tokens_details":{"thinking_tokens":11}}})");
  all.push_back(R"({"type":"message_stop"})");
  return {name, protocol::anthropic, events(protocol::anthropic, all),
          message(content, stop,
                  R"(30,"output_tokens_details":{"thinking_tokens":11})")};
}

void add_anthropic(std::vector<sample>& all) {
  all.push_back(anthropic(
      "anthropic thoughts and calls",
      {block(0, R"({"type":"thinking","thinking":"","signature":""})"), ping,
       piece(0, R"("type":"thinking_delta","thinking":"First, ")"),
       piece(0, R"("type":"thinking_delta","thinking":"look.")"),
       piece(0, R"("type":"signature_delta","signature":"c2ln+/=")"),
       block_end(0), block(1, R"({"type":"text","text":""})"),
       piece(1, R"("type":"text_delta","text":"I'll \"look\".")"), block_end(1),
       block(2,
             R"({"type":"tool_use","id":"toolu_1","name":"look","input":{}})"),
       piece(2, R"("type":"input_json_delta","partial_json":"")"),
       piece(2, R"("type":"input_json_delta","partial_json":"{\"at\": ")"),
       piece(2, R"("type":"input_json_delta","partial_json":"\"\\u00e9 {\"}")"),
       block_end(2),
       block(3,
             R"({"type":"tool_use","id":"toolu_2","name":"wait","input":{}})"),
       block_end(3)},
      R"({"type":"thinking","thinking":"First, look.","signature":"c2ln+/="},{"type":"text","text":"I'll \"look\"."},{"type":"tool_use","id":"toolu_1","name":"look","input":{ "at":"\u00e9 {" }},{"type":"tool_use","id":"toolu_2","name":"wait","input":{}})",
      R"("stop_reason":"tool_use","stop_sequence":null)"));
  all.push_back(anthropic(
      "anthropic refusal",
      {block(0, R"({"type":"text","text":""})"),
       piece(0, R"("type":"text_delta","text":"Well, ")"), block_end(0)},
      R"({"type":"text","text":"Well, "})",
      R"("stop_reason":"refusal","stop_sequence":null,"stop_details":{"type":"refusal","category":"bio","explanation":"Not this."})"));
  all.push_back(anthropic(
      "anthropic redacted",
      {block(0, R"({"type":"redacted_thinking","data":"c2VhbA=="})"),
       block_end(0), block(1, R"({"type":"text","text":""})"),
       piece(1, R"("type":"text_delta","text":"one ")"), block_end(1),
       block(
           2,
           R"({"type":"server_tool_use","id":"srv","name":"web_search","input":{}})"),
       piece(2, R"("type":"input_json_delta","partial_json":"{\"q\":1}")"),
       block_end(2),
       block(
           3,
           R"({"type":"web_search_tool_result","tool_use_id":"srv","content":[]})"),
       block_end(3), block(4, R"({"type":"text","text":"","citations":[]})"),
       piece(4, R"("type":"citations_delta","citation":{"type":"x"})"),
       piece(4, R"("type":"text_delta","text":"two")"), block_end(4)},
      R"({"type":"redacted_thinking","data":"c2VhbA=="},{"type":"text","text":"one "},{"type":"server_tool_use","id":"srv","name":"web_search","input":{"q":1}},{"type":"web_search_tool_result","tool_use_id":"srv","content":[]},{"type":"text","text":"two","citations":[{"type":"x"}]})",
      R"("stop_reason":"stop_sequence","stop_sequence":"END")"));
}

// -- Gemini
// ----------------------------------------------------------------------

std::string response(const std::string& candidates, const std::string& rest) {
  return R"({"candidates":[)" + candidates + R"(],)" + rest
         + R"("modelVersion":"gemini-x","responseId":"resp1"})";
}

std::string candidate(const std::string& parts, const std::string& rest = "") {
  return R"({"content":{"parts":[)" + parts + R"(],"role":"model"})" + rest
         + "}";
}

const std::string gemini_usage =
    R"("usageMetadata":{"promptTokenCount":20,"cachedContentTokenCount":5,"candidatesTokenCount":6,"thoughtsTokenCount":4,"totalTokenCount":30},)";
const std::string early_usage =
    R"("usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":1},)";

/// `pieces` are candidates; the last comes with the final counts.
sample gemini(const char* name, const texts& pieces, const std::string& whole) {
  texts all;
  for (const auto& each : pieces)
    all.push_back(
        response(each, &each == &pieces.back() ? gemini_usage : early_usage));
  return {name, protocol::gemini, events(protocol::gemini, all),
          response(whole, gemini_usage)};
}

const std::string stop = R"(,"finishReason":"STOP","index":0)";

void add_gemini(std::vector<sample>& all) {
  all.push_back(gemini(
      "gemini thoughts",
      {candidate(R"({"text":"Hm, ","thought":true})"),
       candidate(R"({"text":"so.","thought":true})"),
       candidate(R"({"text":"Yes, "})"), candidate(R"({"text":"\"it\" is."})"),
       candidate(R"({"text":"","thoughtSignature":"c2ln"})", stop)},
      candidate(
          R"({"text":"Hm, so.","thought":true},{"text":"Yes, \"it\" is."},{"text":"","thoughtSignature":"c2ln"})",
          stop)));
  all.push_back(gemini(
      "gemini signed text",
      {candidate(R"({"text":"Hm","thought":true})"),
       candidate(R"({"text":"Yes","thoughtSignature":"c2ln"})"),
       candidate(R"({"text":"."})", R"(,"finishReason":"MAX_TOKENS")")},
      candidate(
          R"({"text":"Hm","thought":true},{"text":"Yes.","thoughtSignature":"c2ln"})",
          R"(,"finishReason":"MAX_TOKENS")")));
  all.push_back(gemini(
      "gemini calls",
      {candidate(
           R"({"functionCall":{"name":"one","args":{ "x" : [1, 2.50] }},"thoughtSignature":"c2ln"})"),
       candidate(
           R"({"functionCall":{"id":"own","name":"two","args":{}}},{"functionCall":{"name":"one"}})",
           stop)},
      candidate(
          R"({"functionCall":{"name":"one","args":{"x":[1,2.50]}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"own","name":"two","args":{}}},{"functionCall":{"name":"one"}})",
          stop)));
  const std::string blocked =
      R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},)"
      + gemini_usage + R"("modelVersion":"gemini-x","responseId":"resp1"})";
  all.push_back({"gemini blocked prompt", protocol::gemini,
                 events(protocol::gemini, {blocked}), blocked});
  all.push_back(
      gemini("gemini safety",
             {candidate(R"({"text":"Take "})"),
              R"({"finishReason":"SAFETY","finishMessage":"No."})"},
             candidate(R"({"text":"Take "})",
                       R"(,"finishReason":"SAFETY","finishMessage":"No.")")));
  all.push_back(gemini(
      "gemini picture, tokens, two candidates",
      {candidate(R"({"inlineData":{"mimeType":"image/png","data":"aGk="}})"),
       candidate(
           R"({"text":"a"})",
           R"(,"logprobsResult":{"topCandidates":[{"candidates":[{"token":"a","logProbability":-0.25},{"token":"b","logProbability":-3}]}],"chosenCandidates":[{"token":"a","logProbability":-0.25}]})"),
       candidate(R"({"text":"z"})", R"(,"finishReason":"STOP","index":1)"),
       candidate(R"({"text":"b"})", stop)},
      candidate(
          R"({"inlineData":{"mimeType":"image/png","data":"aGk="}},{"text":"ab"})",
          R"(,"logprobsResult":{"chosenCandidates":[{"token":"a","logProbability":-0.25}],"topCandidates":[{"candidates":[{"token":"a","logProbability":-0.25},{"token":"b","logProbability":-3}]}]})"
              + stop)
          + ","
          + candidate(R"({"text":"z"})",
                      R"(,"finishReason":"STOP","index":1)")));
}

}  // namespace

std::string events(protocol from, const std::vector<std::string>& all) {
  std::string stream;
  for (const auto& data : all) {
    if (from == protocol::anthropic)
      stream += "event: "
                + nlohmann::json::parse(data)["type"].get<std::string>() + "\n";
    stream += "data: " + data;
    stream += from == protocol::gemini ? "\r\n\r\n" : "\n\n";
  }
  return stream;
}

const std::vector<sample>& samples() {
  static const auto all = [] {
    std::vector<sample> made;
    add_openai(made);
    add_anthropic(made);
    add_gemini(made);
    return made;
  }();
  return all;
}

const sample& sample_of(std::string_view name) {
  for (const auto& each : samples())
    if (each.name == name)
      return each;
  throw std::invalid_argument{std::string{name}};
}

}  // namespace troupe::http::wire
