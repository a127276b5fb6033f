// The words of a text, told apart by what they are.
//
// What is quoted and what is code becomes one word each and is left as it is;
// so are addresses, identifiers, file names and versions. Numbers lose their
// thousands' commas and are parted from their unit ("5kg"). Everything else is
// letters: in lower case, hyphens opened, punctuation gone but for where a
// clause and a sentence began.
//
// Limits: capitals of ASCII, Latin-1, Greek and Cyrillic letters are known.
// Scripts without spaces give long words, which then have to be equal.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

enum class word_kind : std::uint8_t {
  plain,
  number,  ///< Digits, maybe with signs between them: 7:30, 1.2.3.
  unit,    ///< Of measure or currency.
  name,    ///< Address, identifier, file name, flag, code of mixed letters.
  quote,
  code,
};

struct word {
  std::string text;
  word_kind kind = word_kind::plain;
  bool capital = false;  ///< Begins with one, where that says something.
  bool acronym = false;  ///< All capitals, where that says something.
  bool opens = false;    ///< First of a clause.
  bool first = false;    ///< First of a sentence.
  bool possessive = false;
};

/// The words of a text in their order.
std::vector<word> read_words(std::string_view text);

/// The text in lower case, for the letters named above.
std::string lower_case(std::string_view text);

}  // namespace troupe
