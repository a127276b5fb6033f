// What is a request and what is an attack: bytes in, messages or refusals out.

#include "http/parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe::http {
namespace {

struct parsed {
  request req;
  error_code ec;
  bool done = false;
};

/// Parses `bytes`, given in pieces of `step` bytes.
parsed parse(std::string_view bytes, std::size_t step = 1u << 20,
             std::uint64_t max_body = 1000) {
  parsed result;
  request_parser parser{result.req, max_body};
  std::string pending;
  while (!bytes.empty() && !result.ec && !parser.is_done()) {
    pending.append(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    pending.erase(0, parser.put(boost::asio::buffer(pending), result.ec));
    if (result.ec == boost::beast::http::error::need_more)
      result.ec = {};
  }
  result.done = parser.is_done();
  return result;
}

TEST(request_parser, reads_a_request_whatever_its_pieces) {
  const std::string bytes = "POST /v1/x?a=b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n"
                            "Content-Length: 5\r\n\r\nhello";
  for (const std::size_t step : {1u, 2u, 3u, 7u, 1000u}) {
    const auto got = parse(bytes, step);
    ASSERT_FALSE(got.ec) << got.ec.message() << " at step " << step;
    ASSERT_TRUE(got.done);
    EXPECT_EQ(got.req.method, "POST");
    EXPECT_EQ(got.req.path(), "/v1/x");
    EXPECT_EQ(got.req.query_value("a"), "b");
    EXPECT_EQ(got.req.headers.find("x-a"), "1");
    EXPECT_EQ(got.req.body, "hello");
  }
}

TEST(request_parser, reads_a_chunked_body_and_drops_its_trailers) {
  const auto got = parse("POST / HTTP/1.1\r\nHost: h\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n"
                         "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n"
                         "Authorization: late\r\n\r\n");
  ASSERT_TRUE(got.done) << got.ec.message();
  EXPECT_EQ(got.req.body, "abcde");
  EXPECT_FALSE(got.req.headers.find("authorization"));
}

TEST(request_parser, refuses_every_shape_that_smuggles) {
  const std::string_view shapes[] = {
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
      "Content-Length: 5\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
      "Content-Length: 6\r\n\r\nhello!",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 5\r\n\r\nhello",
      "GET / HTTP/1.1\nHost: h\n\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello",
  };
  for (const auto shape : shapes) {
    EXPECT_TRUE(parse(shape).ec) << shape;
  }
}

TEST(request_parser, bounds_the_body_announced_or_not) {
  using boost::beast::http::error;
  EXPECT_EQ(
      parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n").ec,
      error::body_limit);
  EXPECT_TRUE(parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"
                    + std::string(1000, 'x'))
                  .done);
  EXPECT_EQ(parse("POST / HTTP/1.1\r\nHost: h\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"
                  + std::string(1001, 'x') + "\r\n0\r\n\r\n")
                .ec,
            error::body_limit);
}

TEST(request_parser, bounds_the_header_also_when_it_trickles) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n";
  while (bytes.size() < 2 * header_bytes_max)
    bytes += "X-Filler: 0123456789012345678901234567890123456789\r\n";
  for (const std::size_t step : {100u, 4096u, 1000000u})
    EXPECT_EQ(parse(bytes, step).ec, boost::beast::http::error::header_limit)
        << step;
}

TEST(request_parser, tells_when_the_client_waits_for_a_continue) {
  request req;
  request_parser parser{req, 100};
  error_code ec;
  const std::string_view head =
      "POST / HTTP/1.1\r\nHost: h\r\n"
      "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  parser.put(boost::asio::buffer(head), ec);
  EXPECT_TRUE(parser.is_header_done());
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_FALSE(parser.is_done());
}

TEST(message, finds_fields_and_tokens_without_regard_to_case) {
  const header_list headers{{"Content-Type", "text/plain"}, {"X-A", ""}};
  EXPECT_EQ(headers.find("content-type"), "text/plain");
  EXPECT_EQ(headers.find("x-a"), "");
  EXPECT_FALSE(headers.find("x-b"));
  EXPECT_TRUE(lists_token("gzip, Chunked ,br", "chunked"));
  EXPECT_FALSE(lists_token("gzip, chunkedx", "chunked"));
  EXPECT_FALSE(lists_token("", "chunked"));
}

}  // namespace
}  // namespace troupe::http
