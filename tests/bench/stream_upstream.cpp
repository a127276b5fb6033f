// A provider that does nothing but stream, as cheaply as it can.
//
//   stream_upstream EVENTS INTERVAL_MS SECONDS
//
// Whatever is asked for, it answers with EVENTS chat chunks of the OpenAI wire,
// the first at once and one every INTERVAL_MS, then `[DONE]`. It prints its
// port when it listens and ends by itself after SECONDS. One thread; requests
// are not checked, only skipped over.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct plan {
  int events;
  std::chrono::milliseconds interval;
};

const std::string head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";
const std::string event =
    R"(data: {"id":"chatcmpl-bench","object":"chat.completion.chunk",)"
    R"("created":1760000000,"model":"gpt-4o-mini","choices":[{"index":0,)"
    R"("delta":{"content":" token"},"logprobs":null,"finish_reason":null}]})"
    "\n\n";
const std::string done = "data: [DONE]\n\n";

std::string chunk(std::string_view text) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.begin(), size.end(), text.size(), 16);
  return std::string(size.data(), end.ptr) + "\r\n" + std::string(text)
         + "\r\n";
}

const std::string first_piece = head + chunk(event);
const std::string next_piece = chunk(event);
const std::string last_piece = chunk(done) + "0\r\n\r\n";

class connection : public std::enable_shared_from_this<connection> {
public:
  connection(tcp::socket socket, plan p)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), plan_(p) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }

  void read_head() {
    asio::async_read_until(
        socket_, asio::dynamic_buffer(text_, 1 << 16), "\r\n\r\n",
        [self = shared_from_this()](error_code failed, std::size_t size) {
          if (!failed)
            self->read_body(size);
        });
  }

private:
  void read_body(std::size_t head_size) {
    const auto missing = head_size + body_size(head_size);
    const auto have = text_.size();
    if (have >= missing) {
      text_.erase(0, missing);
      return begin();
    }
    asio::async_read(
        socket_, asio::dynamic_buffer(text_),
        asio::transfer_exactly(missing - have),
        [self = shared_from_this(), missing](error_code failed, std::size_t) {
          if (failed)
            return;
          self->text_.erase(0, missing);
          self->begin();
        });
  }

  std::size_t body_size(std::size_t head_size) const {
    for (const char* name : {"\r\nContent-Length:", "\r\ncontent-length:"}) {
      const auto at = text_.find(name);
      if (at < head_size)
        return std::strtoul(text_.c_str() + at + 17, nullptr, 10);
    }
    return 0;
  }

  void begin() {
    sent_ = 1;
    due_ = std::chrono::steady_clock::now();
    send(first_piece);
  }

  void send(const std::string& piece) {
    asio::async_write(
        socket_, asio::buffer(piece),
        [self = shared_from_this()](error_code failed, std::size_t) {
          if (!failed)
            self->rest();
        });
  }

  void rest() {
    if (sent_ > plan_.events)
      return read_head();  // after `[DONE]`: the next request
    timer_.expires_at(due_ += plan_.interval);
    timer_.async_wait([self = shared_from_this()](error_code failed) {
      if (!failed)
        self->send(self->sent_++ < self->plan_.events ? next_piece
                                                      : last_piece);
    });
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  plan plan_;
  std::string text_;
  std::chrono::steady_clock::time_point due_;
  int sent_ = 0;
};

void accept(tcp::acceptor& door, plan p) {
  door.async_accept([&door, p](error_code failed, tcp::socket socket) {
    if (!failed)
      std::make_shared<connection>(std::move(socket), p)->read_head();
    accept(door, p);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("stream_upstream EVENTS INTERVAL_MS SECONDS\n", stderr);
    return 2;
  }
  const plan p{std::atoi(argv[1]),
               std::chrono::milliseconds{std::atoi(argv[2])}};
  asio::io_context context{1};
  tcp::acceptor door{context, {asio::ip::address_v4::loopback(), 0}};
  door.listen(4096);
  accept(door, p);
  std::printf("%d\n", door.local_endpoint().port());
  std::fflush(stdout);
  context.run_for(std::chrono::seconds{std::atoi(argv[3])});
}
