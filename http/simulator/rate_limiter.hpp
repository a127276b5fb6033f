// Requests and tokens a minute for each key, as the providers grant them: a
// bucket that holds one minute's worth and fills evenly.
//
// A request is let in only if both buckets hold enough, and takes from both at
// once; a refused one takes nothing.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe::simulator {

/// What a key's bucket holds.
struct bucket_level {
  std::uint64_t limit = 0;      ///< A minute.
  std::uint64_t remaining = 0;  ///< Now.
  std::chrono::milliseconds full_in{0};
};

struct rate_verdict {
  std::optional<bucket_level> requests;  ///< Empty if not limited.
  std::optional<bucket_level> tokens;
  /// Set if the request is refused: when it would be let in.
  std::optional<std::chrono::milliseconds> retry_after;
  bool tokens_refused = false;
};

class rate_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Keys remembered; strangers may send as many as they like.
  static constexpr std::size_t keys_max = 4'096;

  /// 0 means no limit.
  struct limits {
    std::uint64_t requests_per_minute = 0;
    std::uint64_t tokens_per_minute = 0;
  };

  explicit rate_limiter(limits at) : limits_(at) {}

  /// Takes one request of `tokens` tokens from the buckets of `key`.
  rate_verdict take(std::string_view key, std::uint64_t tokens, time_point now);

  void clear() { accounts_.clear(); }

private:
  struct account {
    double requests = 0;
    double tokens = 0;
    time_point at;
  };

  account& account_of(std::string_view key, time_point now);

  limits limits_;
  std::unordered_map<std::string, account> accounts_;
};

}  // namespace troupe::simulator
