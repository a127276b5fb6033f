// The flags of `troupe simulate`.

#pragma once

#include "http/simulator/settings.hpp"

namespace CLI {
class App;
}

namespace troupe::simulator {

/// Adds the simulator's flags to `app`; parsing it fills `into`, which must
/// outlive it. Values out of bounds are refused by the parser in words.
void add_options(CLI::App& app, settings& into);

}  // namespace troupe::simulator
