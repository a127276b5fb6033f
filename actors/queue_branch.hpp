// The queues of a node, their store, and who carries their jobs out.
//
//   queues                   a supervisor
//    +-- store-writer        on a thread of its own, as
//    +-- store-reader
//    +-- queue-<name>        one for each queue of the configuration
//
// They are stopped backwards: the store's actors outlive whoever writes. A
// queue that is started again is given the settings of then.

#pragma once

#include "actors/admin/branch.hpp"
#include "actors/durable_state.hpp"
#include "actors/queue_directory.hpp"
#include "config/settings.hpp"
#include "runtime/published.hpp"
#include "runtime/supervision/address.hpp"
#include "runtime/supervision/child_spec.hpp"

#include <memory>

namespace troupe {

/// Where they are found.
struct queue_branch {
  queue_directory_ptr queues;
  /// Null for ever where there is no store.
  address<store_writer_actor> writer;
  address<store_reader_actor> reader;
  durable_state state;
};

/// Addresses for the queues `settings` ask for.
queue_branch queue_branch_for(const config::settings& settings,
                              durable_state state);

/// The recipe of the branch. @pre `published` has the configuration in effect.
child_spec
queue_branch_recipe(const stage& on, const queue_branch& branch,
                    std::shared_ptr<published<settings_ptr>> published);

/// Whether all of them have come on stage.
bool is_complete(const queue_branch& branch);

}  // namespace troupe
