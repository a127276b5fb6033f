// The pools of the workers that are troupe's own.
//
//   workers                  a supervisor
//    +-- workers-<queue>     a pool for each queue whose jobs troupe carries
//    out
//
// A branch beside the queues', and stopped before it: what workers hand back
// then is still written down. A pool that is started again is given the
// settings of then.

#pragma once

#include "actors/admin/branch.hpp"
#include "actors/job_carrier.hpp"
#include "actors/queue_directory.hpp"
#include "config/settings.hpp"
#include "runtime/published.hpp"
#include "runtime/supervision/child_spec.hpp"

#include <memory>
#include <span>

namespace troupe {

/// Whether workers of troupe's own carry the queue's jobs out.
bool has_workers(const config::queue_settings& queue);

/// The recipe of the branch. `carriers`: by thread of the scheduler, one at
/// least; they outlive the cast. @pre `published` has the configuration in
/// effect, and `queues` all of its queues.
child_spec
worker_branch_recipe(const stage& on, queue_directory_ptr queues,
                     std::shared_ptr<published<settings_ptr>> published,
                     std::span<const job_carrier_slot> carriers);

}  // namespace troupe
