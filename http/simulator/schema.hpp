// Makes a value that fits a JSON schema.
//
// Understands the part of JSON Schema the providers accept (types, properties,
// required, items, enum, const, anyOf, oneOf, allOf, local $ref, bounds,
// formats) and Gemini's spelling of it (upper-case types, nullable). A
// `pattern` is not read. Values come from the user's words where they fit.
// Depth and size are bounded whatever the schema asks for.

#pragma once

#include "http/simulator/json_text.hpp"

#include <string_view>

namespace troupe::simulator {

/// A value that fits `schema`, made of the words of `text` where possible.
json make_instance(const json& schema, std::string_view text);

}  // namespace troupe::simulator
