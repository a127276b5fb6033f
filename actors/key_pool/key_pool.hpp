// KEY POOL: decides which key of one provider serves next.
//
// The decisions are made by `key_ring`; this actor remembers for it what the
// keys say, hands calls to them, and answers those that none can serve. A call
// that was tried before goes back to the router instead, which may wait.
//
// Failure    Calls in its mailbox are answered with actor_lost. The next
//            incarnation takes all keys for usable until they decline.
// Supervised By its provider's supervisor; restarted after any abnormal exit.
// Mailbox    One message for each call under way, which http bounds by its
//            `max_connections`, and one standing for each lease.
// Metrics    troupe_key_pool_refusals_total.

#pragma once

#include "actors/contracts.hpp"
#include "actors/key_pool/key_ring.hpp"
#include "config/settings.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace troupe {

/// What a key pool needs from the outside world.
struct key_pool_deps {
  std::shared_ptr<const config::provider_settings> provider;
  std::vector<address<api_key_actor>> keys;  ///< As in `provider->keys`.
  address<router_actor> router;
  counters_by_name refused;  ///< By errc: keys_cooling, keys_dead.
  std::uint64_t seed = 0;    ///< Of the draws; any number.
};

/// The instruments of one pool.
counters_by_name key_pool_metrics_of(const metric_catalog& catalog,
                                     const config::provider_settings& provider);

class key_pool_state {
public:
  static constexpr const char* name = "key-pool";

  using self_pointer = key_pool_actor::stateful_pointer<key_pool_state>;

  // Must stay a constructor, see api_key_state.
  explicit key_pool_state(self_pointer self) : self_(self) {}

  key_pool_actor::behavior_type make_behavior(key_pool_deps deps);

private:
  void lend(const call_ticket& ticket);
  void decline(const call_ticket& ticket, const key_standing& standing);
  void offer(const call_ticket& ticket);
  void refuse(const call_ticket& ticket, const key_ring::choice& why);
  std::vector<key_status> status() const;
  time_point now() const;

  self_pointer self_;
  std::optional<key_pool_deps> deps_;  // Set once, by make_behavior.
  std::optional<key_ring> ring_;       // Likewise.
  std::mt19937_64 random_;
};

/// Returns the behavior of a key pool. @pre there is an address for each of the
/// provider's keys.
key_pool_actor::behavior_type key_pool(key_pool_state::self_pointer self,
                                       key_pool_deps deps);

}  // namespace troupe
