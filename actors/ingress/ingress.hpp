// INGRESS: decides who may enter.
//
// One actor a thread, next to the sockets whose calls it admits. The decision
// is `gate`'s; this actor hands on what passes.
//
// Failure    Calls in its mailbox are answered with actor_lost. It keeps no
//            state of its own.
// Supervised By the root; restarted after any abnormal exit.
// Mailbox    One message for each call under way, which http bounds by its
//            `max_connections`.
// Metrics    troupe_ingress_refusals_total.

#pragma once

#include "actors/contracts.hpp"
#include "actors/ingress/gate.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>

namespace troupe {

/// What an ingress needs from the outside world.
struct ingress_deps {
  std::shared_ptr<const gate> entrance;
  address<router_actor> router;
  counters_by_name refused;  ///< By errc.
};

/// The instruments of the ingresses, which they share.
counters_by_name ingress_metrics_of(const metric_catalog& catalog);

class ingress_state {
public:
  static constexpr const char* name = "ingress";

  using self_pointer = ingress_actor::stateful_pointer<ingress_state>;

  // Must stay a constructor, see api_key_state.
  explicit ingress_state(self_pointer self) : self_(self) {}

  ingress_actor::behavior_type make_behavior(ingress_deps deps);

private:
  void admit(const call_ticket& ticket);

  self_pointer self_;
  std::optional<ingress_deps> deps_;  // Set once, by make_behavior.
};

/// Returns the behavior of an ingress.
ingress_actor::behavior_type ingress(ingress_state::self_pointer self,
                                     ingress_deps deps);

}  // namespace troupe
