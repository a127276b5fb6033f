// The text of a message's head, appended piece by piece.
//
// Values of fields come from clients and providers too, and a line end in one
// would begin a field of the sender's choosing: control characters become
// question marks. What troupe makes itself needs no such look.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::http {

/// Appends a line with a field whose value may be anybody's.
void append_field(std::string& out, std::string_view name,
                  std::string_view value);

/// Appends a line with a field. @pre `value` has no control characters.
void append_own_field(std::string& out, std::string_view name,
                      std::string_view value);

/// Appends `n` in digits of `base`.
void append_number(std::string& out, std::uint64_t n, int base = 10);

}  // namespace troupe::http
