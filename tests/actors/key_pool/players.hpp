// Who takes part in a schedule of the key pool's property test: calls, and keys
// that are a real `key_guard` with queues of messages to and from the pool.

#pragma once

#include "actors/api_key/key_guard.hpp"
#include "actors/contracts.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace troupe::testing {

/// Whether keys tell how much room they have, or only whether they lend.
enum class telling { rooms, little };

/// A call, and what happened to it.
struct visitor {
  call_ticket ticket;
  std::uint64_t number = 0;  ///< By arrival.
  time_point came{};
  time_point until{};
  int answers = 0;
  bool in_line = false;
  bool has_waited = false;
  std::optional<lease_id> lease;
  /// Who could complain if it is served now.
  std::vector<const visitor*> passed;
};

/// One key: its guard, its mailbox, and what it let out.
struct player {
  config::key_limits limits;
  std::optional<key_guard> guard;
  std::deque<visitor*> inbox;
  std::deque<std::function<void()>> outbox;  ///< To the pool.
  std::optional<time_point> wakes_at;
  std::vector<time_point> admitted;
  std::uint32_t in_flight = 0;
};

/// Whether a call would be lent, found by trying; leaves no trace.
inline bool would_lend(key_guard& g, std::uint64_t tokens, time_point now) {
  const auto tried = g.lend({.tokens = tokens}, now);
  if (tried.refusal != key_refusal::none)
    return false;
  g.withdraw(tried.id);
  return true;
}

/// The most that were admitted in any one minute.
inline std::uint64_t worst_minute(const std::vector<time_point>& admitted) {
  std::uint64_t worst = 0;
  for (std::size_t first = 0, last = 0; last < admitted.size(); ++last) {
    while (admitted[first] + std::chrono::minutes{1} <= admitted[last])
      ++first;
    worst = std::max<std::uint64_t>(worst, last - first + 1);
  }
  return worst;
}

}  // namespace troupe::testing
