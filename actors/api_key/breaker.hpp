// Whether a key is worth trying, judged by how its last calls ended.
//
//                 open_after faults in a row, quota, credential
//      CLOSED  ----------------------------------------------->  OPEN
//         ^                                                     |    ^
//         | probe served                     cool-down is over: |    | probe
//         |                                   one call may try  v    | failed
//         +-----------------------------------------------  PROBING -+
//
// The one rule: while a key is not closed, at most one call is out with it, and
// only that call's end moves the breaker; older calls that come back late say
// nothing new.
//
// How long it stays open: after faults the cool-down, doubled each time the
// probe fails, up to its maximum; after a spent quota and a refused credential
// long named times. What the provider asks for (retry_after) is a floor.
// A rate limit (429 that passes) is no fault of the breaker's: the key rests,
// and then lends as before.
//
// A fault of the client's, of its content or its length, says nothing about the
// key: it neither counts nor resets the count. Nor does an abandoned call, but
// both free the probe's place.

#pragma once

#include "actors/contracts.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace troupe {

class breaker {
public:
  using milliseconds = std::chrono::milliseconds;

  /// How far a cool-down strays to either side, so that keys which failed
  /// together are not probed together.
  static constexpr double jitter = 0.10;
  /// How long a key rests after a 429 that names no time. Providers count
  /// requests by the minute; a sixth of it is worth another look.
  static constexpr milliseconds rate_rest = std::chrono::seconds{10};
  /// How long a key rests when its quota is spent and the provider names no
  /// time. Such quotas come back daily or when somebody pays.
  static constexpr milliseconds quota_rest = std::chrono::hours{1};
  /// How long a refused key is left alone before one call tries it again. An
  /// operator who repairs a key waits no longer than this.
  static constexpr milliseconds dead_rest = std::chrono::minutes{10};
  /// The longest rest a provider can ask for; quotas renew at least daily.
  static constexpr milliseconds rest_max = std::chrono::hours{24};

  explicit breaker(const config::breaker_settings& settings)
      : settings_(settings) {}

  /// Whether a call may go out with the key at `now`.
  bool admits(time_point now) const;

  /// When it admits the next one, if nothing happens until then; nothing while
  /// that depends on the probe.
  std::optional<time_point> admits_at() const;

  /// A call goes out. Returns whether it is the probe, which `judge` and
  /// `withdraw` want to know. @pre `admits(now)`.
  bool lend();

  /// The call never went out. @pre `probe` is what its `lend` returned.
  void withdraw(bool probe);

  /// Nobody will hear of the calls that are out, the probe among them.
  void lose_calls() { withdraw(state_ == state::probing); }

  /// It is another key now, of which nothing is known.
  void renew();

  /// Other numbers, from the next fault on.
  void adopt(const config::breaker_settings& settings) { settings_ = settings; }

  /// One call's end.
  struct report {
    troupe::fault fault = fault::none;
    std::optional<milliseconds> retry_after = std::nullopt;
    bool probe = false;  ///< What its `lend` returned.
  };

  /// Takes a report into account; `random` is in [0, 1). Returns whether it
  /// opened the breaker (also again).
  bool judge(const report& r, time_point now, double random);

  bool is_open() const { return state_ != state::closed; }
  bool is_probing() const { return state_ == state::probing; }

  /// Whether a success would change anything.
  bool is_suspect() const { return state_ != state::closed || faults_ > 0; }

  /// usable, cooling, spent (the quota), probing or dead.
  key_condition condition(time_point now) const;

private:
  enum class state : std::uint8_t { closed, open, probing };
  enum class cause : std::uint8_t { faults, quota, credential };

  void judge_success(bool probe);
  bool judge_fault(const report& r, time_point now, double random);
  void close();
  void open(cause why, time_point until);
  milliseconds cooldown(double random) const;

  config::breaker_settings settings_;
  state state_ = state::closed;
  cause cause_ = cause::faults;  // Only meaningful while not closed.
  std::uint32_t faults_ = 0;     // In a row, while closed.
  std::uint32_t openings_ = 0;   // By faults, since it was last closed.
  time_point until_ = time_point::min();        // The cool-down's end.
  time_point rests_until_ = time_point::min();  // A rate limit's end.
};

}  // namespace troupe
