// What the runtime's own actors say: the ground floor of the conversation map.
//
// The domain's conversations are in actors/contracts.hpp, which continues this
// block of type ids. The two files together list every message in the process.

#pragma once

#include "runtime/errc.hpp"

#include <caf/actor.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

CAF_BEGIN_TYPE_ID_BLOCK(troupe_runtime, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe_runtime, (troupe::errc))

  CAF_ADD_ATOM(troupe_runtime, troupe::atom, child, "child")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, hurry, "hurry")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, restart, "restart")

CAF_END_TYPE_ID_BLOCK(troupe_runtime)

namespace troupe {

/// SUPERVISOR: keeps named children alive, each within its restart budget.
using supervisor_actor = caf::typed_actor<
    // Resolves a child. Ask again after a DOWN: restarts change the handle.
    // Errors: unknown_child, also while the child waits for its restart.
    caf::replies_to<atom::child, std::string>::with<caf::actor>,
    // Internal: the pause before a child's restart is over.
    caf::reacts_to<atom::restart, std::string>,
    // Internal: a child takes too long to stop; the number says which one.
    caf::reacts_to<atom::hurry, std::uint64_t>>;

}  // namespace troupe
