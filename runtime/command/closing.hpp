// How what serves is brought to its end, and how long that may take.

#pragma once

#include "actors/queue_directory.hpp"
#include "http/cache/embeddings_courier.hpp"
#include "http/cache/flight_board.hpp"
#include "http/jobs/job_courier.hpp"
#include "http/listener.hpp"
#include "runtime/command/signals.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace troupe {

/// Lets nobody in any more, waits up to `grace` for what is in flight, cuts the
/// rest. A signal meanwhile ends the process at once. Returns whether every
/// connection has ended; if not, nothing on the threads may be destroyed.
bool close_politely(http::listener& door, std::chrono::milliseconds grace,
                    const signals& ending);

/// Waits up to `grace` for calls that were shared and whose last client has
/// left: they are read on to their bill. Returns whether all have ended; if
/// not, nothing on the threads may be destroyed.
bool await_landings(const http::flight_board& board,
                    std::chrono::milliseconds grace, const signals& ending);

/// Waits for what is on its way to the embeddings server, which ends by itself
/// soon. Returns whether all of it has; if not, as above.
bool await_couriers(
    const std::vector<std::unique_ptr<http::embeddings_courier>>& couriers,
    const signals& ending);

/// Waits up to `grace` for calls and letters of jobs that were dropped. Returns
/// whether all have ended; if not, as above.
bool await_couriers(
    const std::vector<std::unique_ptr<http::job_courier>>& couriers,
    std::chrono::milliseconds grace, const signals& ending);

/// Tells the queues that the node stops: they lease nothing and take nothing in
/// any more, and answer whoever waits; their workers end what they have.
void drain_queues(const queue_directory& queues);

/// Waits until all workers have ended their jobs, which they do within `grace`,
/// or handed them back, a moment after that.
void await_workers(caf::actor_system& system, const queue_directory& queues,
                   std::chrono::milliseconds grace, const signals& ending);

/// Waits until all that was done in the queues is on disk, or cannot be
/// written, or takes too long. What is not there then was not answered either.
void await_queues(const queue_directory& queues, const signals& ending);

}  // namespace troupe
