// The door itself: accepts connections on every scheduler thread.
//
// One acceptor a thread, all on one port (SO_REUSEPORT): the kernel spreads the
// connections, and a connection stays on the thread that accepted it, beside
// the actors it talks to most. Stopping is polite: first no new connections and
// `Connection: close` on what is answered, then idle ones are closed, and after
// the grace everything that is left is cut.
//
// Limits: `max_connections` over all threads; one more is closed at once.

#pragma once

#include "http/session.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::http {

/// One thread's place at the door: its reactor, and who answers there.
struct seat {
  http::reactor* reactor;
  service* behind;
};

class listener {
public:
  /// Binds at once, so that a bad address is an error of the start. Throws
  /// `boost::system::system_error` if it cannot, with what to do in its text.
  /// What the seats point to, and the settings, must outlive all sessions.
  listener(const std::vector<seat>& seats,
           const config::http_settings& settings);
  ~listener();

  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// Starts to accept. Call from any thread, once.
  void open();

  /// The port that was bound: the configured one, or the system's choice if
  /// that was 0.
  std::uint16_t port() const { return port_; }
  bool secure() const { return tls_ != nullptr; }

  /// Stops accepting and closes connections as they become idle. From any
  /// thread.
  void stop();

  /// Cuts every connection that is left. From any thread.
  void cut();

  std::size_t connections() const {
    return static_cast<std::size_t>(connections_.load());
  }
  /// Connections accepted since the start, and refused by the limit.
  std::uint64_t accepted() const { return accepted_.load(); }
  std::uint64_t refused() const { return refused_.load(); }

private:
  class acceptor;

  const config::http_settings& settings_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::uint16_t port_ = 0;
  std::atomic<std::int64_t> connections_{0};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::vector<std::shared_ptr<acceptor>> acceptors_;
};

}  // namespace troupe::http
