#include "http/upstream/connection.hpp"

#include "http/upstream/pool.hpp"

#include <boost/asio/connect.hpp>

namespace troupe::http::upstream {

namespace {

namespace beast_http = boost::beast::http;

[[noreturn]] void fail(error_code ec) {
  throw boost::system::system_error{ec};
}

}  // namespace

connection::connection(reactor& r)
    : reactor_(r), resolver_(r.context.get_executor()),
      transport_(tcp_socket{r.context.get_executor()}) {}

void connection::timeout::on_due() {
  if (owner.kept_by_ != nullptr) {
    owner.kept_by_->drop(owner);  // Destroys the owner.
    return;
  }
  fired = true;
  owner.interrupt();
}

void connection::interrupt() {
  interrupted_ = true;
  resolver_.cancel();
  transport_.close();
}

task<> connection::connect(const config::base_url& to, asio::ssl::context& tls,
                           milliseconds limit) {
  reactor_.wheel.arm(timeout_, limit);
  error_code is_name;
  const auto address = asio::ip::make_address(to.at.host, is_name);
  if (!is_name) {
    const tcp::endpoint where{address, to.at.port};
    co_await transport_.socket().async_connect(where, use_task);
  } else {
    const auto found = co_await resolver_.async_resolve(
        to.at.host, std::to_string(to.at.port), use_task);
    if (interrupted_)
      fail(asio::error::operation_aborted);
    co_await asio::async_connect(transport_.socket(), found, use_task);
  }
  transport_.prepare();
  if (to.tls)
    co_await transport_.connect_tls(tls, to.at.host);
  timeout_.disarm();
}

task<> connection::send(std::string_view head, std::string_view body,
                        milliseconds stall) {
  parser_.emplace();
  gather pieces{piece(head), piece(body)};
  if (!transport_.try_write(pieces))
    co_await transport_.write(pieces, reactor_.wheel, timeout_, stall);
}

task<> connection::read_head(milliseconds limit) {
  reactor_.wheel.arm(timeout_, limit);
  for (;;) {
    if (!buffer_.empty())
      parse();
    if (parser_->is_header_done()) {
      const auto status = parser_->status_code();
      if (status >= 200)
        break;
      if (status == 101)  // Nobody asked for another protocol.
        fail(beast_http::error::bad_status);
      parser_.emplace();
      if (!buffer_.empty())
        continue;
    }
    co_await fill();
  }
  timeout_.disarm();
}

task<bool> connection::read_more(milliseconds limit) {
  parser_->clear_pieces();
  if (parser_->is_done())
    co_return false;
  reactor_.wheel.arm(timeout_, limit);
  while (parser_->pieces().empty() && !parser_->is_done()) {
    bool ended = false;
    try {
      co_await fill();
    } catch (const boost::system::system_error& e) {
      if (e.code() != asio::error::eof)
        throw;
      ended = true;
    }
    if (ended) {
      error_code ec;
      parser_->put_eof(ec);  // An end is only one where nothing was announced.
      if (ec)
        fail(ec);
    } else {
      parse();
    }
  }
  timeout_.disarm();
  co_return true;
}

task<> connection::fill() {
  if (interrupted_)
    fail(asio::error::operation_aborted);
  buffer_.commit(co_await transport_.async_read_some(buffer_.prepare()));
}

void connection::parse() {
  error_code ec;
  buffer_.consume(parser_->put(asio::buffer(buffer_.bytes()), ec));
  if (ec && ec != beast_http::error::need_more)
    fail(ec);
}

bool connection::reusable() {
  return !interrupted_ && parser_ && parser_->is_done() && parser_->keep_alive()
         && buffer_.empty() && transport_.socket().is_open();
}

}  // namespace troupe::http::upstream
