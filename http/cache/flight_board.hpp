// Which flights are under way on this node, by the token of their lead.
//
// Shared by all threads. A follower may look for a flight before its pilot, on
// another thread, has announced it: then its bell rings when that happens. The
// board keeps what is announced until its lead has ended, because the cache
// sends followers here until then; and it counts the calls under way, which
// belong to no connection that a stopping node would wait for.

#pragma once

#include "http/cache/bell.hpp"
#include "http/cache/flight.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace troupe::http {

class flight_board {
public:
  /// Shows `f` to those who look for `token`.
  void announce(std::uint64_t token, flight_ptr f);

  /// Shows it no more; whoever has a seat keeps it.
  void strike(std::uint64_t token);

  /// The flight of `token`; if there is none yet, null, and `b` rings should
  /// one be announced.
  flight_ptr find(std::uint64_t token, const bell_ptr& b);

  /// `b` does not wait for it any more.
  void forget(std::uint64_t token, const bell_ptr& b);

  /// Calls that have begun and not ended.
  std::size_t under_way() const { return under_way_.load(); }

  /// Told by pilots, when their call has begun, and when nothing is left of it.
  void count_start() { ++under_way_; }
  void count_end() { --under_way_; }

private:
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, flight_ptr> flights_;
  std::unordered_map<std::uint64_t, std::vector<bell_ptr>> waiting_;
  std::atomic<std::size_t> under_way_{0};
};

}  // namespace troupe::http
