#include "actors/semantic_cache/question.hpp"

#include "actors/semantic_cache/fold.hpp"
#include "actors/semantic_cache/form.hpp"
#include "actors/semantic_cache/stem.hpp"
#include "actors/semantic_cache/vocabulary.hpp"
#include "actors/semantic_cache/words.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

namespace troupe {

namespace {

using words = std::vector<word>;

bool is_one_of(std::string_view word,
               std::initializer_list<std::string_view> of) {
  return std::find(of.begin(), of.end(), word) != of.end();
}

// -- grammar ------------------------------------------------------------------

enum : std::uint8_t { can = 1, should = 2, must = 4 };
enum : std::uint8_t { past = 1, present = 2, future = 4 };
enum : std::uint8_t { mine = 1, yours = 2, his = 4, hers = 8, theirs = 16 };
enum : std::uint8_t { i = 1, me = 2, you = 4 };

void note_grammar(const words& all, std::size_t at, question& q) {
  const auto& w = all[at];
  const bool negated = at + 1 < all.size() && all[at + 1].text == "not";
  const auto note = [&](std::uint8_t& bits, std::uint8_t bit,
                        std::initializer_list<std::string_view> of) {
    if (is_one_of(w.text, of))
      bits = static_cast<std::uint8_t>(bits | bit);
  };
  note(q.modality, can, {"can", "could", "may", "might"});
  note(q.modality, should, {"should", "ought"});
  note(q.modality, must, {"must"});
  note(q.tense, past, {"was", "were", "did"});
  note(q.tense, present, {"is", "are", "am", "do", "does"});
  if (!negated)  // "It won't start" is of today.
    note(q.tense, future, {"will", "shall"});
  note(q.owner, mine, {"my", "our", "mine", "ours"});
  note(q.owner, yours, {"your", "yours"});
  note(q.owner, his, {"his", "he", "him"});
  note(q.owner, hers, {"her", "she", "hers"});
  note(q.owner, theirs, {"their", "theirs"});
  note(q.party, i, {"i", "we"});
  note(q.party, me, {"me", "us"});
  note(q.party, you, {"you"});
  if (is_one_of(w.text,
                {"between", "versus", "vs", "compare", "compared", "difference",
                 "differences", "differ", "distance", "common"})
      || (w.text == "or" && q.kind == wanted::thing))
    q.symmetric = true;
}

bool is_hinge(std::string_view text) {
  return is_one_of(text,
                   {"before", "after", "since", "until", "till", "within",
                    "above", "below", "under", "outside", "inside", "against",
                    "except", "per", "or", "than", "over", "without"});
}

bool is_preposition(std::string_view text) {
  return is_hinge(text)
         || is_one_of(text, {"from",    "to",    "into",    "onto",  "with",
                             "for",     "by",    "in",      "on",    "at",
                             "of",      "about", "through", "when",  "if",
                             "because", "as",    "while",   "where", "between",
                             "during"});
}

bool is_determiner(std::string_view text) {
  return is_one_of(text,
                   {"the", "a", "an", "my", "our", "your", "his", "her", "its",
                    "their", "this", "that", "these", "those", "any", "some"});
}

// They say no to the word behind them.
bool negates_next(std::string_view text) {
  return is_one_of(text,
                   {"no", "without", "except", "instead", "rather", "other",
                    "neither", "nor", "unless", "excluding", "only", "just"});
}

bool negates(std::string_view text) {
  return is_one_of(text, {"not", "never", "none", "nobody", "nothing",
                          "nowhere", "hardly", "barely", "lack", "lacks"});
}

// -- words --------------------------------------------------------------------

class reading {
public:
  reading(const words& all, question& q) : all_(all), q_(q) {
    for (std::size_t at = 0; at < all.size(); ++at)
      counts_unit_ |= follows_how_many(at);
  }

  void read() {
    for (std::size_t at = 0; at < all_.size(); ++at)
      read(at);
    // To ask for a length in miles is to ask for miles.
    if (q_.units.size() > 1)
      for (auto& w : q_.words)
        w.light = w.light
                  || is_one_of(w.text, {"convert", "distance", "length",
                                        "height", "weight", "temperature"});
    const auto sorted = [](std::vector<std::string>& list) {
      std::sort(list.begin(), list.end());
    };
    if (!negation_.empty())
      q_.negations.push_back(negation_);
    sorted(q_.numbers);
    sorted(q_.units);
    sorted(q_.negations);
    sorted(q_.hinges);
  }

private:
  void read(std::size_t at) {
    const auto& w = all_[at];
    if (w.opens) {
      role_.clear();
      ++clause_;
    }
    switch (w.kind) {
    case word_kind::quote:
      q_.quotes.push_back(w.text);
      return;
    case word_kind::code:
      q_.code.push_back(w.text);
      return;
    case word_kind::number:
      q_.numbers.push_back(w.text);
      break;
    case word_kind::unit:
      q_.units.push_back(w.text);
      break;
    case word_kind::name:
      break;
    case word_kind::plain:
      if (read_grammar(at))
        return;
    }
    add(at);
  }

