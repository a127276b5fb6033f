// One TCP connection, with or without TLS, in either direction.
//
// The two kinds share one type so that sessions and upstream connections are
// written once. Plain connections pay nothing for it: `async_read_some` picks
// the stream and returns its awaitable directly.

#pragma once

#include "http/task.hpp"
#include "http/timing_wheel.hpp"

#include <boost/asio/ssl.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::http {

using tls_stream = asio::ssl::stream<tcp_socket&>;

/// Up to four pieces that leave in one system call.
using gather = std::array<asio::const_buffer, 4>;

inline asio::const_buffer piece(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

class transport {
public:
  explicit transport(tcp_socket socket) : socket_(std::move(socket)) {}

  tcp_socket& socket() { return socket_; }
  bool secure() const { return tls_ != nullptr; }

  /// TCP_NODELAY, and no blocking in the synchronous attempts below.
  void prepare();

  /// Speaks TLS from here on. Errors: throws what the handshake fails with.
  task<> accept_tls(asio::ssl::context& context);

  /// As `accept_tls`, verifying that the peer's certificate is for `host`.
  task<> connect_tls(asio::ssl::context& context, const std::string& host);

  /// Reads at least one byte. Throws `asio::error::eof` at the end.
  auto async_read_some(asio::mutable_buffer into) {
    return tls_ ? tls_->async_read_some(into, use_task)
                : socket_.async_read_some(into, use_task);
  }

  /// Sends every byte of `pieces`; a full socket suspends the caller. `stall`
  /// is armed anew whenever the peer has taken something, and disarmed at the
  /// end; its owner cancels this transport when it fires.
  task<> write(gather pieces, deadlines& wheel, deadline& stall,
               std::chrono::milliseconds stall_max);

  /// Sends what the socket takes at once, without suspending; removes it from
  /// `pieces` and returns whether nothing is left. A failing socket takes
  /// nothing; the `write` that follows tells why.
  bool try_write(gather& pieces);

  /// Whether the peer closed, or sent what nobody asked for. Does not block.
  bool stale();

  /// Whether the peer has closed its side, whatever it sent before.
  bool peer_gone();

  /// Ends every wait on this connection with `operation_aborted`.
  void cancel() noexcept;
  void close() noexcept;
  /// Closes with RST instead of FIN, so that nobody takes it for a clean end.
  void reset() noexcept;
  /// Tells the peer that nothing more will come.
  void shutdown_send() noexcept;

private:
  tcp_socket socket_;
  std::unique_ptr<tls_stream> tls_;
};

/// Drops the first `n` bytes of `pieces`.
void consume(gather& pieces, std::size_t n);

}  // namespace troupe::http
