// SHA-256, as the text that names things: 64 lower-case hex digits.
//
// The thread's own context is used again and again: setting one up costs as
// much as hashing a kilobyte.

#pragma once

#include <string>
#include <string_view>

namespace troupe::http::wire {

/// The digest of `bytes` in hex; empty if the library has no SHA-256.
std::string sha256_hex(std::string_view bytes);

}  // namespace troupe::http::wire
