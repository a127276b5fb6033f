// All that decides whether one key may be lent: its limits, its breaker, and
// the leases that are out.
//
// The one rule: what goes out is counted before it goes, and counted once, in
// all of the key's limits (limit_book.hpp). A call that never left is taken
// back without a trace.
//
// A lease ends by its report, or after its time to live, then as if abandoned:
// a borrower that died must not hold a place for ever.
//
// What is spent, learned and judged is kept in a `key_memory`, which an earlier
// incarnation may have filled. What that one held in reserve counts as spent;
// its leases are unknown to this one.

#pragma once

#include "actors/api_key/key_memory.hpp"
#include "actors/contracts.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace troupe {

/// Why a key did not lend.
enum class key_refusal : std::uint8_t {
  none,       ///< It did.
  breaker,    ///< Open or resting, for whatever cause.
  in_flight,  ///< As many calls out as allowed.
  requests_minute,
  requests_hour,
  requests_day,
  tokens_minute,
  learned_requests,
  learned_tokens,
  learned_input_tokens,
  learned_output_tokens,
  count_,
};

/// Returns `breaker`, `in_flight`, ... for metric labels.
std::string_view name_of(key_refusal r) noexcept;

/// What the configuration allows a key.
struct key_terms {
  config::key_limits limits;
  config::breaker_settings breaker;
  std::chrono::milliseconds lease_ttl{0};
};

class key_guard {
public:
  using milliseconds = std::chrono::milliseconds;

  /// When to ask again a key that waits for a call to come back, since nobody
  /// knows when that is. Most calls take seconds.
  static constexpr milliseconds turnover = std::chrono::seconds{1};
  /// A lease outlives its provider's total timeout by this much, so that the
  /// borrower's own report always comes first.
  static constexpr milliseconds lease_margin = std::chrono::minutes{1};

  /// Takes over what is in `memory`; null: there is nothing to remember.
  key_guard(const key_terms& terms, std::shared_ptr<key_memory> memory,
            time_point now);

  /// What `lend` decided.
  struct answer {
    key_refusal refusal = key_refusal::none;
    lease_id id;           ///< Only if not refused.
    time_point usable_at;  ///< Only if refused: when to ask again.
  };

  /// Reserves one call that takes about `demand`.
  answer lend(const key_demand& demand, time_point now);

  /// The call of the latest lease never left: takes everything back.
  /// @pre nothing was lent, learned or settled since.
  void withdraw(lease_id id);

  /// Takes over what the answer to a lease tells. Returns whether the lease is
  /// known and anything was told.
  bool learn(lease_id id, const limits_ptr& readings, time_point now);

  /// What `settle` found out.
  struct verdict {
    bool known = false;   ///< Whether there was such a lease.
    bool opened = false;  ///< Whether its fault opened the breaker.
  };

  /// Ends a lease. `random` in [0, 1) strays the cool-down.
  verdict settle(const lease_report& report, time_point now, double random);

  /// Other terms from now on. What was spent stays spent, and leases that are
  /// out stay out.
  void adopt(const key_terms& terms);

  /// The secret is another. Closes the breaker, and lets no lease that was lent
  /// with the old one judge the new.
  void renew();

  /// Ends the leases that outlived their time to live; returns how many.
  std::uint32_t reclaim_overdue(time_point now);

  /// When the oldest lease must be reclaimed; nothing if none is out.
  std::optional<time_point> next_overdue() const;

  /// How the key stands towards a call of the smallest size.
  key_standing standing(key_index index, time_point now);

  /// What is used of each limit.
  limit_uses uses(time_point now);

private:
  struct loan {
    limit_book::entry taken;
    time_point since;
    bool probe;
    std::uint32_t secret;  // Of which it was lent.
  };

  struct obstacle {
    key_refusal refusal = key_refusal::none;
    time_point until = time_point::min();
  };

  obstacle find_obstacle(const limit_book::amounts& wanted, time_point now);
  bool is_busy() const;
  std::uint32_t calls_free(time_point now);

  std::shared_ptr<key_memory> memory_;  // Never null.
  std::uint64_t concurrent_ = 0;
  milliseconds lease_ttl_{0};
  std::map<lease_id, loan> loans_;  // By number, which is by age.
  std::uint32_t secret_ = 0;        // How many there were before.
};

}  // namespace troupe
