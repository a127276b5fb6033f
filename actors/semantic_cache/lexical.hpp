// A text's place among texts, from its words alone: needs no model.
//
// Every stem of the plain words, folded by the table of synonyms, and every
// three letters of it, is hashed (xxhash) to a dimension and a sign; what
// occurs n times weighs 1 + log n; function words weigh little and names and
// numbers much; the sum is scaled to length 1. The same text gives the same
// vector on every machine and in every version that keeps `lexical_version`.
//
// Limits: it knows words, not meanings. A paraphrase in other words is far
// away, and a trap in the same words is near: the guard has to decide.

#pragma once

#include <string_view>
#include <vector>

namespace troupe {

inline constexpr std::size_t lexical_dimensions = 384;

/// Changes when the vectors do, be it by a word in a table: vectors of two
/// versions are not comparable.
inline constexpr unsigned lexical_version = 1;

/// A vector of `lexical_dimensions` and length 1; all zero if there is no word.
std::vector<float> embed_lexically(std::string_view text);

}  // namespace troupe
