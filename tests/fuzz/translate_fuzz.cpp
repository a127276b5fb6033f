// Answers of every provider for every client: pieces do not matter, what goes
// out is the client's wire, a cut is never shown as complete.

#include "http/wire/answer_facts.hpp"
#include "http/wire/translate/translate_reply.hpp"
#include "http/wire/translate/translated_stream.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace {

using namespace troupe::http::wire;
namespace wire = troupe::http::wire;
using troupe::config::protocol;
using troupe::fuzz::choices;
using troupe::fuzz::require;

/// Every client's wire, and both frames of a Gemini client.
constexpr std::size_t client_count = troupe::config::protocol_count + 1;

constexpr std::array whole_endpoints{
    endpoint::chat_completions, endpoint::messages, endpoint::generate_content};
constexpr std::array stream_endpoints{endpoint::chat_completions,
                                      endpoint::messages,
                                      endpoint::stream_generate_content};

reply_shape shape_of(std::size_t client) {
  reply_shape to{protocol::gemini, true, true, false, "request"};
  if (client < troupe::config::protocol_count)
    to.client = static_cast<protocol>(client);
  else
    to.json_array = true;
  return to;
}

framing frame_of(const reply_shape& to) {
  return to.json_array ? framing::json_array : framing::sse;
}

struct outcome {
  std::string out;
  std::string cut;
  std::string complete;
  bool began, finished, finish_seen;
  troupe::fault fault;
  std::uint64_t tokens;

  bool operator==(const outcome&) const = default;
};

outcome follow(protocol from, const reply_shape& to, framing frame,
               std::string_view text, std::size_t piece) {
  translated_stream stream{from, to, {frame, usage_chunk::pass, 4000}};
  outcome got{};
  while (!text.empty()) {
    const std::string part{text.substr(0, piece)};
    text.remove_prefix(part.size());
    got.out += stream.feed(part);
  }
  got.out += stream.end();
  got.cut = stream.end_cut({502, "cut", "cut", {}, {}, {}});
  got.complete = stream.complete();
  got.began = stream.began();
  got.finished = stream.finished();
  got.finish_seen = stream.finish_reason_seen();
  got.fault = stream.fault();
  got.tokens = stream.usage().total();
  return got;
}

/// What goes out, read as a provider's of the client's wire would be.
answer_stream read_back(const reply_shape& to, std::string_view out) {
  answer_stream reader{stream_endpoints[static_cast<std::size_t>(to.client)],
                       {frame_of(to), usage_chunk::pass}};
  reader.feed(out);
  reader.end();
  return reader;
}

/// By nlohmann, which reads numbers and escapes by the letter.
void check_json(const reply_shape& to, std::string_view out) {
  if (to.json_array) {
    require(nlohmann::json::accept(out), "an array for the client is JSON");
    return;
  }
  sse_reader events;
  events.feed(out);
  while (const auto block = events.next())
    require(!block->has_data
                || block->data == "[DONE]"
                // Lone surrogates pass; nlohmann does not take them.
                || block->data.find("\\u") != std::string_view::npos
                || nlohmann::json::accept(block->data),
            "an event for the client is JSON");
  require(!events.last(), "only whole events go out");
}

void check_stream(protocol from, const reply_shape& to, const outcome& got) {
  const bool whole = got.finished || !got.complete.empty();
  const auto all = got.out + got.complete + (whole ? "" : got.cut);
  if (!to.json_array || got.began || !got.cut.empty())
    if (all.find("\\u") == std::string::npos && !all.empty())
      check_json(to, all);
  const auto shown = read_back(to, got.out + got.complete);
  if (whole) {
    require(got.fault == troupe::fault::none, "an end has no fault");
    // An answer without a choice has no finish reason to tell.
    require(shown.finished() || to.client == protocol::gemini,
            "an end is shown as one");
    return;
  }
  require(!shown.finished() && !shown.finish_reason_seen(),
          "a cut is not shown as an end");
  require(read_back(to, all).fault() != troupe::fault::none,
          "a cut ends with an error");
  require(from == protocol::gemini || !got.finished, "only Gemini ends by end");
}

