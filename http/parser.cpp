#include "http/parser.hpp"

#include <algorithm>
#include <limits>

namespace troupe::http {

namespace {

namespace beast_http = boost::beast::http;

// Room made for a body before its first byte: what is announced, but no more
// than this, because announcing costs a liar nothing.
constexpr std::uint64_t body_reserve_max = 1 << 20;

std::string_view view(boost::beast::string_view s) {
  return {s.data(), s.size()};
}

}  // namespace

namespace detail {

bool header_sink::count(std::size_t bytes, error_code& ec) {
  header_bytes_ += bytes;
  if (header_bytes_ > header_bytes_max)
    ec = beast_http::error::header_limit;
  return !ec;
}

void header_sink::take_field(beast_http::field known, std::string_view name,
                             std::string_view value, error_code& ec) {
  // 4 = colon, blank, and the line's end.
  if (!count(name.size() + value.size() + 4, ec) || header_over_)
    return;  // Counted, but trailers are nobody's header.
  if (known == beast_http::field::transfer_encoding)
    transfer_coding_seen_ = true;
  fields_->add(name, value);
}

}  // namespace detail

// -- requests
// ------------------------------------------------------------------

request_parser::request_parser(request& into, std::uint64_t body_bytes_max)
    : into_(into), body_bytes_max_(body_bytes_max) {
  fields_ = &into.headers;
  eager(true);
  header_limit(header_bytes_max);
  body_limit(body_bytes_max);
}

void request_parser::on_request_impl(beast_http::verb, string_view_type method,
                                     string_view_type target, int version,
                                     error_code& ec) {
  if (!count(method.size() + target.size() + 12, ec))  // 12 = " ", " HTTP/1.1"
    return;
  into_.method = view(method);
  into_.target = view(target);
  into_.http_1_0 = version == 10;
}

void request_parser::on_field_impl(field_type known, string_view_type name,
                                   string_view_type value, error_code& ec) {
  if (!header_over_ && known == beast_http::field::expect)
    expects_continue_ = lists_token(view(value), "100-continue");
  if (!header_over_ && known == beast_http::field::host) {
    if (host_seen_)
      ec = beast_http::error::bad_field;
    host_seen_ = true;
  }
  take_field(known, view(name), view(value), ec);
}

void request_parser::on_header_impl(error_code& ec) {
  header_over_ = true;
  if (transfer_coding_seen_ && (!chunked() || into_.http_1_0))
    ec = beast_http::error::bad_transfer_encoding;
  if (!host_seen_ && !into_.http_1_0)
    ec = beast_http::error::bad_field;
}

void request_parser::on_body_init_impl(
    const boost::optional<std::uint64_t>& length, error_code&) {
  into_.body.reserve(
      static_cast<std::size_t>(std::min(length.value_or(0), body_reserve_max))
      + body_padding);
}

std::size_t request_parser::on_body_impl(string_view_type bytes,
                                         error_code& ec) {
  if (into_.body.size() + bytes.size() > body_bytes_max_) {
    ec = beast_http::error::body_limit;
    return 0;
  }
  into_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t,
                                               string_view_type bytes,
                                               error_code& ec) {
  return on_body_impl(bytes, ec);
}

// -- responses
// -----------------------------------------------------------------

response_parser::response_parser() {
  fields_ = &headers_;
  eager(true);
  header_limit(header_bytes_max);
  // Bodies are passed on piece by piece; whoever keeps them bounds them. (Not
  // boost::none: Boost 1.74 compares it as smaller than any length.)
  body_limit(std::numeric_limits<std::uint64_t>::max());
}

void response_parser::on_response_impl(int code, string_view_type, int,
                                       error_code&) {
  status_code_ = static_cast<unsigned>(code);
}

void response_parser::on_field_impl(field_type known, string_view_type name,
                                    string_view_type value, error_code& ec) {
  take_field(known, view(name), view(value), ec);
}

void response_parser::on_header_impl(error_code& ec) {
  header_over_ = true;
  if (transfer_coding_seen_ && !chunked())
    ec = beast_http::error::bad_transfer_encoding;
}

std::size_t response_parser::on_body_impl(string_view_type bytes, error_code&) {
  pieces_.emplace_back(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t response_parser::on_chunk_body_impl(std::uint64_t,
                                                string_view_type bytes,
                                                error_code&) {
  pieces_.emplace_back(bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace troupe::http
