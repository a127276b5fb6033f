// KEY POOL: decides which key of one provider serves next.
//
// The decisions are made by `key_desk`; this actor carries them out: it sends
// calls to keys, answers those that none can serve, gives those that may not
// wait back to the router, and counts.
//
// Timers: at most one, and only while calls wait in line. It looks at the line
// again when the next one's time is over, or every `sweep_step`, because a call
// that comes later may have less time.
//
// Failure    Calls in its mailbox and in its line are answered with actor_lost.
//            The next incarnation takes all keys for usable until they decline.
// Supervised By its provider's supervisor; restarted after any abnormal exit.
// Mailbox    One message for each call under way, which http bounds by its
//            `max_connections`, and one standing for each lease.
// Metrics    troupe_key_pool_*.

#pragma once

#include "actors/contracts.hpp"
#include "actors/key_pool/key_desk.hpp"
#include "config/settings.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace troupe {

/// What a key pool needs from the outside world.
struct key_pool_deps {
  /// To begin with. What a pool adopted later dies with it: whoever replaces it
  /// gives its successor the roster of then.
  roster_ptr roster;
  address<router_actor> router;
  key_pool_metrics metrics;
  std::uint64_t seed = 0;  ///< Of the draws; any number.
};

/// The instruments of one pool.
key_pool_metrics key_pool_metrics_of(const metric_catalog& catalog,
                                     const config::provider_settings& provider);

class key_pool_state {
public:
  static constexpr const char* name = "key-pool";

  /// A call that joins with less time than this left may hear so late that it
  /// is over; too short to be noticed beside a provider's answer.
  static constexpr std::chrono::milliseconds sweep_step{20};

  using self_pointer = key_pool_actor::stateful_pointer<key_pool_state>;

  // Must stay a constructor, see api_key_state.
  explicit key_pool_state(self_pointer self) : self_(self) {}

  key_pool_actor::behavior_type make_behavior(key_pool_deps deps);

private:
  void sweep();
  void perform(const key_desk::steps& steps);
  void perform(const key_desk::step& s);
  void refuse(const key_desk::step& s);
  void count(const key_desk::step& s);
  void watch_line();
  std::vector<key_status> status() const;
  key_status status_of(const key_standing& s) const;
  time_point now() const;

  self_pointer self_;
  std::optional<key_pool_deps> deps_;  // Set once, by make_behavior.
  std::optional<key_desk> desk_;       // Likewise.
  key_desk::randomness random_;
  bool sweep_pending_ = false;
};

/// Returns the behavior of a key pool. @pre the roster and its provider are not
/// null.
key_pool_actor::behavior_type key_pool(key_pool_state::self_pointer self,
                                       key_pool_deps deps);

}  // namespace troupe
