// What coroutines ask of the caches.
//
// Nothing here fails: a question that is lost is answered as if nothing were
// kept, because a cache that is away must not be noticed but by its absence.

#pragma once

#include "actors/contracts.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"

#include <chrono>

namespace troupe::http {

/// One finding for each question.
task<cache_findings> find_all(lane& l, executor where, cache_questions what);

/// The same for one.
task<cache_finding> find_one(lane& l, executor where, cache_question what);

/// One receipt for each change.
task<cache_receipts> keep_all(lane& l, executor where, cache_changes what);

/// The same for one.
task<cache_receipt> keep_one(lane& l, executor where, cache_change what);

/// Makes a change whose outcome nobody waits for.
void keep_unasked(lane& l, cache_change what);
void keep_unasked(lane& l, cache_changes what);

/// `lost` if not every shard could be asked.
task<cache_receipt> purge(lane& l, executor where, cache_purge what);

}  // namespace troupe::http
