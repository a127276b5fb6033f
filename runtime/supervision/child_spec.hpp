// A recipe for one child of a supervisor.
//
// The recipe, not the supervisor, tells the world about a new incarnation: it
// writes the handle into the address that everybody else holds. `child_at` and
// `child_made_at` make such recipes for typed actors.

#pragma once

#include "runtime/scheduler/asio_scheduler.hpp"
#include "runtime/supervision/address.hpp"
#include "runtime/supervision/restart_budget.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace troupe {

struct child_spec {
  /// Unique among its siblings; in logs and metrics.
  std::string name;
  /// Starts an incarnation and returns its handle. Called on the supervisor's
  /// thread; must not block. If it throws, or returns a null handle, that
  /// counts as a death.
  std::function<caf::actor(caf::actor_system&)> start;
  restart_budget budget;
};

/// What `child_at` has to know beside the actor itself.
struct child_place {
  std::string name;
  /// Scheduler thread the child lives on, all its lives.
  std::size_t thread = 0;
  restart_budget budget;
};

/// Returns a recipe that spawns `fun(self, args...)` on the thread of `place`
/// and writes the handle into `at`. `args` are copied for every incarnation.
template <class Handle, class F, class... Args>
child_spec child_at(child_place place, address<Handle> at, F fun,
                    Args... args) {
  auto start = [at = std::move(at), thread = place.thread, fun,
                args...](caf::actor_system& system) {
    Handle hdl = spawn_pinned(system, thread, fun, args...);
    at.replace(hdl);
    return caf::actor_cast<caf::actor>(hdl);
  };
  return {.name = std::move(place.name),
          .start = std::move(start),
          .budget = std::move(place.budget)};
}

/// As above, but each incarnation is given what `deps()` returns then: for
/// actors whose circumstances change while they live. Called on the
/// supervisor's thread.
template <class Handle, class F, class Deps>
child_spec child_made_at(child_place place, address<Handle> at, F fun,
                         Deps deps) {
  auto start = [at = std::move(at), thread = place.thread, fun,
                deps = std::move(deps)](caf::actor_system& system) {
    Handle hdl = spawn_pinned(system, thread, fun, deps());
    at.replace(hdl);
    return caf::actor_cast<caf::actor>(hdl);
  };
  return {.name = std::move(place.name),
          .start = std::move(start),
          .budget = std::move(place.budget)};
}

}  // namespace troupe
