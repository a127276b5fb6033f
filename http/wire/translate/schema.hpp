// JSON Schema as each wire wants it.
//
// All three speak JSON Schema, with differences: Gemini's older `Schema` has
// upper-case types and a few words of its own; Anthropic's forms of output know
// only a part of the language, and its SDK moves the rest into the description,
// as is done here; OpenAI's strict mode wants every property required.

#pragma once

#include "http/wire/translate/tree.hpp"

namespace troupe::http::wire::dialogue {

/// Gemini's `Schema` as JSON Schema: types lowered, `nullable` a second type,
/// counts as numbers, properties in `propertyOrdering`.
tree json_schema_of(const tree& gemini_schema);

/// A schema that Anthropic takes as a form of output: objects closed, words
/// that it does not know said in the description.
tree closed_schema(const tree& schema);

/// Whether OpenAI's strict mode takes the schema.
bool is_strict(const tree& schema);

}  // namespace troupe::http::wire::dialogue
