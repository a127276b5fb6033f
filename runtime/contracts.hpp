// What the runtime's own actors say: the ground floor of the conversation map.
//
// The domain's conversations are in actors/contracts.hpp, which continues this
// block of type ids, and in actors/queue_contracts.hpp. These files together
// list every message in the process.

#pragma once

#include "runtime/errc.hpp"
#include "runtime/store/store.hpp"
#include "runtime/ticket.hpp"

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

/// Nothing to say but that it is done.
struct committed {};

using commit_ticket = ticket<store_batch, committed>;
using read_ticket = ticket<std::vector<record_range>, record_pages>;
using backup_ticket = ticket<std::filesystem::path, committed>;

}  // namespace troupe

CAF_BEGIN_TYPE_ID_BLOCK(troupe_runtime, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe_runtime, (troupe::errc))

  CAF_ADD_ATOM(troupe_runtime, troupe::atom, child, "child")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, hurry, "hurry")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, restart, "restart")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, hire, "hire")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, dismiss, "dismiss")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, commit, "commit")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, stored, "stored")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, read, "read")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, backup, "backup")
  CAF_ADD_ATOM(troupe_runtime, troupe::atom, flush, "flush")

CAF_END_TYPE_ID_BLOCK(troupe_runtime)

// A recipe is code, which stays where it is.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_spec_ptr)
// The store is a file of this node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::commit_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::read_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::backup_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::record_pages)

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

/// STORE WRITER: one for each store. Commits what many ask for at once.
using store_writer_actor = caf::typed_actor<
    // Answered when the batch is on disk. Errors: those of store::commit;
    // overloaded (ms) when too much waits.
    caf::reacts_to<atom::commit, commit_ticket>,
    // Copies the store while others go on. Errors: those of store::back_up.
    caf::reacts_to<atom::backup, backup_ticket>,
    // Internal: nothing more has come in meanwhile; commits what has.
    caf::reacts_to<atom::flush>>;

/// STORE READER: reads beside the writer.
using store_reader_actor = caf::typed_actor<
    // Errors: those of store_reader::read.
    caf::reacts_to<atom::read, read_ticket>>;

}  // namespace troupe
