// The right to compute what the cache does not have, and the duty to say how
// that ended.
//
// Whoever asks for the same key meanwhile waits for this one. So it ends
// exactly once, whatever happens: by `keep`, by `yield`, or with the object.

#pragma once

#include "actors/contracts.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace troupe::http {

class lead {
public:
  lead(lane& l, cache_key key, std::uint64_t token)
      : lane_(&l), key_(std::move(key)), token_(token) {}
  ~lead() { give_back(); }
  lead(lead&& other) noexcept
      : lane_(other.lane_), key_(std::move(other.key_)),
        token_(std::exchange(other.token_, 0)) {}
  lead& operator=(lead&&) = delete;

  /// 0 once it has ended.
  std::uint64_t token() const { return token_; }

  /// Ends it with an entry; back when the cache knows.
  task<> keep(executor where, cache_entry entry, std::chrono::milliseconds ttl);

  /// Ends it without; back when the cache knows.
  task<> yield(executor where);

  /// Ends it without, if it has not ended, and does not wait.
  void give_back();

private:
  cache_change last_word();

  lane* lane_;
  cache_key key_;
  std::uint64_t token_;
};

}  // namespace troupe::http
