// What must hold between settings, beyond each knob's own bounds.
//
// Names are unique and point at something; a provider has no key twice; a
// longest pause is not shorter than the first; and a gateway that others can
// reach does not stand open unless its operator says so. Where a value is
// missing because it was faulty itself, nothing is added about it.

#pragma once

#include "config/reader.hpp"
#include "config/settings.hpp"

namespace troupe::config {

/// Adds a fault to `found` for each rule that `s` breaks.
void check_rules(const settings& s, std::string_view file, findings& found);

}  // namespace troupe::config
