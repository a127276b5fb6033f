// The one spelling of a JSON text, for hashing.
//
// Every value is written so that it can be told from every other, and read back
// in one way only: strings with their length before them, so that nothing in
// them needs an escape; numbers by their value. It is not JSON, and nobody
// reads it but a hash.
//
// Numbers below 2^53 in size are equal if the same double is nearest to them
// (0, -0, 0.0 and 0e9 are one); others stay as they were written.

#pragma once

#include "http/wire/identity/sorted_tree.hpp"

#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Appends a text.
void append_canonical(std::string& out, std::string_view text);

/// Appends a body without what is marked as left out; also without the value
/// `blank`, if given, in whose place it says that there is one.
void append_canonical(std::string& out, const sorted_tree& body,
                      const sorted_tree::node* blank = nullptr);

}  // namespace troupe::http::wire
