// ROUTER: decides which target serves a model, and what follows a fault.
//
// The decisions are made by `planner`; this actor sends calls on their way,
// holds those that wait, and counts. A waiting call lies in the clock until its
// time has come, also when its asker has left by then: each wait is bounded,
// and each call waits once at a time.
//
// Failure    Calls in its mailbox are answered with actor_lost, waiting ones as
//            soon as their time has come. What it knew of its targets is lost:
//            they count as well until they fail again.
// Supervised By the root; restarted after any abnormal exit.
// Mailbox    One message for each call under way, which http bounds by its
//            `max_connections`.
// Metrics    troupe_router_*, troupe_target_*.

#pragma once

#include "actors/contracts.hpp"
#include "actors/router/planner.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/published.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace troupe {

/// The instruments of the router, for one routing.
struct router_metrics {
  router_metrics(const metric_catalog& catalog, const routing& routes);

  counters_by_name refused;  ///< By errc.
  prometheus::Counter& over_budget;

  struct provider {
    counters_by_name retries;  ///< By fault.
    std::reference_wrapper<prometheus::Counter> waits;
    std::reference_wrapper<prometheus::Counter> fallbacks;
    std::reference_wrapper<prometheus::Counter> hedges;
  };
  std::vector<provider> providers;  ///< As in the routing.

  struct target {
    std::reference_wrapper<prometheus::Counter> opened;
    std::reference_wrapper<prometheus::Gauge> usable;
  };
  std::vector<target> targets;  ///< By target_index.
};

/// What a router needs from the outside world.
struct router_deps {
  /// The latest configuration; read at every start, so that a router that is
  /// restarted does not go back to an old one.
  std::shared_ptr<published<routing_ptr>> routes;
  metric_catalog metrics;
  std::uint64_t seed = 0;  ///< Of the jitter and the draws; any number.
};

class router_state {
public:
  static constexpr const char* name = "router";

  using self_pointer = router_actor::stateful_pointer<router_state>;

  // Must stay a constructor, see api_key_state.
  explicit router_state(self_pointer self) : self_(self) {}

  router_actor::behavior_type make_behavior(const router_deps& deps);

private:
  void route(const call_ticket& ticket);
  void retry(const call_ticket& ticket, const attempt_result& result);
  void hedge(const call_ticket& ticket);
  void postpone(const call_ticket& ticket, time_point usable_at);
  void resume(const call_ticket& ticket);
  void judge(const target_report& report);
  void adopt(const routing_ptr& routes);
  void follow(const call_ticket& ticket, planner::step step);
  void tell(target_board::finding f, fault why);
  router_metrics::provider* metrics_of(const call& c);
  time_point now() const;

  self_pointer self_;
  std::optional<metric_catalog> catalog_;  // Set once, by make_behavior.
  std::optional<planner> planner_;         // Likewise.
  std::optional<router_metrics> metrics_;  // Of the planner's routing.
};

/// Returns the behavior of a router. @pre a routing has been published.
router_actor::behavior_type router(router_state::self_pointer self,
                                   const router_deps& deps);

}  // namespace troupe
