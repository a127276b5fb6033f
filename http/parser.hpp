// Bytes to messages: Beast's parser, with our own flat storage behind it.
//
// `boost::beast::http::basic_parser` decides what is HTTP; these two classes
// only keep what it found. They add what its defaults leave open: the size of
// the whole header is bounded (Beast bounds what it sees at once, which many
// small pieces get around), trailers are dropped, and a transfer coding other
// than chunked is refused, because guessing a body's end is how requests get
// smuggled.

#pragma once

#include "http/message.hpp"
#include "http/task.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http {

/// All header bytes of one message. Providers' and browsers' stay under 16 KiB;
/// nginx takes 32 KiB by default.
inline constexpr std::uint32_t header_bytes_max = 64 * 1024;

/// Bytes kept free behind a body, for JSON readers that look ahead
/// (SIMDJSON_PADDING of simdjson 3 is 64).
inline constexpr std::size_t body_padding = 64;

namespace detail {

/// What both directions share.
class header_sink {
public:
  bool transfer_coding_seen() const { return transfer_coding_seen_; }

protected:
  void take_field(boost::beast::http::field known, std::string_view name,
                  std::string_view value, error_code& ec);
  bool count(std::size_t bytes, error_code& ec);

  header_list* fields_ = nullptr;
  std::size_t header_bytes_ = 0;
  bool header_over_ = false;
  bool transfer_coding_seen_ = false;
};

}  // namespace detail

class request_parser final : public boost::beast::http::basic_parser<true>,
                             public detail::header_sink {
public:
  /// Fills `into`, which must outlive the parser.
  request_parser(request& into, std::uint64_t body_bytes_max);

  /// Whether the client waits for `100 Continue` before it sends the body.
  bool expects_continue() const { return expects_continue_; }

private:
  using string_view_type = boost::beast::string_view;
  using field_type = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, string_view_type method,
                       string_view_type target, int version,
                       error_code& ec) override;
  void on_response_impl(int, string_view_type, int, error_code&) override {}
  void on_field_impl(field_type known, string_view_type name,
                     string_view_type value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         error_code& ec) override;
  std::size_t on_body_impl(string_view_type bytes, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t, string_view_type,
                            error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view_type bytes,
                                 error_code& ec) override;
  void on_finish_impl(error_code&) override {}

  request& into_;
  std::uint64_t body_bytes_max_;
  bool expects_continue_ = false;
  bool host_seen_ = false;
};

class response_parser final : public boost::beast::http::basic_parser<false>,
                              public detail::header_sink {
public:
  response_parser();

  unsigned status_code() const { return status_code_; }
  const header_list& headers() const { return headers_; }

  /// Body bytes found by the last `put`, without their framing; views into the
  /// buffer that was put.
  const std::vector<std::string_view>& pieces() const { return pieces_; }
  void clear_pieces() { pieces_.clear(); }

private:
  using string_view_type = boost::beast::string_view;
  using field_type = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, string_view_type,
                       string_view_type, int, error_code&) override {}
  void on_response_impl(int code, string_view_type, int,
                        error_code& ec) override;
  void on_field_impl(field_type known, string_view_type name,
                     string_view_type value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&,
                         error_code&) override {}
  std::size_t on_body_impl(string_view_type bytes, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view_type,
                            error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view_type bytes,
                                 error_code&) override;
  void on_finish_impl(error_code&) override {}

  unsigned status_code_ = 0;
  header_list headers_;
  std::vector<std::string_view> pieces_;
};

}  // namespace troupe::http
