// What a question consists of, as the guard compares it.
//
// Read once, when the question comes in or is remembered; compared often. The
// words are those of `plain_words`, each with what is known about it: its stem,
// whether it names something, what stands before it.
//
// Limits: a text of more words than `question_words_max` is kept whole and
// compared as it is.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Longer texts are documents rather than questions; comparing two of them word
/// by word would take m x n steps.
inline constexpr std::size_t question_words_max = 200;

/// What kind of answer is wanted.
enum class wanted : std::uint8_t {
  request,  ///< No question word: "convert 5 miles".
  thing,    ///< What, which.
  manner,   ///< How.
  person,
  time,
  place,
  reason,
  count,   ///< How many.
  amount,  ///< How much.
  truth,   ///< Yes or no.
  count_,
};

/// Returns `request`, `thing`, `manner`, ...
std::string_view name_of(wanted w) noexcept;

/// A word that carries meaning.
struct content_word {
  std::string text;  ///< As folded, in lower case.
  std::string stem;
  /// The preposition or conjunction it stands under: `from`, `than`, `if` ...
  std::string role;
  /// Which clause of the text, from 0.
  std::uint16_t clause = 0;
  /// Names, identifiers, addresses, file names; also numbers and units.
  bool named = false;
  bool light = false;  ///< May be missing on the other side.
  /// Groups of the table of synonyms it belongs to, ascending.
  std::vector<std::uint16_t> groups;
};

/// A question, read.
struct question {
  std::string plain;     ///< What is embedded.
  bool whole = false;    ///< Too long to be read word by word.
  bool english = false;  ///< Else the words must be equal in order.
  wanted kind = wanted::request;
  // Sets of bits; what they stand for is question.cpp's.
  std::uint8_t modality = 0;  ///< Can, should, must.
  std::uint8_t tense = 0;     ///< Past, present, future.
  std::uint8_t owner = 0;     ///< Mine, yours, his, hers, theirs.
  std::uint8_t party = 0;     ///< I, me, you.
  bool asks_object = false;   ///< "Who did Plato teach".
  bool asks_subject = false;  ///< "Who taught Plato".
  bool symmetric = false;     ///< Between, versus, compare: order is free.
  /// Whose deed it is, as an index of `words`: "... written by ..."; or -1.
  int agent = -1;
  // In the order of the text: to swap two is to ask something else.
  std::vector<std::string> quotes;
  std::vector<std::string> code;
  std::vector<content_word> words;
  // Sorted.
  std::vector<std::string> numbers;
  std::vector<std::string> units;
  std::vector<std::string> negations;
  std::vector<std::string> hinges;  ///< Before, after, above, until ...
};

/// Reads a question. Takes some tens of microseconds; comparing two takes less
/// than one.
question read_question(std::string_view text);

}  // namespace troupe
