// API KEY: guards the limits and the health of one provider key.
//
// One actor a key, so that keys share nothing. The decisions are made by
// `key_guard`; this actor holds the secret, answers calls with it, tells its
// pool how it stands after every change, warns when a limit is nearly used up,
// and counts.
//
// Timers: at most one that ends overdue leases, while some are out, and one
// that looks again when the key may be usable, while it is not. An idle,
// healthy key has none.
//
// Failure    Its leases are forgotten, and calls in its mailbox are answered
//            with actor_lost. What was spent, learned and refused is in
//            `api_key_deps::memory` and holds for the next incarnation, to
//            which all that was reserved is spent.
// Supervised By its provider's supervisor; restarted after any abnormal exit.
// Mailbox    Two messages for each call under way, which http bounds by its
//            `max_connections`.
// Metrics    api_key_requests_total, troupe_api_key_*.

#pragma once

#include "actors/api_key/key_guard.hpp"
#include "actors/api_key/key_memory.hpp"
#include "actors/contracts.hpp"
#include "config/settings.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace troupe {

/// What an api key needs from the outside world.
struct api_key_deps {
  std::shared_ptr<const config::provider_settings> provider;
  config::key_entry entry;
  key_index index = 0;  ///< Its place in its pool's roster.
  address<key_pool_actor> pool;
  /// What earlier incarnations knew; null: nothing, and nothing will be kept.
  std::shared_ptr<key_memory> memory;
  api_key_metrics metrics;
  std::uint64_t seed = 0;  ///< Of the jitter; any number.
};

/// The instruments of one key.
api_key_metrics api_key_metrics_of(const metric_catalog& catalog,
                                   const std::string& provider,
                                   const key_id& key);

class api_key_state {
public:
  static constexpr const char* name = "api-key";

  using self_pointer = api_key_actor::stateful_pointer<api_key_state>;

  // Must stay a constructor: CAF 0.17 would fill a plain struct's first member
  // with the address of the actor when compiled as C++20.
  explicit api_key_state(self_pointer self) : self_(self) {}

  api_key_actor::behavior_type make_behavior(api_key_deps deps);

private:
  void lend(const call_ticket& ticket);
  void decline(const call_ticket& ticket, const key_guard::answer& why);
  void grant(const call_ticket& ticket, lease_id id);
  void settle(const lease_report& report);
  void learn(lease_id id, const limits_ptr& readings);
  void adopt(const key_brief& brief);
  void sweep();
  void wake(std::uint64_t number);
  enum class occasion : std::uint8_t { lend, any };
  void announce(occasion why = occasion::any);
  void watch_limits();
  void watch_leases();
  void watch_recovery(const key_standing& standing);
  time_point now() const;

  self_pointer self_;
  std::optional<api_key_deps> deps_;  // Set once, by make_behavior.
  std::optional<key_guard> guard_;    // Likewise.
  std::minstd_rand random_;
  bool sweep_pending_ = false;
  std::optional<time_point> wakes_at_;  // Due time of the last wake timer.
  std::uint64_t wake_number_ = 0;
};

/// Returns the behavior of an api key, which announces itself to its pool.
api_key_actor::behavior_type api_key(api_key_state::self_pointer self,
                                     api_key_deps deps);

}  // namespace troupe
