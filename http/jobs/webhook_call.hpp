// Sends one letter and reads its answer.
//
// A connection that was used before and was closed just now is not the
// receiver's fault: another one is tried, once, as long as nothing came back.
// Receivers know by webhook-id what they have seen.

#pragma once

#include "http/jobs/webhook_letter.hpp"
#include "http/upstream/pool.hpp"

#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <string>

namespace troupe::http {

/// A receiver that does not even take a connection in this time is away.
inline constexpr std::chrono::seconds webhook_connect_max{10};

/// Where a job has no time-out of its own.
inline constexpr std::chrono::minutes webhook_time_max{10};

class webhook_call {
public:
  webhook_call(upstream::pool& connections, asio::ssl::context& tls)
      : pool_(connections), tls_(tls) {}
  webhook_call(const webhook_call&) = delete;
  webhook_call& operator=(const webhook_call&) = delete;

  /// Does it, each wait within `limit`. Does not throw for anything that the
  /// receiver does: a fault is a failure.
  task<job_outcome> run(const webhook_place& to, const webhook_letter& letter,
                        std::chrono::milliseconds limit);

  /// Ends it.
  void cut();

private:
  task<bool> send_once(const webhook_place& to, const webhook_letter& letter,
                       std::chrono::milliseconds limit);
  task<> read(std::chrono::milliseconds limit);

  upstream::pool& pool_;
  asio::ssl::context& tls_;
  std::unique_ptr<upstream::connection> connection_;
  webhook_answer answer_;
  std::string fault_;
  bool cut_ = false;
};

}  // namespace troupe::http
