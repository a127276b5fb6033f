// `troupe check FILE`: would this configuration start?
//
// Prints either every fault, one a line, or that the file is well and what it
// amounts to. Shows how many keys there are, never a key.

#pragma once

#include "config/environment.hpp"

#include <filesystem>
#include <iosfwd>

namespace troupe::config {

/// Returns the program's exit status: 0 with a summary on `out`, or 1 with the
/// faults on `err`.
int check(const std::filesystem::path& file, const environment& env,
          std::ostream& out, std::ostream& err);

}  // namespace troupe::config
