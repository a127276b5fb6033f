// A job that is yet to be added, as a part of records: of schedules, and of
// children that a job waits for.
//
// JSON; what has its default is left out, and what a later version adds is
// passed over. Data is kept as a text, byte by byte as it came. Children are in
// it whole, with their own. Left out are `id`, `parent` and `dedup`, which such
// jobs are given later, or never have.

#pragma once

#include "actors/job.hpp"

#include <nlohmann/json_fwd.hpp>

namespace troupe {

nlohmann::json tree_of(const new_job& job);

/// Throws `record_tree::misread` if it is not one.
new_job new_job_of(const nlohmann::json& tree);

}  // namespace troupe
