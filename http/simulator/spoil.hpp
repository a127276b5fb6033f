// Applies a fault to a finished answer.
//
// The answer is written first, as if nothing were wrong, so that a spoilt
// stream is a true one up to the point where it goes wrong.

#pragma once

#include "http/simulator/fault.hpp"
#include "http/simulator/script.hpp"
#include "http/simulator/settings.hpp"

#include <string_view>

namespace troupe::simulator {

/// Changes `answer` as `what` demands. `error_event` is what the wire sends
/// when it fails inside a stream. Faults that are answers of their own
/// (`status`, `quota`, ...) change nothing here.
void spoil(script& answer, const fault& what, const settings& rules,
           std::string_view error_event);

}  // namespace troupe::simulator
