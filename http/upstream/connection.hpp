// One connection to a provider: sends a request, reads its answer in pieces.
//
// Used by one exchange at a time, then kept alive in its pool. Every wait has a
// deadline that the caller names; when it passes, or when the caller calls
// `interrupt`, the wait ends with `operation_aborted` and the connection is
// good for nothing but destruction.
//
// Limits: never asks for more bytes than the caller has taken, so a slow client
// slows the provider; memory is one block of read_buffer.

#pragma once

#include "config/settings.hpp"
#include "http/parser.hpp"
#include "http/reactor.hpp"
#include "http/read_buffer.hpp"
#include "http/transport.hpp"

#include <boost/asio/ip/basic_resolver.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string_view>

namespace troupe::http::upstream {

using std::chrono::milliseconds;

class connection {
public:
  explicit connection(reactor& r);

  /// Connects within `limit`; speaks TLS where the URL says https, and checks
  /// that the certificate is for its host.
  task<> connect(const config::base_url& to, asio::ssl::context& tls,
                 milliseconds limit);

  /// Sends a request. `stall` bounds each wait for the peer to take some.
  task<> send(std::string_view head, std::string_view body, milliseconds stall);

  /// Reads up to the end of the header, skipping interim answers, within
  /// `limit`.
  task<> read_head(milliseconds limit);

  /// Reads more of the body within `limit`; returns false at its end. Throws if
  /// the connection ends before the body does. The pieces read before are gone.
  task<bool> read_more(milliseconds limit);

  /// What has come of the answer. @pre `read_head` returned.
  const response_parser& answer() const { return *parser_; }
  /// Body bytes of the last read, unframed; valid until the next read.
  std::span<const std::string_view> pieces() const { return parser_->pieces(); }
  bool answered() const { return parser_->is_done(); }

  /// Whether any byte of the answer has come.
  bool heard() const { return parser_ && parser_->got_some(); }

  /// Ends whatever wait is under way.
  void interrupt();

  /// Whether a deadline of this connection, not the peer, ended the last wait.
  bool timed_out() const { return timeout_.fired; }

  /// Whether another request may be sent: the answer is whole, and the peer
  /// keeps the connection.
  bool reusable();

  /// Whether this connection has served a request before.
  bool used() const { return used_; }

private:
  friend class pool;

  struct timeout final : deadline {
    explicit timeout(connection& c) : owner(c) {}
    void on_due() override;
    connection& owner;
    bool fired = false;
  };

  task<> fill();
  void parse();

  reactor& reactor_;
  asio::ip::basic_resolver<tcp, executor> resolver_;
  transport transport_;
  read_buffer buffer_;
  std::optional<response_parser> parser_;
  timeout timeout_{*this};
  class pool* kept_by_ = nullptr;  ///< While idle.
  bool used_ = false;
  bool interrupted_ = false;
};

}  // namespace troupe::http::upstream
