// How a listener is brought to its end, and how long that may take.

#pragma once

#include "http/cache/embeddings_courier.hpp"
#include "http/cache/flight_board.hpp"
#include "http/listener.hpp"
#include "runtime/command/signals.hpp"

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

}  // namespace troupe
