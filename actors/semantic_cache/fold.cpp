#include "actors/semantic_cache/fold.hpp"

#include "actors/semantic_cache/vocabulary.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace troupe {

namespace {

using words = std::vector<word>;

// "router's" is of the router; "it's" has been spelled out before.
void cut_possessive(word& w) {
  const auto& text = w.text;
  w.possessive =
      text.size() > 2 && (text.ends_with("'s") || text.ends_with("s'"));
  if (w.possessive)
    w.text.resize(text.size() - (text.ends_with("'s") ? 2 : 1));
  std::erase(w.text, '\'');
}

// Where capitals speak, "US" and "May" are no words of grammar.
bool is_name(const word& w) {
  return w.text != "i" && is_function_word(w.text)
         && (w.acronym || (w.capital && !w.opens));
}

words spelled_out(words read) {
  words right;
  for (auto& w : read) {
    if (w.kind != word_kind::plain) {
      right.push_back(std::move(w));
      continue;
    }
    const auto spelling = right_spelling(w.text);
    if (!spelling) {
      cut_possessive(w);
      if (is_name(w))
        w.kind = word_kind::name;
      if (w.kind == word_kind::name && w.text == "us")
        w.text = "usa";
      right.push_back(std::move(w));
      continue;
    }
    auto part = w;
    for (std::size_t at = 0; at < spelling->size();) {
      const auto end = std::min(spelling->find(' ', at), spelling->size());
      part.text = spelling->substr(at, end - at);
      right.push_back(part);
      part.opens = part.first = false;
      at = end + 1;
    }
  }
  return right;
}

// -- numbers ------------------------------------------------------------------

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()
      || value > 1'000'000'000'000)
    return std::nullopt;
  return value;
}

bool is_scale(std::uint64_t n) {
  return n == 100 || n == 1000 || n == 1'000'000 || n == 1'000'000'000;
}

// Twenty + five, hundred + fifty; but not five + five.
bool adds_up(std::uint64_t before, std::uint64_t n) {
  if (before % 100 >= 20 && before % 10 == 0 && n < 10)
    return true;
  return before >= 100 && before % 100 == 0 && n < 100;
}

// Where "one" counts, and where it is a pronoun: which one, one of.
bool one_counts(const words& all, std::size_t at) {
  const auto is = [](const word& w,
                     std::initializer_list<std::string_view> of) {
    return std::find(of.begin(), of.end(), w.text) != of.end();
  };
  if (at + 1 == all.size() || all[at + 1].opens
      || is_function_word(all[at + 1].text))
    return false;
  return at == 0
         || !is(all[at - 1], {"which", "this", "that", "the", "no", "any",
                              "some", "every", "another", "each", "what"});
}

// "A second", "per second" and "5 second" are of time.
bool counts_time(const words& all, std::size_t at) {
  if (at == 0)
    return false;
  const auto& before = all[at - 1];
  return before.kind == word_kind::number || before.text == "a"
         || before.text == "per" || before.text == "each"
         || before.text == "every" || before.text == "one";
}

std::optional<std::string_view> number_at(const words& all, std::size_t at) {
  const auto& w = all[at];
  if (w.kind != word_kind::plain)
    return std::nullopt;
  if (w.text == "one")
    return one_counts(all, at) ? std::optional<std::string_view>{"1"}
                               : std::nullopt;
  if (w.text == "second" && counts_time(all, at))
    return std::nullopt;
  // A roman one is written in capitals: "vi" is an editor.
  if (w.text.find_first_not_of("ivx") == std::string::npos && !w.acronym)
    return std::nullopt;
  return number_called(w.text);
}

// Adds a number to the one before it, if they are one.
bool extends(words& counted, std::string_view number, bool in_words) {
  if (counted.empty() || !in_words)
    return false;
  auto before = counted.end() - 1;
  const bool joined = before->text == "and" && counted.size() > 1;
  if (joined)
    --before;
  if (before->kind != word_kind::number)
    return false;
  const auto old = whole_number(before->text), now = whole_number(number);
  if (!old || !now)
    return false;
  if (joined ? *old % 100 == 0 && adds_up(*old, *now)
             : is_scale(*now) || adds_up(*old, *now)) {
    before->text =
        std::to_string(is_scale(*now) && !joined ? *old * *now : *old + *now);
    counted.erase(before + 1, counted.end());
    return true;
  }
  return false;
}

