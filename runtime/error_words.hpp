// What an error says to people: log lines, the command line, what an operator
// is shown. Clients are answered elsewhere, in the words of their wire.

#pragma once

#include <caf/error.hpp>

#include <string>

namespace troupe {

/// What an error says beside its code; empty if that is nothing, or no text.
std::string context_of(const caf::error& why);

/// "store_full: the disk is full", or the code alone.
std::string words_of(const caf::error& why);

}  // namespace troupe
