// `troupe simulate`: the simulated provider, alone, for tests and for trying.

#pragma once

#include "http/simulator/settings.hpp"
#include "runtime/command/signals.hpp"

namespace troupe {

/// Serves until a signal ends it. Returns the exit status; throws
/// `std::runtime_error` if it cannot start.
int simulate(const simulator::settings& settings, const signals& ending);

}  // namespace troupe
