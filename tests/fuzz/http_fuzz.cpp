// Both HTTP parsers: the pieces do not matter, limits hold, and whatever comes
// is a message or an error.

#include "http/parser.hpp"
#include "tests/fuzz/target.hpp"

#include <string>
#include <vector>

namespace {

using namespace troupe::http;
using troupe::fuzz::choices;
using troupe::fuzz::require;

/// Small, so that the limit is met too.
constexpr std::uint64_t body_max = 64;

struct outcome {
  bool failed = false;
  bool done = false;
  std::string body;
  std::string headers;
  std::size_t used = 0;

  bool operator==(const outcome&) const = default;
};

std::string flat(const header_list& headers) {
  std::string all;
  for (const auto [name, value] : headers)
    all.append(name).append(1, '\0').append(value).append(1, '\n');
  return all;
}

/// Gives `text` to `parser` in pieces, as a connection would.
template <class Parser, class Note>
outcome feed(Parser& parser, std::string_view text, std::size_t piece,
             Note note) {
  outcome got;
  std::string pending;
  while (!text.empty() && !got.failed && !parser.is_done()) {
    pending.append(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
    // A copy of its own, so that reading beyond it is noticed.
    const std::vector<char> exact(pending.begin(), pending.end());
    error_code ec;
    const auto taken =
        parser.put(boost::asio::buffer(exact.data(), exact.size()), ec);
    require(taken <= exact.size(), "no more is taken than there is");
    note();
    pending.erase(0, taken);
    got.used += taken;
    got.failed = ec && ec != boost::beast::http::error::need_more;
  }
  got.done = !got.failed && parser.is_done();
  return got;
}

outcome read_request(std::string_view text, std::size_t piece) {
  request req;
  request_parser parser{req, body_max};
  auto got = feed(parser, text, piece, [] {});
  require(req.body.size() <= body_max, "the body's limit holds");
  got.body = req.body;
  got.headers = flat(req.headers);
  return got;
}

outcome read_answer(std::string_view text, std::size_t piece) {
  response_parser parser;
  std::string body;
  auto got = feed(parser, text, piece, [&] {
    for (const auto p : parser.pieces())
      body.append(p);
    parser.clear_pieces();
  });
  got.body = std::move(body);
  got.headers = flat(parser.headers());
  return got;
}

// A fault may be seen earlier in the whole than in pieces: Beast waits for the
// header's end once it had to wait at all.
void compare(const outcome& whole, const outcome& pieces) {
  require(whole.done == pieces.done, "ending does not depend on pieces");
  if (whole.done)
    require(whole == pieces, "a message does not depend on its pieces");
}

}  // namespace

std::vector<std::string_view> troupe::fuzz::seeds() {
  return {"POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
          "GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\n{}",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          "1\r\na\r\n0\r\n\r\n",
          "HTTP/1.1 204 No Content\r\n\r\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  choices choose{bytes, size};
  const auto piece = choose.below(40) + 1;
  const auto text = choose.rest();
  if (text.empty())
    return 0;
  compare(read_request(text, text.size()), read_request(text, piece));
  compare(read_answer(text, text.size()), read_answer(text, piece));
  return 0;
}
