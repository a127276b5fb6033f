#include "http/session.hpp"

#include "http/head_text.hpp"
#include "http/status_text.hpp"

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <utility>

namespace troupe::http {

namespace {

namespace beast_http = boost::beast::http;
using namespace std::chrono_literals;

/// A client that leaves is noticed this long after its request began; most
/// requests are over by then and never pay for the watch.
constexpr auto watch_delay = 50ms;

/// A body up to this is copied behind its head: less work than to have the
/// system gather two pieces.
constexpr std::size_t joined_max = 1024;

/// A body larger than this gives its memory back before the next request.
constexpr std::size_t body_kept_max = 64 * 1024;

/// One read's worth of a large body.
constexpr std::size_t body_read = 64 * 1024;

bool is_sane_id(std::string_view id) {
  constexpr std::size_t id_max = 128;
  return !id.empty() && id.size() <= id_max
         && std::all_of(id.begin(), id.end(), [](unsigned char c) {
              return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
            });
}

std::string fresh_id() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::array<char, 20> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), random(), 16).ptr;
  return "req_"
         + std::string(16 - static_cast<std::size_t>(end - text.data()), '0')
         + std::string(text.data(), end);
}

refusal refusal_of(error_code ec, std::uint64_t max_body) {
  if (ec == beast_http::error::body_limit)
    return {413, "request_too_large",
            "The request's body is larger than http.max_body ("
                + std::to_string(max_body) + " bytes)."};
  if (ec == beast_http::error::header_limit)
    return {431, "header_too_large",
            "The request's header is larger than "
                + std::to_string(header_bytes_max) + " bytes."};
  if (ec == beast_http::error::bad_version)
    return {505, "bad_http_version", "This door speaks HTTP/1.1 and HTTP/1.0."};
  return {400, "bad_http",
          "This is not a valid HTTP request: " + ec.message() + "."};
}

// Made outside of the coroutines: gcc 12 miscompiles aggregates that are made
// within a co_await or co_return.
refusal too_late() {
  return {408, "request_timeout", "The request did not arrive in time."};
}

refusal failed_within() {
  return {500, "internal_error", "troupe failed to answer; its log says why."};
}

gather go_on() {
  return {piece("HTTP/1.1 100 Continue\r\n\r\n")};
}

}  // namespace

session::session(tcp_socket socket, deps d)
    : deps_(d), transport_(std::move(socket)) {}

session::~session() = default;

executor session::get_executor() {
  return deps_.reactor.context.get_executor();
}

// -- the life of a connection
// --------------------------------------------------

task<> session::run() {
  const auto alive = shared_from_this();
  try {
    transport_.prepare();
    error_code ignored;
    request_.peer =
        transport_.socket().remote_endpoint(ignored).address().to_string();
    if (deps_.tls != nullptr) {
      arm(deps_.settings.header_timeout);
      co_await transport_.accept_tls(*deps_.tls);
    }
    co_await serve_all();
  } catch (const boost::system::system_error&) {
    // The client left, or was cut; whoever was concerned knows already.
  }
  phase_ = phase::closed;
  timeout_.disarm();
  watch_start_.disarm();
  transport_.close();
}

task<> session::serve_all() {
  while (keep_alive_ && !deps_.stopping) {
    if (!co_await wait_for_request())
      co_return;
    if (auto why = co_await read_request()) {
      co_await refuse(std::move(*why));
      co_return;
    }
    co_await serve_one();
  }
  transport_.shutdown_send();
}

task<bool> session::wait_for_request() {
  if (!buffer_.empty())
    co_return true;
  phase_ = phase::idle;
  arm(deps_.settings.idle_timeout);
  if (transport_.secure()) {
    buffer_.commit(co_await transport_.async_read_some(buffer_.prepare()));
  } else {
    buffer_.release();
    co_await transport_.socket().async_wait(tcp_socket::wait_read, use_task);
  }
  co_return true;
}

task<std::optional<refusal>> session::read_request() {
  phase_ = phase::reading;
  request_.method.clear();
  request_.target.clear();
  request_.headers.clear();
  request_.body.clear();
  if (request_.body.capacity() > body_kept_max)
    request_.body.shrink_to_fit();
  parser_.emplace(request_, deps_.settings.max_body);
  arm(deps_.settings.header_timeout);
  auto body_due = deadline::time_point::max();  // Until the header is whole.
  for (;;) {
    if (!buffer_.empty()) {
      error_code ec;
      const auto taken = parser_->put(asio::buffer(buffer_.bytes()), ec);
      buffer_.consume(taken);
      if (ec && ec != beast_http::error::need_more)
        co_return refusal_of(ec, deps_.settings.max_body);
      if (parser_->is_done())
        co_return std::nullopt;
      if (parser_->is_header_done()) {
        if (body_due == deadline::time_point::max()) {
          body_due =
              std::chrono::steady_clock::now() + deps_.settings.idle_timeout;
          if (parser_->expects_continue())
            co_await send_slowly(go_on());
        }
        body_due += std::chrono::milliseconds{taken * 1000 / body_rate_min};
        deps_.reactor.wheel.arm_at(timeout_, body_due);
      }
    }
    try {
      buffer_.commit(co_await transport_.async_read_some(buffer_.prepare(
          parser_->is_header_done() ? body_read : read_buffer::block / 2)));
    } catch (const boost::system::system_error&) {
      if (!timed_out_)
        throw;
      co_return too_late();
    }
  }
}

