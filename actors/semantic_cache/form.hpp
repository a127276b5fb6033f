// The form of a question: what kind of answer it wants.
//
// The word that asks is the first that opens a clause ("after surgery, when can
// I drive"), else the first in the text ("bake it for how long"). How much
// something costs, weighs or earns is a thing: its price, weight or salary.

#pragma once

#include "actors/semantic_cache/question.hpp"
#include "actors/semantic_cache/words.hpp"

#include <vector>

namespace troupe {

/// Notes the kind, and which side is asked for; names the price in the words.
void read_form(std::vector<word>& all, question& q);

}  // namespace troupe
