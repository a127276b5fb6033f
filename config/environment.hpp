// The environment variables, as a function that looks one up.
//
// Nothing in this room reads the process environment by itself: it is handed
// in, so that tests have their own. A variable that is set to nothing counts as
// not set wherever it would override or add something; where a file names it
// (`${NAME}`), it stands for the empty text it holds.

#pragma once

#include "config/outcome.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::config {

/// Returns a variable's value, or nothing if it is not set.
using environment =
    std::function<std::optional<std::string>(const std::string& name)>;

/// The variables of this process. Not to be used while another thread sets one.
environment process_environment();

/// A fixed set of variables, for tests and for running without any.
environment fixed_environment(std::map<std::string, std::string> variables);

/// Returns the value of `name` unless it is not set or empty.
std::optional<std::string> find_nonempty(const environment& env,
                                         const std::string& name);

/// The variable that overrides the knob at `path`: `http.listen` is
/// TROUPE_HTTP_LISTEN.
std::string override_name(std::string_view path);

/// If `text` is exactly `${NAME}`, returns NAME.
std::optional<std::string> sole_reference(std::string_view text);

/// Replaces each `${NAME}` in `text`. What comes out is not expanded again.
/// A complaint names the variable, never its value.
outcome<std::string> expand(std::string_view text, const environment& env);

}  // namespace troupe::config
