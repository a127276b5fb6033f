// The knobs as people read them: an example file and a table.
//
// Both are printed from the knobs alone. config/troupe.example.yaml is the
// first one's output, and a test keeps it so; `troupe_knobs example` and
// `troupe_knobs table` print them anew.

#pragma once

#include <string>

namespace troupe::config {

/// A configuration file that says all defaults. What has no default is there as
/// a comment; without the `# ` such a line is legal YAML in its place.
std::string example_file();

/// A Markdown table of all knobs: path, default, legal values, help.
std::string knobs_table();

}  // namespace troupe::config
