// Streams and answers that are kept and given again: nothing hurts, pieces do
// not matter, what comes out is an answer of the wire, and it plays as itself.

#include "http/wire/answer_facts.hpp"
#include "http/wire/replay/cached_usage.hpp"
#include "http/wire/replay/collect.hpp"
#include "http/wire/replay/play.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace {

using namespace troupe::http::wire;
namespace wire = troupe::http::wire;
using nlohmann::json;
using troupe::fuzz::choices;
using troupe::fuzz::require;

struct way {
  wire::endpoint endpoint;
  wire::framing framing;
  wire::endpoint whole;
};

constexpr std::array ways{
    way{endpoint::chat_completions, framing::sse, endpoint::chat_completions},
    way{endpoint::completions, framing::sse, endpoint::completions},
    way{endpoint::responses, framing::sse, endpoint::responses},
    way{endpoint::messages, framing::sse, endpoint::messages},
    way{endpoint::stream_generate_content, framing::sse,
        endpoint::generate_content},
    way{endpoint::stream_generate_content, framing::json_array,
        endpoint::generate_content},
};

/// Small, so that the limit is met.
constexpr std::size_t answer_max = 3000;

std::optional<std::string> collected(const way& w, std::string_view stream,
                                     std::size_t piece) {
  stream_collector one{w.endpoint, w.framing, answer_max};
  while (!stream.empty() && !one.gave_up()) {
    const std::string part{stream.substr(0, piece)};
    one.feed(part);
    stream.remove_prefix(part.size());
  }
  return one.finish();
}

std::string played(const way& w, std::string_view body) {
  return play_stream(w.endpoint, body, {usage_wish::yes, w.framing, 7});
}

/// Whoever follows a played stream finds it sound. Without an end, perhaps: an
/// answer need not have a reason.
void check_stream(const way& w, const std::string& stream) {
  answer_stream follow{w.endpoint, {w.framing, usage_chunk::pass}};
  require(follow.feed(stream) == stream, "a played stream passes as it is");
  follow.end();
  require(follow.fault() != troupe::fault::malformed, "played events are JSON");
}

/// An answer that was put together once has the form that a stream has.
void check_answer(const way& w, const std::string& body) {
  require(body.size() <= answer_max, "an answer keeps its limit");
  const auto again = collected(w, played(w, body), 64);
  require(again && json::parse(*again) == json::parse(body),
          "it plays as itself");
}

void check_body(const way& w, const std::string& body) {
  check_stream(w, played(w, body));
  const auto kept = as_cached(w.whole, body);
  if (!kept)
    return;
  require(read_answer(w.whole, kept->body).sound, "what is kept is an answer");
  require(read_answer(w.whole, kept->body).usage.total() == 0,
          "what is kept costs nothing");
  check_stream(w, played(w, kept->body));
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"choices\":[{"
      "\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"a\\n\"},"
      "\"logprobs\":{\"content\":[{\"token\":\"a\"}]},\"finish_reason\":null}]}"
      "\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{"
      "\"index\":0,\"id\":\"c\",\"function\":{\"arguments\":\"{\"}}]}}]}\n\n"
      "data: "
      "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
      "\"function\":{\"arguments\":\"}\"}}],\"x\":[{}]},\"finish_reason\":"
      "\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3}}"
      "\n\ndata: [DONE]\n\n",
      "data: "
      "{\"object\":\"text_completion\",\"choices\":[{\"index\":1,\"text\":"
      "\"a\",\"finish_reason\":\"stop\"},{\"text\":\"b\",\"finish_reason\":"
      "\"stop\"}]}\n\ndata: [DONE]\n\n",
      "event: response.completed\ndata: {\"type\":\"response.completed\","
      "\"response\":{\"status\":\"completed\",\"output\":[{\"id\":\"i\","
      "\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":"
      "\"a\",\"annotations\":[{}]}]}],\"usage\":{\"input_tokens\":3}}}\n\n",
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{"
      "\"id\":\"i\",\"content\":[],\"usage\":{\"input_tokens\":3}}}\n\n"
      "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{"
      "\"type\":\"tool_use\",\"input\":{}}}\n\ndata: {\"type\":"
      "\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
      "\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":[]}\"}}\n\ndata: {"
      "\"type\":\"content_block_start\",\"index\":1,\"content_block\":{"
      "\"type\":"
      "\"thinking\",\"thinking\":\"\",\"citations\":null}}\n\ndata: {\"type\":"
      "\"content_block_delta\",\"index\":1,\"delta\":{\"type\":"
      "\"thinking_delta\",\"thinking\":\"t\"}}\n\ndata: {\"type\":"
      "\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{"
      "\"output_tokens\":9}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\","
      "\"thought\":true},{\"text\":\"b\"},{\"functionCall\":{\"args\":{}}}]},"
      "\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":3}}"
      "\r\n\r\n",
      "[{\"candidates\":[{\"index\":1,\"content\":{\"parts\":[{\"text\":\"a\"}]"
      "}"
      "}]}\n,\r\n{\"candidates\":[{\"index\":1,\"finishReason\":\"STOP\"}],"
      "\"promptFeedback\":{\"blockReason\":\"X\"}}]\n",
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":"añb","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},"logprobs":{"content":[]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"x":[1]}})",
      R"({"status":"completed","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}]},{"type":"function_call","arguments":"{}"}],"usage":{"input_tokens":1}})",
      R"({"content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"x","citations":[{}]},{"type":"tool_use","input":{"a":1}}],"stop_reason":"x","usage":{"input_tokens":5,"output_tokens":6}})",
      R"({"candidates":[{"content":{"parts":[{"text":"a"},{"text":"b","thoughtSignature":"s"}]},"finishReason":"SAFETY"}],"usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":2}})",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  const auto& w = ways[choose.below(ways.size())];
  const auto piece = choose.below(100) + 1;
  const std::string text{choose.rest()};
  const auto body = collected(w, text, text.size() + 1);
  require(body == collected(w, text, piece), "pieces do not matter");
  if (body)
    check_answer(w, *body);
  check_body(w, body ? *body : text);
  return 0;
}
