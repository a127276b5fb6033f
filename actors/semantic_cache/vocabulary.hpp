// The words the guard knows by themselves: tables, and nothing that decides.
//
// A group of synonyms holds words that may stand for each other in nearly any
// question; a word may be in several groups, and groups do not join through it
// ("change" is "edit" and is "replace", but "edit" is not "replace"). What is
// merely related is not in them: a table that says too much lets a wrong answer
// out, one that says too little costs a call.
//
// Limits: English. Words are in lower case; where it says so, stems.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Whether a word is grammar rather than meaning: the, is, my, of ...
bool is_function_word(std::string_view word);

/// Whether a function word is one that only English has.
bool is_english_mark(std::string_view word);

/// Whether a word restricts nothing and may be missing: exactly, actually ...
bool is_light(std::string_view word);

/// The groups of synonyms of a stem, ascending.
const std::vector<std::uint16_t>& synonym_groups(std::string_view stem);

/// Whether two stems are opposites: enable and disable.
bool are_opposite(std::string_view stem, std::string_view other);

/// The unit a word or sign stands for: "km" and "kilometres" are `kilometer`.
std::optional<std::string_view> unit_called(std::string_view word);

/// Whether such a word means the unit only behind a number: "c", "in", "min".
bool needs_number(std::string_view word);

/// The number a word stands for: 12, 1000; ordinals end in "th" (`2th`).
std::optional<std::string_view> number_called(std::string_view word);

/// How a word that is often written otherwise is written here, which may be
/// several words; nothing if it is right as it is.
std::optional<std::string_view> right_spelling(std::string_view word);

/// Phrases and what they are folded to.
struct phrase {
  /// `@i`: one of that class; `.`: the clause ends; `>if`: `if` follows.
  std::vector<std::string> words;
  std::vector<std::string> instead;
};

/// Taken off where a clause begins, as often as one fits: "could you tell me".
const std::vector<phrase>& openers();

/// Folded wherever they occur: "what is the reason" is "why".
const std::vector<phrase>& rewrites();

/// Whether a word of a phrase stands for this word.
bool fits(std::string_view pattern, std::string_view word);

}  // namespace troupe
