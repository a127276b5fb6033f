// How a listener is brought to its end, and how long that may take.

#pragma once

#include "http/listener.hpp"
#include "runtime/command/signals.hpp"

#include <chrono>

namespace troupe {

/// Lets nobody in any more, waits up to `grace` for what is in flight, cuts the
/// rest. A signal meanwhile ends the process at once. Returns whether every
/// connection has ended; if not, nothing on the threads may be destroyed.
bool close_politely(http::listener& door, std::chrono::milliseconds grace,
                    const signals& ending);

}  // namespace troupe
