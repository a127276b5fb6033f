// The words of a question, folded: what plain_words.hpp promises, word by word.
//
// In this order: contractions and misspellings are written out, numbers and
// units named once, courtesy is taken off where a clause begins, and phrases
// that mean the same are made the same.

#pragma once

#include "actors/semantic_cache/words.hpp"

#include <vector>

namespace troupe {

/// Folds what `read_words` read. Quotes, code and names stay as they are.
std::vector<word> fold(std::vector<word> words);

}  // namespace troupe
