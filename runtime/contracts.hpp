// What the runtime's own actors say: the ground floor of the conversation map.
//
// The domain's conversations are in actors/contracts.hpp, which continues this
// block of type ids. The two files together list every message in the process.

#pragma once

#include "runtime/errc.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace troupe {

struct child_spec;  // runtime/supervision/child_spec.hpp
using child_spec_ptr = std::shared_ptr<const child_spec>;

}  // namespace troupe

CAF_BEGIN_TYPE_ID_BLOCK(troupe_runtime, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe_runtime, (troupe::errc))

  CAF_ADD_ATOM(troupe_runtime, troupe::atom, child, "child")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, hurry, "hurry")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, restart, "restart")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, hire, "hire")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, dismiss, "dismiss")

CAF_END_TYPE_ID_BLOCK(troupe_runtime)

// A recipe is code, which stays where it is.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_spec_ptr)

namespace troupe {

/// SUPERVISOR: keeps named children alive, each within its restart budget.
using supervisor_actor = caf::typed_actor<
    // Resolves a child. Ask again after a DOWN: restarts change the handle.
    // Errors: unknown_child, also while the child waits for its restart.
    caf::replies_to<atom::child, std::string>::with<caf::actor>,
    // Starts one more child and keeps it alive from now on.
    // Errors: child_exists (the name), also while its namesake is on its way
    // out; invalid_setting (why), shutting_down.
    caf::replies_to<atom::hire, child_spec_ptr>::with<void>,
    // Stops a child and forgets it; answered when it is gone. One that does not
    // end when asked to is killed, and one that cannot be killed is given up.
    // Errors: unknown_child (the name), shutting_down.
    caf::replies_to<atom::dismiss, std::string>::with<void>,
    // Internal: the pause before a child's restart is over.
    caf::reacts_to<atom::restart, std::string>,
    // Internal: a child takes too long to stop; the number says which one.
    caf::reacts_to<atom::hurry, std::uint64_t>>;

}  // namespace troupe