void check_reply(protocol from, const reply_shape& to,
                 const std::string& body) {
  const auto got = translate_reply(from, body, to);
  require(got.sound == (got.fault == troupe::fault::none), "sound or at fault");
  require(got.sound != got.body.empty(), "an answer, or nothing");
  const auto error = translate_error(from, 503, body, to);
  require(nlohmann::json::accept(error), "an error is JSON");
  if (!got.sound)
    return;
  require(read_answer(whole_endpoints[static_cast<std::size_t>(to.client)],
                      got.body)
              .sound,
          "an answer of the client's wire");
  const auto again = translate_reply(to.client, got.body, to);
  require(again.sound, "the client's wire reads what it is given");
  require(again.usage.total() == got.usage.total(), "no count is lost");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      "data: {\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
      "{\"role\":\"assistant\",\"content\":\"a\\n\"},\"finish_reason\":null}]}"
      "\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,"
      "\"completion_tokens\":4}}\n\ndata: [DONE]\n\n",
      "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":"
      "\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"k\\\":\"}},{"
      "\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":"
      "\"{}\"}}]}}]}\n\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{"
      "\"index\":0,\"function\":{\"arguments\":\"1}\"}}]},\"finish_reason\":"
      "\"tool_calls\"}]}\n\ndata: [DONE]\n\n",
      "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"h\","
      "\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"h\","
      "\"signature\":\"s\"}],\"refusal\":\"no\"},\"logprobs\":{\"content\":[{"
      "\"token\":\"a\",\"logprob\":-0.5,\"top_logprobs\":[]}]},"
      "\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n",
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{"
      "\"id\":\"i\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":"
      "3,\"output_tokens\":1}}}\n\nevent: content_block_start\ndata: {\"type\":"
      "\"content_block_start\",\"index\":0,\"content_block\":{\"type\":"
      "\"thinking\",\"thinking\":\"\"}}\n\ndata: {\"type\":"
      "\"content_block_delta\",\"index\":0,\"delta\":{\"thinking\":\"t\","
      "\"signature\":\"s\"}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\ndata:"
      " {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{"
      "\"type\":\"tool_use\",\"id\":\"u\",\"name\":\"f\",\"input\":{}}}\n\n"
      "data: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{"
      "\"partial_json\":\"{\\\"a\\\":[]}\"}}\n\ndata: {\"type\":"
      "\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{"
      "\"output_tokens\":9}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
      "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
      "\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\","
      "\"thought\":true,\"thoughtSignature\":\"s\"},{\"functionCall\":{"
      "\"name\":\"f\",\"args\":{\"a\":1}}}]},\"finishReason\":\"STOP\"}],"
      "\"usageMetadata\":{\"promptTokenCount\":3}}\r\n\r\n",
      "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n,\r\n{"
      "\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{"
      "\"promptTokenCount\":3}}]\n",
      "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n",
      R"({"choices":[{"message":{"content":"a","refusal":"b","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}})",
      R"({"id":"m","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"x"},{"type":"tool_use","id":"i","name":"n","input":{"a":1}}],"stop_reason":"refusal","stop_details":{"explanation":"e"},"usage":{"input_tokens":5,"output_tokens":6}})",
      R"({"candidates":[{"content":{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"aGk="}}]},"finishReason":"SAFETY","logprobsResult":{"chosenCandidates":[{"token":"a","logProbability":-1}]}}],"usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":2}})",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  // One provider in each run; its stream is an array one time in eight.
  const auto way = choose.below(troupe::config::protocol_count * 8);
  const auto from = static_cast<protocol>(way % troupe::config::protocol_count);
  const auto frame = way / troupe::config::protocol_count == 0
                         ? framing::json_array
                         : framing::sse;
  const auto piece = choose.below(100) + 1;
  const std::string text{choose.rest()};
  for (std::size_t client = 0; client < client_count; ++client) {
    const auto to = shape_of(client);
    const auto got = follow(from, to, frame, text, text.size() + 1);
    require(got == follow(from, to, frame, text, piece),
            "pieces do not matter");
    check_stream(from, to, got);
    check_reply(from, to, text);
  }
  return 0;
}
