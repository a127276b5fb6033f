// All limits of one key: what is configured and what its provider tells.
//
// The one rule: a call must fit into all of them, and takes its part of all of
// them or of none. A request counts when it is lent. Tokens are reserved by
// estimate, and corrected when it is known what the call really took.
//
// What is read from the provider's cache does not count towards limits of input
// alone, which only Anthropic has.

#pragma once

#include "actors/api_key/key_limit.hpp"
#include "actors/api_key/learned_limit.hpp"
#include "actors/api_key/limit_window.hpp"
#include "actors/contracts.hpp"
#include "config/settings.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace troupe {

/// What a call may take from the limits.
struct key_demand {
  std::uint64_t tokens = 0;     ///< Input and output.
  std::uint64_t tokens_in = 0;  ///< The input's part of it.
};

class limit_book {
public:
  /// One number for each `limit_kind`.
  using amounts =
      std::array<std::uint64_t, static_cast<std::size_t>(limit_kind::count_)>;

  /// What `demand` counts for each kind of limit: one request, and at least one
  /// token, since even an empty call takes something.
  static amounts amounts_of(const key_demand& demand);

  /// What one lease took.
  struct entry {
    std::uint64_t ordinal = 0;  ///< Its number; ascending, from 1.
    amounts reserved{};
    amounts lent{};  ///< The marks of the learned limits.
  };

  /// Which limit stands in the way, and when none does any more.
  struct obstacle {
    std::optional<key_limit> limit;  ///< The first of them; nothing if none.
    time_point until;
    /// That moment depends also on when a reservation ends.
    bool reserved = false;
  };

  /// What keeps a call of `wanted` from being lent at `now`.
  obstacle find_obstacle(const amounts& wanted, time_point now);

  /// Takes `wanted` for a lease, whether or not it fits.
  entry lend(std::uint64_t ordinal, const amounts& wanted, time_point now);

  /// The call of the latest lease never left. @pre nothing happened since.
  void withdraw(const entry& e);

  /// Takes over what the answer to a lease tells of the limits.
  void learn(const entry& e, const limit_readings& readings, time_point now);

  /// What a lease really took, as its end tells.
  void settle(const entry& e, const lease_report& report, time_point now);

  /// Nobody will settle what is out: it counts as it was reserved.
  void settle_all(time_point now);

  /// Other limits from now on; what was spent stays spent.
  void adopt(const config::key_limits& limits);

  /// What is used of each limit.
  limit_uses uses(time_point now);

  /// How many more calls fit at `now`; the largest number if there is no limit.
  std::uint64_t calls_free(time_point now);

  /// How many more tokens fit; likewise. Counts what input and output may take
  /// together, so a call with too much of one of them may still not fit.
  std::uint64_t tokens_free(time_point now);

private:
  limit_window& window(key_limit l) {
    return windows_[static_cast<std::size_t>(l)];
  }
  learned_limit& learned(limit_kind k) {
    return learned_[static_cast<std::size_t>(k)];
  }

  std::array<limit_window, 4> windows_{
      // As in `key_limit`: requests a minute, hour and day, tokens a minute.
      limit_window{0, std::chrono::minutes{1}},
      limit_window{0, std::chrono::hours{1}},
      limit_window{0, std::chrono::hours{24}},
      limit_window{0, std::chrono::minutes{1}},
  };
  std::array<learned_limit, static_cast<std::size_t>(limit_kind::count_)>
      learned_;
};

}  // namespace troupe
