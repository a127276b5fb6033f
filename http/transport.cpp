#include "http/transport.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>

#include <poll.h>
#include <sys/socket.h>

namespace troupe::http {

namespace {

constexpr std::size_t tls_record_max = 16 * 1024;  // RFC 8446, 5.1

}  // namespace

void consume(gather& pieces, std::size_t n) {
  for (auto& p : pieces) {
    const auto taken = std::min(n, p.size());
    p += taken;
    n -= taken;
  }
}

void transport::prepare() {
  error_code ignored;  // A socket that fails here fails its first read too.
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
}

task<> transport::accept_tls(asio::ssl::context& context) {
  tls_ = std::make_unique<tls_stream>(socket_, context);
  co_await tls_->async_handshake(asio::ssl::stream_base::server, use_task);
}

task<> transport::connect_tls(asio::ssl::context& context,
                              const std::string& host) {
  tls_ = std::make_unique<tls_stream>(socket_, context);
  error_code is_name;
  asio::ip::make_address(host, is_name);
  if (is_name)  // Server name indication is for names, not for addresses.
    SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  tls_->set_verify_mode(asio::ssl::verify_peer);
  tls_->set_verify_callback(asio::ssl::host_name_verification{host});
  co_await tls_->async_handshake(asio::ssl::stream_base::client, use_task);
}

bool transport::try_write(gather& pieces) {
  if (tls_)
    return false;
  error_code ec;
  const auto& first = pieces.front();
  const auto n = first.size() == asio::buffer_size(pieces)
                     ? socket_.write_some(first, ec)
                     : socket_.write_some(pieces, ec);
  if (ec)
    return false;
  consume(pieces, n);
  return asio::buffer_size(pieces) == 0;
}

task<> transport::write(gather pieces, deadlines& wheel, deadline& stall,
                        std::chrono::milliseconds stall_max) {
  std::string record;
  if (tls_ && asio::buffer_size(pieces) <= tls_record_max) {
    // A TLS stream takes one piece at a time; small ones share a record.
    for (const auto& p : pieces)
      record.append(static_cast<const char*>(p.data()), p.size());
    pieces = {piece(record)};
  }
  while (asio::buffer_size(pieces) > 0) {
    wheel.arm(stall, stall_max);
    // Not in one conditional expression: gcc 12 begins both of its waits.
    std::size_t taken = 0;
    if (tls_)
      taken = co_await tls_->async_write_some(pieces, use_task);
    else
      taken = co_await socket_.async_write_some(pieces, use_task);
    consume(pieces, taken);
  }
  stall.disarm();
}

bool transport::stale() {
  char byte;
  const auto n =
      ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool transport::peer_gone() {
  pollfd state{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&state, 1, 0) > 0;  // Hang-ups and errors are always told.
}

void transport::cancel() noexcept {
  error_code ignored;
  socket_.cancel(ignored);
}

void transport::close() noexcept {
  error_code ignored;
  socket_.close(ignored);
}

void transport::reset() noexcept {
  error_code ignored;
  socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  socket_.close(ignored);
}

void transport::shutdown_send() noexcept {
  error_code ignored;
  socket_.shutdown(tcp_socket::shutdown_send, ignored);
}

}  // namespace troupe::http
