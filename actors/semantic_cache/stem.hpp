// The stem of an English word: what "cancels", "cancelled" and "cancelling"
// have in common.
//
// Only inflections are taken off (plural, third person, -ing, -ed, -ly), and a
// table knows the irregular ones. Derivations stay: an employer is no employee,
// and what is safe is not what saves. A stem need not be a word ("mak").
//
// Limits: English, in lower case; other words come back as they are, but for
// a last "s" or "e".

#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// The stem of a word in lower case.
std::string stem_of(std::string_view word);

}  // namespace troupe
