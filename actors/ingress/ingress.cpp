#include "actors/ingress/ingress.hpp"

#include <utility>

namespace troupe {

counters_by_name ingress_metrics_of(const metric_catalog& catalog) {
  return catalog.counters(metric::ingress_refusals_total, {},
                          label_values({errc::unauthorized}));
}

ingress_actor::behavior_type ingress(ingress_state::self_pointer self,
                                     ingress_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

ingress_actor::behavior_type ingress_state::make_behavior(ingress_deps deps) {
  deps_.emplace(std::move(deps));
  return {
      [this](atom::admit, const call_ticket& t) { admit(t); },
      [this](atom::adopt, const gate_ptr& g) { deps_->entrance = g; },
  };
}

void ingress_state::admit(const call_ticket& ticket) {
  if (!ticket.awaited())
    return;
  if (const auto refusal = deps_->entrance->pass(*ticket.matter());
      refusal != errc::none) {
    deps_->refused[refusal].Increment();
    ticket.answer(refusal);
    return;
  }
  if (ticket.matter()->entry_only)
    ticket.answer(lease{});
  else
    self_->send(deps_->router.current(), atom::route_v, ticket);
}

}  // namespace troupe
