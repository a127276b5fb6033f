// Streamed answers of every endpoint: pieces do not matter, what goes out is
// the beginning of what came in, a cut is never shown as complete.

#include "http/wire/answer_stream.hpp"
#include "tests/fuzz/target.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace {

using namespace troupe::http::wire;
namespace wire = troupe::http::wire;
using troupe::fuzz::choices;
using troupe::fuzz::require;

struct way {
  wire::endpoint endpoint;
  wire::framing framing;
};

constexpr std::array ways{
    way{endpoint::chat_completions, framing::sse},
    way{endpoint::completions, framing::sse},
    way{endpoint::responses, framing::sse},
    way{endpoint::messages, framing::sse},
    way{endpoint::stream_generate_content, framing::sse},
    way{endpoint::stream_generate_content, framing::json_array},
};

struct outcome {
  std::string out;
  std::string cut;  // what ends it if it was cut
  bool began, finished, finish_seen;
  troupe::fault fault;
  std::uint64_t tokens;

  bool operator==(const outcome&) const = default;
};

outcome follow(const way& w, usage_chunk chunk, std::string_view text,
               std::size_t piece) {
  answer_stream stream{w.endpoint, {w.framing, chunk, 4000}};
  outcome got{};
  while (!text.empty()) {
    const std::string part{text.substr(0, piece)};
    text.remove_prefix(part.size());
    got.out += stream.feed(part);
  }
  got.out += stream.end();
  got.cut = stream.end_cut({502, "cut", "cut", {}, {}, {}});
  got.began = stream.began();
  got.finished = stream.finished();
  got.finish_seen = stream.finish_reason_seen();
  got.fault = stream.fault();
  got.tokens = stream.usage().total();
  return got;
}

void check_pass(const outcome& got, std::string_view text) {
  // The blank line added to a last event is the only thing not received.
  auto out = std::string_view{got.out};
  for (int i = 0; i < 2 && !text.starts_with(out) && out.ends_with('\n'); ++i)
    out.remove_suffix(1);
  require(text.starts_with(out), "what goes out is a prefix of what came in");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {
      "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":"
      "null}],\"usage\":null}\n\ndata: {\"choices\":[{\"finish_reason\":"
      "\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,"
      "\"completion_tokens\":4}}\n\ndata: [DONE]\n\n",
      "event: response.created\ndata: {\"type\":\"response.created\","
      "\"sequence_number\":0}\n\nevent: response.completed\ndata: {\"type\":"
      "\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":3,"
      "\"output_tokens\":4}}}\n\n",
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{"
      "\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\nevent: ping\n"
      "data: {\"type\":\"ping\"}\n\nevent: message_delta\ndata: {\"type\":"
      "\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{"
      "\"output_tokens\":9}}\n\nevent: message_stop\ndata: {\"type\":"
      "\"message_stop\"}\n\n",
      "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
      "\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
      "data: {\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{"
      "\"promptTokenCount\":3}}\r\n\r\n",
      "[{\"candidates\":[{\"content\":{}}]}\n,\r\n{\"candidates\":[{"
      "\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":3}}]"
      "\n",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  const auto& w = ways[choose.below(ways.size())];
  const auto piece = choose.below(100) + 1;
  const auto text = choose.rest();
  const auto whole = follow(w, usage_chunk::pass, text, text.size() + 1);
  require(whole == follow(w, usage_chunk::pass, text, piece),
          "pieces do not matter");
  check_pass(whole, text);
  const auto stripped = follow(w, usage_chunk::strip, text, piece);
  require(stripped.out.size() <= whole.out.size(), "stripping adds nothing");
  require(stripped.tokens == whole.tokens, "stripping loses no count");
  // nlohmann reads numbers and escapes more strictly than we pass them.
  if (w.framing == framing::json_array && whole.fault == troupe::fault::none
      && whole.out.find_first_of("0123456789\\") == std::string::npos
      && !whole.finished && !whole.cut.empty())
    require(nlohmann::json::accept(whole.out + whole.cut),
            "a cut array is JSON");
  return 0;
}