words counted_and_measured(words read) {
  words counted;
  for (std::size_t i = 0; i < read.size(); ++i) {
    auto w = read[i];
    if (const auto number = number_at(read, i)) {
      if (!w.opens && extends(counted, *number, true))
        continue;
      w.text = *number;
      w.kind = word_kind::number;
    } else if (w.kind == word_kind::plain) {
      const auto unit = unit_called(w.text);
      const bool behind_number =
          !counted.empty() && counted.back().kind == word_kind::number;
      if (unit && (behind_number || !needs_number(w.text))) {
        w.text = *unit;
        w.kind = word_kind::unit;
      }
    }
    // One kilometre is a kilometre.
    if (w.kind == word_kind::unit && !counted.empty()
        && counted.back().kind == word_kind::number
        && counted.back().text == "1") {
      w.opens |= counted.back().opens;
      counted.pop_back();
    }
    counted.push_back(std::move(w));
  }
  return counted;
}

// -- phrases ------------------------------------------------------------------

bool may_be_folded(const word& w) {
  return w.kind == word_kind::plain || w.kind == word_kind::number
         || w.kind == word_kind::unit;
}

// How many words of the text a phrase covers from there; 0 = it does not fit.
std::size_t covered(const words& all, std::size_t at, const phrase& p) {
  std::size_t size = 0;
  for (const auto& pattern : p.words) {
    const auto here = at + size;
    if (pattern == ".") {
      if (here < all.size() && !all[here].opens)
        return 0;
      continue;
    }
    const bool ahead = pattern.starts_with('>');
    if (here >= all.size() || !may_be_folded(all[here])
        || (size > 0 && all[here].opens)
        || !fits(ahead ? std::string_view{pattern}.substr(1) : pattern,
                 all[here].text))
      return 0;
    size += !ahead;
  }
  return size;
}

const phrase* find_phrase(const std::vector<phrase>& phrases, const words& all,
                          std::size_t at, std::size_t& size) {
  for (const auto& p : phrases)
    if ((size = covered(all, at, p)) > 0)
      return &p;
  return nullptr;
}

// The word behind what was taken off begins in its place.
void take_off(words& all, std::size_t at, std::size_t size) {
  const bool opens = all[at].opens, first = all[at].first;
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(at),
            all.begin() + static_cast<std::ptrdiff_t>(at + size));
  if (at < all.size()) {
    all[at].opens |= opens;
    all[at].first |= first;
  }
}

// Whoever signs a letter is no part of the question.
constexpr std::size_t signature_words_max = 3;

void take_off_courtesy(words& all) {
  for (std::size_t at = 0; at < all.size();) {
    std::size_t size = 0;
    const auto* p =
        all[at].opens ? find_phrase(openers(), all, at, size) : nullptr;
    if (p != nullptr && p->words.back() == "regards"
        && all.size() - at - size <= signature_words_max)
      size = all.size() - at;
    if (p != nullptr)
      take_off(all, at, size);
    else if (all[at].kind == word_kind::plain
             && (all[at].text == "please" || all[at].text == "kindly"))
      take_off(all, at, 1);
    else
      ++at;
  }
}

// The words that stand for a phrase, in the place of its first.
words stand_ins(const phrase& p, const word& first, const word& last) {
  words instead;
  for (const auto& text : p.instead) {
    auto w = first;
    w.text = text;
    w.kind = whole_number(text)                         ? word_kind::number
             : unit_called(text) && !needs_number(text) ? word_kind::unit
                                                        : word_kind::plain;
    if (!instead.empty())
      w.opens = w.first = false;
    w.possessive = false;
    instead.push_back(std::move(w));
  }
  if (!instead.empty())
    instead.back().possessive = last.possessive;
  return instead;
}

void rewrite(words& all) {
  for (std::size_t at = 0; at < all.size();) {
    std::size_t size = 0;
    const auto* p = find_phrase(rewrites(), all, at, size);
    if (p == nullptr) {
      ++at;
    } else if (p->instead.empty()) {
      take_off(all, at, size);
    } else {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = begin + static_cast<std::ptrdiff_t>(size);
      const auto instead = stand_ins(*p, *begin, *(end - 1));
      all.insert(all.erase(begin, end), instead.begin(), instead.end());
      at += instead.size();
    }
  }
}

}  // namespace

std::vector<word> fold(std::vector<word> read) {
  auto all = counted_and_measured(spelled_out(std::move(read)));
  const auto undressed = all;
  take_off_courtesy(all);
  // Twice: "do I need to" may stand in "what is the way to".
  rewrite(all);
  rewrite(all);
  // Nothing but courtesy is a text too.
  return all.empty() ? undressed : all;
}

}  // namespace troupe