task<> session::serve_one() {
  phase_ = phase::serving;
  timeout_.disarm();
  answer_ = answer::none;
  keep_alive_ = parser_->keep_alive();
  identify();
  try {
    co_await deps_.service.serve(request_, *this);
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& e) {
    spdlog::error("session request={} fault={}", request_.id, e.what());
    keep_alive_ = false;
  }
  watch({});
  if (answer_ == answer::none)
    co_await deps_.service.refuse(request_, *this, failed_within());
  else if (answer_ == answer::begun)
    reset();
}

task<> session::refuse(refusal why) {
  phase_ = phase::serving;
  answer_ = answer::none;
  keep_alive_ = false;
  timed_out_ = false;
  identify();
  co_await deps_.service.refuse(request_, *this, std::move(why));
  co_await linger();
}

// Closing a socket that holds unread bytes sends RST, and RST destroys the
// answer that is still on its way.
task<> session::linger() {
  transport_.shutdown_send();
  arm(linger_max);
  buffer_.consume(buffer_.bytes().size());
  for (std::size_t taken = 0; taken < linger_bytes_max;)
    taken += co_await transport_.socket().async_read_some(
        buffer_.prepare(body_read), use_task);
}

void session::close_if_idle() {
  if (phase_ == phase::idle)
    transport_.close();
}

void session::cut() {
  transport_.close();
  if (on_gone_)
    std::exchange(on_gone_, nullptr)();
}

void session::arm(std::chrono::milliseconds after) {
  deps_.reactor.wheel.arm(timeout_, after);
}

void session::on_deadline() {
  timed_out_ = true;
  transport_.cancel();
}

// -- answering
// -----------------------------------------------------------------

void session::identify() {
  const auto given = request_.headers.find("x-request-id");
  request_.id = given && is_sane_id(*given) ? std::string{*given} : fresh_id();
}

void session::begin_head(unsigned status, const header_list& headers) {
  head_.clear();
  head_.append("HTTP/1.1 ");
  append_number(head_, status);
  head_.append(" ").append(reason_of(status)).append("\r\n");
  append_own_field(head_, "Server", "troupe");
  append_own_field(head_, "Date", deps_.reactor.date());
  append_own_field(head_, "x-request-id", request_.id);  // See `identify`.
  for (const auto [name, value] : headers)
    append_field(head_, name, value);
  if (deps_.stopping)
    keep_alive_ = false;
  if (!keep_alive_)
    append_field(head_, "Connection", "close");
  else if (request_.http_1_0)
    append_field(head_, "Connection", "keep-alive");
}

task<> session::send(unsigned status, const header_list& headers,
                     std::string_view body) {
  answer_ = answer::done;
  begin_head(status, headers);
  if (status != 204 && status != 304) {
    head_.append("Content-Length: ");
    append_number(head_, body.size());
    head_.append("\r\n");
  }
  head_.append("\r\n");
  if (request_.method == "HEAD")
    body = {};
  if (body.size() <= joined_max)
    head_.append(std::exchange(body, {}));
  gather pieces{piece(head_), piece(body)};
  if (!transport_.try_write(pieces))
    co_await send_slowly(pieces);
}

void session::start(unsigned status, const header_list& headers) {
  answer_ = answer::begun;
  chunked_ = !request_.http_1_0;
  if (!chunked_)
    keep_alive_ = false;  // HTTP/1.0 knows no other end than the connection's.
  begin_head(status, headers);
  if (chunked_)
    append_field(head_, "Transfer-Encoding", "chunked");
  head_.append("\r\n");
}

task<> session::write(std::string_view bytes) {
  if (bytes.empty() || request_.method == "HEAD")
    co_return;
  if (chunked_) {
    append_number(head_, bytes.size(), 16);
    head_.append("\r\n");
  }
  gather pieces{piece(head_), piece(bytes), piece(chunked_ ? "\r\n" : "")};
  if (!transport_.try_write(pieces))
    co_await send_slowly(pieces);
  head_.clear();
}

task<> session::finish() {
  answer_ = answer::done;
  if (chunked_ && request_.method != "HEAD")
    head_.append("0\r\n\r\n");
  gather pieces{piece(head_)};
  if (!transport_.try_write(pieces))
    co_await send_slowly(pieces);
  head_.clear();
}

void session::reset() {
  answer_ = answer::done;
  keep_alive_ = false;
  transport_.reset();
}

task<> session::send_slowly(gather pieces) {
  return transport_.write(pieces, deps_.reactor.wheel, timeout_,
                          write_stall_max);
}

// -- noticing that the client left
// ----------------------------------------------

void session::watch(std::function<void()> gone) {
  on_gone_ = std::move(gone);
  if (on_gone_) {
    if (!watching_ && !watch_start_.armed())
      deps_.reactor.wheel.arm(watch_start_, watch_delay);
    return;
  }
  watch_start_.disarm();
  if (watching_)
    transport_.cancel();  // Between requests, nothing else waits here.
}

// Waits until the socket has something to read, which is either its end or the
// next request. Behind a pipelined request the end does not wake anybody, so
// it is looked for from time to time instead.
void session::begin_watch() {
  if (!on_gone_)
    return;
  if (transport_.peer_gone()) {
    std::exchange(on_gone_, nullptr)();
    return;
  }
  watching_ = true;
  transport_.socket().async_wait(
      tcp_socket::wait_read, [self = shared_from_this()](error_code ec) {
        self->watching_ = false;
        if (ec || !self->on_gone_)
          return;
        if (self->transport_.peer_gone())
          std::exchange(self->on_gone_, nullptr)();
        else
          self->deps_.reactor.wheel.arm(self->watch_start_, watch_delay);
      });
}

}  // namespace troupe::http
