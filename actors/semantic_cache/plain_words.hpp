// A question in plain words: what is embedded, and what is compared.
//
// People ask the same thing in many dresses. Taken off are greetings, thanks
// and politeness ("could you please tell me"); contractions are written out,
// common misspellings and British spellings set right, and forms of asking that
// mean the same folded into one: "what's the way to", "how can I", "how do
// you" become "how"; "how tall is" becomes "what height".
//
// The one rule: nothing that may change the answer is dropped. Negations,
// numbers, names, quoted text and code pass through as they are.
//
// Limits: the folding knows English. Text in other languages keeps every word.

#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// The question as it is embedded: lower case, one space between words.
std::string plain_words(std::string_view text);

}  // namespace troupe
