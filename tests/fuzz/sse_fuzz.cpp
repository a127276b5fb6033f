// Both readers of streams: the pieces do not matter, and no byte is lost.

#include "http/wire/json_array.hpp"
#include "http/wire/sse.hpp"
#include "tests/fuzz/target.hpp"

#include <string>
#include <vector>

namespace {

using namespace troupe::http::wire;
using troupe::fuzz::choices;
using troupe::fuzz::require;

/// Small, so that the limit is met too.
constexpr std::size_t size_max = 200;

struct outcome {
  std::vector<std::string> parts;
  std::string raw;
  bool failed = false;

  bool operator==(const outcome&) const = default;
};

template <class Reader, class Note>
void read(Reader& reader, std::string_view text, std::size_t piece, Note note) {
  while (!text.empty()) {
    // A copy of its own, so that reading beyond it is noticed.
    const std::string part{text.substr(0, piece)};
    text.remove_prefix(part.size());
    reader.feed(part);
    while (const auto block = reader.next())
      note(*block);
  }
}

outcome read_events(std::string_view text, std::size_t piece) {
  sse_reader reader{size_max};
  outcome got;
  const auto note = [&got](const sse_block& block) {
    got.raw.append(block.raw);
    if (block.has_data)
      got.parts.push_back(std::string{block.type} + '|'
                          + std::string{block.data});
  };
  read(reader, text, piece, note);
  if (const auto block = reader.last())
    got.raw.append(block->raw);
  got.failed = reader.failed();
  return got;
}

outcome read_elements(std::string_view text, std::size_t piece) {
  array_reader reader{size_max};
  outcome got;
  read(reader, text, piece, [&got](const array_block& block) {
    got.raw.append(block.raw);
    got.parts.emplace_back(block.element);
  });
  got.raw.append(reader.rest());
  got.failed = reader.failed();
  return got;
}

void compare(const outcome& whole, const outcome& pieces,
             std::string_view text) {
  require(whole.failed == pieces.failed, "failing does not depend on pieces");
  require(whole.parts == pieces.parts, "parts do not depend on pieces");
  require(text.starts_with(pieces.raw), "blocks are the stream's bytes");
  require(whole.failed || pieces.raw == text, "no byte is lost");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {"data: {\"a\":1}\n\ndata: [DONE]\n\n",
          "event: x\r\nid: 1\r\ndata: a\r\ndata: b\r\n\r\n",
          ": comment\n\n\xEF\xBB\xBF\rdata:x\r\rretry: 5\n\n",
          "[{\"a\":\"}\\\"\"},\r\n{\"b\":[{}]}\n]", "[]"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  const auto piece = choose.below(40) + 1;
  const auto text = choose.rest();
  if (text.empty())
    return 0;
  compare(read_events(text, text.size()), read_events(text, piece), text);
  compare(read_elements(text, text.size()), read_elements(text, piece), text);
  return 0;
}
