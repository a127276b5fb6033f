// Idle connections to one provider, kept alive for the next request.
//
// One pool a provider and thread: connections never change their thread. The
// one used last is taken first, so that a quiet hour lets the others go.
//
// Limits: `idle_max` connections, each for `idle_for` at the longest.

#pragma once

#include "http/upstream/connection.hpp"

#include <memory>
#include <vector>

namespace troupe::http::upstream {

class pool {
public:
  /// A burst of this many requests a thread finds its connections open again.
  static constexpr std::size_t idle_max = 256;

  /// Below the 60 s after which servers commonly close, so that they seldom do
  /// it just when a request is on its way.
  static constexpr std::chrono::seconds idle_for{45};

  explicit pool(reactor& r) : reactor_(r) {}
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  /// A connection that was alive a moment ago, or a new one that is not
  /// connected yet (`used()` tells).
  std::unique_ptr<connection> take();

  /// Keeps `c` if it can serve again; closes it otherwise.
  void give(std::unique_ptr<connection> c);

  std::size_t idle() const { return idle_.size(); }

private:
  friend class connection;

  void drop(connection& c);

  reactor& reactor_;
  std::vector<std::unique_ptr<connection>> idle_;  // Used last at the back.
};

}  // namespace troupe::http::upstream
