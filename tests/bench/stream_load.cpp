// Many clients that each read one stream to its end.
//
//   stream_load PORT STREAMS RAMP_MS SECONDS
//
// Connects STREAMS clients to 127.0.0.1:PORT spread over RAMP_MS, asks each for
// one streamed chat, and counts events until `[DONE]`. Prints one JSON line:
// complete streams, events, and the time to the first event in microseconds,
// from the moment the request was sent on a connection that stood. Ends after
// SECONDS at the latest. One thread.

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using clock_type = std::chrono::steady_clock;

struct tally {
  int begun = 0;
  int complete = 0;
  int ended = 0;
  std::int64_t events = 0;
  std::vector<std::int64_t> first_us;
};

const std::string body =
    R"({"model":"gpt-4o-mini","stream":true,"messages":[)"
    R"({"role":"user","content":"Tell me something worth two hundred events."}]})";
const std::string question =
    "POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\n"
    "Content-Type: application/json\r\nContent-Length: "
    + std::to_string(body.size()) + "\r\n\r\n" + body;

class client : public std::enable_shared_from_this<client> {
public:
  client(asio::io_context& context, tally& t)
      : socket_(context), timer_(context), tally_(t) {}

  void begin(std::uint16_t port, std::chrono::microseconds delay) {
    timer_.expires_after(delay);
    timer_.async_wait([self = shared_from_this(), port](error_code) {
      self->socket_.async_connect(
          {asio::ip::address_v4::loopback(), port},
          [self](error_code failed) { failed ? self->end() : self->ask(); });
    });
  }

private:
  void ask() {
    ++tally_.begun;
    asked_ = clock_type::now();
    asio::async_write(
        socket_, asio::buffer(question),
        [self = shared_from_this()](error_code failed, std::size_t) {
          failed ? self->end() : self->read();
        });
  }

  void read() {
    socket_.async_read_some(
        asio::buffer(buffer_.data() + kept_, buffer_.size() - kept_),
        [self = shared_from_this()](error_code failed, std::size_t size) {
          if (failed || !self->take(self->kept_ + size))
            self->end();
          else
            self->read();
        });
  }

  /// Counts events in what came; false at the end of the stream. Keeps a tail
  /// shorter than the mark it looks for, so that no mark is cut or seen twice.
  bool take(std::size_t size) {
    constexpr std::string_view mark = "data: ";
    constexpr std::string_view done = "[DONE]";
    const std::string_view text{buffer_.data(), size};
    std::size_t at = 0;
    std::size_t used = 0;
    while ((at = text.find(mark, at)) != std::string_view::npos) {
      if (at + mark.size() + done.size() > size)
        break;  // whether this is the last one is not known yet
      used = at + mark.size();
      if (text.substr(used, done.size()) == done) {
        ++tally_.complete;
        return false;
      }
      if (events_++ == 0)
        tally_.first_us.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(
                clock_type::now() - asked_)
                .count());
      ++tally_.events;
      at = used;
    }
    const auto from =
        at != std::string_view::npos
            ? at
            : std::max(used, size - std::min(size, mark.size() - 1));
    kept_ = size - from;
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(from),
              buffer_.begin() + static_cast<std::ptrdiff_t>(size),
              buffer_.begin());
    return true;
  }

  void end() {
    ++tally_.ended;
    error_code ignored;
    socket_.close(ignored);
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  tally& tally_;
  clock_type::time_point asked_;
  std::array<char, 8192> buffer_{};
  std::size_t kept_ = 0;
  std::int64_t events_ = 0;
};

std::int64_t quantile(const std::vector<std::int64_t>& sorted, double q) {
  if (sorted.empty())
    return 0;
  return sorted[static_cast<std::size_t>(
      q * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("stream_load PORT STREAMS RAMP_MS SECONDS\n", stderr);
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const int streams = std::atoi(argv[2]);
  const std::chrono::microseconds ramp{std::atoi(argv[3]) * 1000};
  asio::io_context context{1};
  tally t;
  for (int i = 0; i < streams; ++i)
    std::make_shared<client>(context, t)->begin(port, ramp * i / streams);
  context.run_for(std::chrono::seconds{std::atoi(argv[4])});
  std::sort(t.first_us.begin(), t.first_us.end());
  std::printf("{\"begun\":%d,\"complete\":%d,\"events\":%lld,"
              "\"first_us\":{\"p50\":%lld,\"p90\":%lld,\"p99\":%lld}}\n",
              t.begun, t.complete, static_cast<long long>(t.events),
              static_cast<long long>(quantile(t.first_us, 0.5)),
              static_cast<long long>(quantile(t.first_us, 0.9)),
              static_cast<long long>(quantile(t.first_us, 0.99)));
  return t.complete == streams ? 0 : 1;
}
