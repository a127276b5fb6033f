// May the answer to one question stand for another?
//
// Vectors of "cancel within 14 days" and "cancel within 30 days" are neighbours
// at 0.97. So two questions share an answer only if they agree in every rule:
//
//   form        who, when, where, why, how many ...; can, should or must;
//               was, is or will be; mine or yours
//   number      digits, words, ordinals, dates, versions, percentages
//   unit        of measure, and currencies
//   negation    not, no, never, without, except, instead of, only
//   quote, code verbatim
//   name        capitalised words, acronyms, identifiers, URLs, file names
//   opposite    enable and disable, first and last, buy and sell ...
//   word        every word that carries meaning has a counterpart on the other
//               side: the same stem, or one of a small table of synonyms; only
//               words that restrict nothing ("best", "exactly") may lack one
//   order       from A to B is not from B to A; nor is A than B, B than A
//
// The one rule: what the guard does not understand it refuses. A wrong refusal
// costs a call, a wrong hit costs the user's trust.
//
// Limits: it knows English; in other languages the words must be equal and in
// the same order. It sees one turn: earlier turns are the index's topic.

#pragma once

#include "actors/semantic_cache/question.hpp"

#include <optional>
#include <string>

namespace troupe {

/// Why the two may not share an answer: the rule and what differs, such as
/// `number: 14 / 30`; nothing if they may. Symmetric.
std::optional<std::string> differs(const question& asked, const question& kept);

/// How much of the two questions' words agrees: 0 = nothing, 1 = all.
double agreement(const question& asked, const question& kept);

/// The score to hold against the threshold: 1 - (1 - cosine) x (1 - words),
/// where `words` is the agreement times `words_weight_max`. The vector and the
/// words are two witnesses, and what the one leaves in doubt the other may
/// settle. With no word in common it is the cosine; never less.
double semantic_score(double cosine, const question& asked,
                      const question& kept);

/// The words may settle half of the vector's doubt and no more: under a
/// threshold of 0.92 the cosine must be 0.84 whatever the words say, so that a
/// trap the guard does not know still has to pass the vectors.
inline constexpr double words_weight_max = 0.5;

}  // namespace troupe
