// All that decides whether one key may be lent: its limits, its breaker, and
// the leases that are out.
//
// The one rule: what goes out is counted before it goes, and counted once. A
// request counts when it is lent. Tokens are reserved by estimate and booked as
// they were really used when the lease ends (limit_window.hpp). A call that
// never left is taken back without a trace.
//
// A lease ends by its report, or after its time to live, then as if abandoned:
// a borrower that died must not hold a place for ever.
//
// Limits: knows nothing of what an earlier incarnation lent. After a restart
// the provider's own 429 stands in for what was forgotten.

#pragma once

#include "actors/api_key/breaker.hpp"
#include "actors/api_key/limit_window.hpp"
#include "actors/contracts.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <map>
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
  count_,
};

/// Returns `breaker`, `in_flight`, ... for metric labels.
std::string_view name_of(key_refusal r) noexcept;

class key_guard {
public:
  using milliseconds = std::chrono::milliseconds;

  /// When to ask again a key that waits for a call to come back, since nobody
  /// knows when that is. Most calls take seconds.
  static constexpr milliseconds turnover = std::chrono::seconds{1};
  /// A lease outlives its provider's total timeout by this much, so that the
  /// borrower's own report always comes first.
  static constexpr milliseconds lease_margin = std::chrono::minutes{1};

  key_guard(const config::key_limits& limits,
            const config::breaker_settings& breaker, milliseconds lease_ttl);

  /// What `lend` decided.
  struct answer {
    key_refusal refusal = key_refusal::none;
    lease_id id;           ///< Only if not refused.
    time_point usable_at;  ///< Only if refused: when to ask again.
  };

  /// Reserves one call of about `tokens`.
  answer lend(std::uint64_t tokens, time_point now);

  /// The call of the latest lease never left: takes everything back.
  /// @pre nothing was lent or settled since.
  void withdraw(lease_id id);

  /// What `settle` found out.
  struct verdict {
    bool known = false;   ///< Whether there was such a lease.
    bool opened = false;  ///< Whether its fault opened the breaker.
  };

  /// Ends a lease. `random` in [0, 1) strays the cool-down.
  verdict settle(const lease_report& report, time_point now, double random);

  /// Ends the leases that outlived their time to live; returns how many.
  std::uint32_t reclaim_overdue(time_point now);

  /// When the oldest lease must be reclaimed; nothing if none is out.
  std::optional<time_point> next_overdue() const;

  /// How the key stands towards a call of the smallest size.
  key_standing standing(key_index index, time_point now);

private:
  struct loan {
    std::uint64_t tokens;
    time_point since;
    bool probe;
  };

  struct obstacle {
    key_refusal refusal = key_refusal::none;
    time_point until = time_point::min();
  };

  obstacle find_obstacle(std::uint64_t tokens, time_point now);
  bool is_busy() const;

  std::uint64_t concurrent_;
  milliseconds lease_ttl_;
  limit_window requests_minute_;
  limit_window requests_hour_;
  limit_window requests_day_;
  limit_window tokens_minute_;
  breaker breaker_;
  std::map<lease_id, loan> loans_;  // By number, which is by age.
  std::uint64_t last_lease_ = 0;
};

}  // namespace troupe
