// A client that takes every answer at once and remembers it.
//
// Records what a service says through `http::responder`, piece by piece. A test
// runs the service with `serve_now`, which drives an io_context of its own
// until the service is done; time passes only if the service waits on real
// timers.

#pragma once

#include "http/service.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::tests {

class fake_responder final : public http::responder {
public:
  explicit fake_responder(http::executor on) : executor_(on) {}

  http::task<> send(unsigned status, const http::header_list& headers,
                    std::string_view body) override {
    if (breaks)
      throw boost::system::system_error{http::asio::error::connection_reset};
    begin(status, headers);
    chunks.emplace_back(body);
    finished = true;
    co_return;
  }

  void start(unsigned status, const http::header_list& headers) override {
    begin(status, headers);
    streamed = true;
  }

  http::task<> write(std::string_view bytes) override {
    chunks.emplace_back(bytes);
    co_return;
  }

  http::task<> finish() override {
    finished = true;
    co_return;
  }

  void reset() override { was_reset = true; }

  /// Reports at once that the client is gone, if it is to leave at a wait.
  void watch(std::function<void()> gone) override {
    watched = std::move(gone);
    if (leaves && watched)
      http::asio::post(executor_, watched);
  }

  http::executor get_executor() override { return executor_; }

  /// Everything said, in one text.
  std::string body() const {
    std::string all;
    for (const auto& each : chunks)
      all += each;
    return all;
  }

  std::string header(std::string_view name) const {
    return std::string{headers_sent.find(name).value_or("")};
  }

  unsigned status_sent = 0;  ///< 0 if no answer was begun.
  http::header_list headers_sent;
  std::vector<std::string> chunks;  ///< One for each write.
  bool streamed = false;
  bool finished = false;
  bool was_reset = false;
  bool breaks = false;            ///< Set it to be gone when something is sent.
  bool leaves = false;            ///< Set it to leave when the service waits.
  std::function<void()> watched;  ///< Call it to leave later, if not empty.

private:
  void begin(unsigned status, const http::header_list& headers) {
    status_sent = status;
    headers_sent = headers;
  }

  http::executor executor_;
};

/// Lets `behind` answer `req` and returns what it said. Rethrows what it threw.
inline fake_responder serve_now(http::service& behind, http::request req) {
  http::asio::io_context io;
  fake_responder client{io.get_executor()};
  std::exception_ptr thrown;
  http::asio::co_spawn(io.get_executor(), behind.serve(req, client),
                       [&thrown](std::exception_ptr why) { thrown = why; });
  io.run();
  if (thrown)
    std::rethrow_exception(thrown);
  return client;
}

}  // namespace troupe::tests
