// GET /openapi.json: the endpoints of troupe, for programs that make clients.
//
// The document is written by hand (openapi.json beside this) and becomes part
// of the program when that is built. A test holds it against the tables of
// routes, both ways, so that neither says what the other does not; another one
// has it judged by a public validator.

#pragma once

#include <string_view>

namespace troupe::http {

inline constexpr std::string_view openapi_path = "/openapi.json";

std::string_view openapi_document() noexcept;

}  // namespace troupe::http
