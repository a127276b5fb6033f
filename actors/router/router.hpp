// ROUTER: decides which provider serves a model, and what follows a fault.
//
// The decisions are made by `route_table` and `retry_policy`; this actor sends
// calls on their way and holds those that wait. A waiting call lies in the
// clock until its time has come, also when its asker has left by then: each
// wait is bounded by `retry.delay_max` and each call waits once at a time.
//
// Failure    Calls in its mailbox are answered with actor_lost, waiting ones as
//            soon as their time has come. There is nothing else to lose.
// Supervised By the root; restarted after any abnormal exit.
// Mailbox    One message for each call under way, which http bounds by its
//            `max_connections`.
// Metrics    troupe_router_*.

#pragma once

#include "actors/contracts.hpp"
#include "actors/router/retry_policy.hpp"
#include "actors/router/route_table.hpp"
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

struct router_metrics {
  counters_by_name refused;  ///< By errc.
  /// By fault, one for each provider.
  std::vector<counters_by_name> retries;
  std::vector<std::reference_wrapper<prometheus::Counter>> waits;
};

/// What a router needs from the outside world.
struct router_deps {
  std::shared_ptr<const route_table> routes;
  /// As in `settings::providers`, like the pools.
  std::vector<std::shared_ptr<const config::provider_settings>> providers;
  std::vector<address<key_pool_actor>> pools;
  router_metrics metrics;
  std::uint64_t seed = 0;  ///< Of the jitter; any number.
};

/// The instruments of the router.
router_metrics router_metrics_of(const metric_catalog& catalog,
                                 const config::settings& settings);

class router_state {
public:
  static constexpr const char* name = "router";

  using self_pointer = router_actor::stateful_pointer<router_state>;

  // Must stay a constructor, see api_key_state.
  explicit router_state(self_pointer self) : self_(self) {}

  router_actor::behavior_type make_behavior(router_deps deps);

private:
  void route(const call_ticket& ticket);
  void retry(const call_ticket& ticket, const attempt_result& result);
  void postpone(const call_ticket& ticket, time_point usable_at);
  void ask_pool(const call_ticket& ticket);
  void follow(const call_ticket& ticket, const retry_decision& decision);
  void refuse(const call_ticket& ticket, caf::error why);
  time_point now() const;

  self_pointer self_;
  std::optional<router_deps> deps_;  // Set once, by make_behavior.
  std::minstd_rand random_;
};

/// Returns the behavior of a router.
router_actor::behavior_type router(router_state::self_pointer self,
                                   router_deps deps);

}  // namespace troupe
