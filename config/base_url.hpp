// Where a provider is: https://api.openai.com/v1, taken apart once, at start.
//
// Only what a prefix of a request can be: scheme http or https, host, port and
// path. User names, queries and fragments are refused: the first two are where
// secrets hide in URLs, and keys have a place of their own. For that reason no
// complaint from here quotes the text.

#pragma once

#include "config/outcome.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>

namespace troupe::config {

/// Reads a URL. The port is 443 or 80 unless given; a `/` at the end is
/// dropped.
outcome<base_url> parse_base_url(std::string_view text);

/// Prints the URL; the port only where it is not the scheme's own.
std::string print(const base_url& url);

/// Where the protocol's own provider is, as its SDK has it.
base_url default_base_url(protocol p);

}  // namespace troupe::config
