// One client's connection: reads requests, one at a time, and sends answers.
//
//   idle --first byte--> reading --whole request--> serving --answered--> idle
//     |                     |                          |
//   idle_timeout      header_timeout,             its own deadlines
//     v               refused with 4xx
//   closed                  v
//                    lingering, closed
//
// Pipelined requests wait in the buffer and are answered in order. Whatever a
// client sends ends at worst its own connection.
//
// Limits: header_bytes_max of header, `max_body` of body; a body that arrives
// slower than `body_rate_min` on average is cut; a client that takes nothing of
// its answer for `write_stall_max` is dropped.

#pragma once

#include "config/settings.hpp"
#include "http/parser.hpp"
#include "http/reactor.hpp"
#include "http/read_buffer.hpp"
#include "http/service.hpp"
#include "http/transport.hpp"

#include <boost/intrusive/list.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace troupe::http {

/// Bytes a second a request's body must average after its first idle_timeout.
inline constexpr std::uint64_t body_rate_min = 4 * 1024;

/// How long a client may take nothing of its answer: beyond any sane pause of
/// a human network, within the patience of one who pays for the memory.
inline constexpr std::chrono::seconds write_stall_max{60};

/// How long a refused client may go on sending before it is cut off, and how
/// many bytes: closing at once would destroy the refusal on its way to it.
inline constexpr std::chrono::seconds linger_max{5};
inline constexpr std::size_t linger_bytes_max = 64u << 20;

/// Sessions of one thread; unlinked by their own end.
class session;
using session_list = boost::intrusive::list<
    session,
    boost::intrusive::base_hook<boost::intrusive::list_base_hook<
        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>>,
    boost::intrusive::constant_time_size<false>>;

class session final
    : public responder,
      public boost::intrusive::list_base_hook<
          boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
      public std::enable_shared_from_this<session> {
public:
  struct deps {
    http::reactor& reactor;
    const config::http_settings& settings;
    http::service& service;
    asio::ssl::context* tls;  ///< Null: plain.
    /// Whether the node is stopping: answers say `Connection: close`.
    const bool& stopping;
  };

  session(tcp_socket socket, deps d);
  ~session() override;

  /// Serves the connection to its end. Never throws.
  task<> run();

  /// Closes the connection if no request is being read or served.
  void close_if_idle();

  /// Cuts the connection whatever it is doing.
  void cut();

  // -- responder
  task<> send(unsigned status, const header_list& headers,
              std::string_view body) override;
  void start(unsigned status, const header_list& headers) override;
  task<> write(std::string_view bytes) override;
  task<> finish() override;
  void reset() override;
  void watch(std::function<void()> gone) override;
  executor get_executor() override;

private:
  enum class phase { idle, reading, serving, closed };
  enum class answer { none, begun, done };

  task<> serve_all();
  task<bool> wait_for_request();
  task<std::optional<refusal>> read_request();
  task<> serve_one();
  task<> refuse(refusal why);
  task<> linger();
  task<> send_all(gather pieces);
  task<> send_slowly(gather pieces);
  void begin_head(unsigned status, const header_list& headers);
  void end_head();
  void identify();
  void arm(std::chrono::milliseconds after);
  void on_deadline();
  void begin_watch();

  deps deps_;
  transport transport_;
  read_buffer buffer_;
  request request_;
  std::optional<request_parser> parser_;
  std::string head_;  ///< Of the answer; kept for its memory.
  phase phase_ = phase::idle;
  answer answer_ = answer::none;
  bool keep_alive_ = true;
  bool chunked_ = false;
  bool timed_out_ = false;
  std::function<void()> on_gone_;
  bool watching_ = false;

  struct timeout final : deadline {
    explicit timeout(session& s) : owner(s) {}
    void on_due() override { owner.on_deadline(); }
    session& owner;
  } timeout_{*this};

  struct watch_start final : deadline {
    explicit watch_start(session& s) : owner(s) {}
    void on_due() override { owner.begin_watch(); }
    session& owner;
  } watch_start_{*this};
};

}  // namespace troupe::http
