// What stands behind a listener: the seam between HTTP and what it is for.
//
// A session (http/session.hpp) reads one request at a time and gives it to its
// service together with a responder; the service answers through it, whole or
// piece by piece. The gateway and the simulator are two services on the same
// listener.

#pragma once

#include "http/message.hpp"
#include "http/task.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace troupe::http {

/// Where one request is answered: by `send`, by `start` ... `finish`, or by
/// `reset`. Every coroutine here may throw `boost::system::system_error` when
/// the client is gone or too slow; services let that pass through.
class responder {
public:
  virtual ~responder() = default;

  /// Sends a whole answer. Content-Length, Date, Server and x-request-id are
  /// added.
  virtual task<> send(unsigned status, const header_list& headers,
                      std::string_view body) = 0;

  /// Begins an answer of unknown length; nothing is sent until the first
  /// `write` or `finish`.
  virtual void start(unsigned status, const header_list& headers) = 0;

  /// Sends `bytes` and returns once the socket has taken them: a slow client
  /// slows the caller. `bytes` must stay until then.
  virtual task<> write(std::string_view bytes) = 0;

  /// Ends an answer begun with `start`.
  virtual task<> finish() = 0;

  /// Cuts the connection without a clean end of the answer.
  virtual void reset() = 0;

  /// Calls `gone` once, within a tenth of a second, should the client leave
  /// before its answer is over. An empty function ends the watch.
  virtual void watch(std::function<void()> gone) = 0;

  /// The thread everything about this request happens on.
  virtual executor get_executor() = 0;
};

/// Why the session itself refuses a request that it could not read.
struct refusal {
  unsigned status;
  std::string_view code;  ///< snake_case, for bodies and metrics.
  std::string message;    ///< A sentence that says what to do.
};

class service {
public:
  virtual ~service() = default;

  /// Answers one request. Called on the connection's own thread; different
  /// connections call concurrently on theirs.
  virtual task<> serve(request& req, responder& res) = 0;

  /// Answers a request that is not HTTP, too large or too slow; the connection
  /// closes afterwards. `req` holds what had been read.
  virtual task<> refuse(request& req, responder& res, refusal why) = 0;
};

}  // namespace troupe::http