  // Whether that is all there is to the word.
  bool read_grammar(std::size_t at) {
    const auto& text = all_[at].text;
    note_grammar(all_, at, q_);
    if (negates_next(text) || (text == "not" && !is_inverted(at))) {
      negation_ = text == "just" ? "only" : text;
      return true;
    }
    if (negates(text)) {
      q_.negations.push_back(text);
      return true;
    }
    if (is_hinge(text))
      q_.hinges.push_back(text == "till" ? "until" : text);
    if (is_preposition(text)) {
      role_ = text == "into" || text == "onto" ? "to" : text;
      is_deed_ = text == "by" && at > 0 && is_participle(all_[at - 1].text);
      return true;
    }
    if (!is_function_word(text) && !is_one_of(text, {"many", "much"}))
      return false;
    if (!is_determiner(text))
      role_.clear();
    // "How many" is the kind; "too many" and "so much" are words.
    return !is_one_of(text, {"many", "much"})
           || (at > 0 && all_[at - 1].text == "how");
  }

  // "Why does not my phone charge": what is denied comes later.
  bool is_inverted(std::size_t at) const {
    const bool quantified =
        at + 1 < all_.size()
        && is_one_of(all_[at + 1].text,
                     {"all", "every", "always", "both", "many", "everyone"});
    return at > 0 && !quantified
           && (all_[at - 1].opens
               || (at > 1
                   && is_one_of(all_[at - 2].text, {"why", "how", "what", "who",
                                                    "when", "where"})));
  }

  static bool is_participle(const std::string& text) {
    return text.ends_with("ed") || text.ends_with("en")
           || (stem_of(text) != text && !text.ends_with("s")
               && !text.ends_with("ing") && !text.ends_with("e"));
  }

  bool follows_how_many(std::size_t at) const {
    return at > 1 && all_[at].kind == word_kind::unit
           && all_[at - 1].text == "many" && all_[at - 2].text == "how";
  }

  // "How many U", "in U" and "to U" ask for the same unit.
  std::string role_of(std::size_t at) const {
    if (all_[at].possessive)
      return "of";
    if (all_[at].kind != word_kind::unit)
      return role_;
    if (follows_how_many(at))
      return "to";
    return role_ != "in" ? role_ : counts_unit_ ? "from" : "to";
  }

  // "What does it mean" asks what it is; "how best" asks how.
  bool may_be_missing(std::size_t at, std::string_view text) const {
    const bool last = at + 1 == all_.size() || all_[at + 1].opens;
    return is_light(text) || (text == "mean" && last)
           || (text == "best" && q_.kind == wanted::manner)
           || (text == "year" && q_.kind == wanted::time);
  }

  void add(std::size_t at) {
    const auto& w = all_[at];
    content_word c{.text = w.text,
                   .stem = w.text,
                   .role = role_of(at),
                   .clause = clause_,
                   .groups = {}};
    c.named =
        w.kind != word_kind::plain || w.acronym || (w.capital && !w.first);
    if (w.kind == word_kind::plain) {
      c.stem = stem_of(w.text);
      c.groups = synonym_groups(c.stem);
      c.light = !c.named && may_be_missing(at, c.text);
    }
    if (!negation_.empty())
      q_.negations.push_back(std::exchange(negation_, {}) + " " + c.stem);
    if (std::exchange(is_deed_, false))
      q_.agent = static_cast<int>(q_.words.size());
    q_.words.push_back(std::move(c));
  }

  const words& all_;
  question& q_;
  std::string role_;
  std::string negation_;
  std::uint16_t clause_ = 0;
  bool is_deed_ = false;
  bool counts_unit_ = false;
};

std::string joined(const words& all) {
  std::string text;
  for (const auto& w : all) {
    if (!text.empty())
      text += ' ';
    const auto* mark = w.kind == word_kind::quote  ? "\""
                       : w.kind == word_kind::code ? "`"
                                                   : "";
    text.append(mark).append(w.text).append(mark);
  }
  return text;
}

// One word in four has to be known.
bool is_english(const words& all) {
  std::size_t plain = 0, known = 0;
  for (const auto& w : all)
    if (w.kind == word_kind::plain) {
      ++plain;
      known += is_english_mark(w.text) || right_spelling(w.text)
               || !synonym_groups(stem_of(w.text)).empty() || is_light(w.text);
    }
  return known * 4 >= plain;
}

}  // namespace

question read_question(std::string_view text) {
  auto read = read_words(text);
  question q;
  if (read.size() > question_words_max) {
    q.plain = text;
    q.whole = true;
    return q;
  }
  // Before folding: courtesy tells a language well.
  q.english = is_english(read);
  auto all = fold(std::move(read));
  read_form(all, q);
  q.plain = joined(all);
  reading{all, q}.read();
  return q;
}

}  // namespace troupe
