// Actors that block get a thread of their own.
//
// Everything else shares the scheduler's threads, where nothing may ever block
// (asio_scheduler.hpp).

#pragma once

#include "runtime/scheduler/asio_scheduler.hpp"
#include "runtime/supervision/address.hpp"
#include "runtime/supervision/child_spec.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <string>
#include <utility>

namespace troupe {

/// Spawns `fun(self, deps)` on a thread of its own, but not in tests in virtual
/// time, which have no threads.
template <class F, class Deps>
caf::infer_handle_from_fun_t<F> spawn_apart(caf::actor_system& system, F fun,
                                            Deps deps) {
  if (asio_scheduler::find(system) != nullptr)
    return system.spawn<caf::detached>(fun, std::move(deps));
  return system.spawn(fun, std::move(deps));
}

/// As `child_made_at`, but for an actor with a thread of its own.
template <class Handle, class F, class Deps>
child_spec child_made_apart(std::string name, address<Handle> at, F fun,
                            Deps deps, restart_budget budget = {}) {
  auto start = [at = std::move(at), fun,
                deps = std::move(deps)](caf::actor_system& system) {
    Handle hdl = spawn_apart(system, fun, deps());
    at.replace(hdl);
    return caf::actor_cast<caf::actor>(hdl);
  };
  return {.name = std::move(name),
          .start = std::move(start),
          .budget = std::move(budget)};
}

}  // namespace troupe
