#include "actors/semantic_cache/words.hpp"

#include "actors/semantic_cache/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_high(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}
bool is_letter(char c) {
  return is_upper(c) || is_lower(c) || is_high(c);
}
bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool any(std::string_view text, bool (*is)(char)) {
  return std::any_of(text.begin(), text.end(), is);
}
bool all(std::string_view text, bool (*is)(char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

// Typographic signs as a keyboard has them.
std::string in_plain_signs(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 29>
      signs{{{"’", "'"},     {"‘", "'"},      {"“", "\""},     {"”", "\""},
             {"„", "\""},    {"«", "\""},     {"»", "\""},     {"–", "-"},
             {"—", ", "},    {"−", "-"},      {"…", ". "},     {"¿", ""},
             {"¡", ""},      {"？", "? "},    {"！", "! "},    {"，", ", "},
             {"、", ", "},   {"。", ". "},    {"：", ": "},    {"「", "\""},
             {"」", "\""},   {"\u00a0", " "}, {"\u202f", " "}, {"\u2009", " "},
             {"\u200b", ""}, {"×", "*"},      {"÷", "/"},      {"º", "°"},
             {"‑", "-"}}};
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto sign =
        std::find_if(signs.begin(), signs.end(), [&](const auto& pair) {
          return text.starts_with(pair.first);
        });
    const bool known = is_high(text.front()) && sign != signs.end();
    if (known)
      plain += sign->second;
    else
      plain += text.front();
    text.remove_prefix(known ? sign->first.size() : 1);
  }
  return plain;
}

class reader {
public:
  explicit reader(std::string_view text) : rest_(text) {}

  std::vector<word> read() {
    while (skip_space(), !rest_.empty())
      if (!read_code() && !read_quote())
        read_chunk();
    forget_loud_capitals();
    return std::move(words_);
  }

private:
  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) {
      // A line is a sentence: lists and code follow their heads.
      if (rest_.front() == '\n')
        end_sentence();
      rest_.remove_prefix(1);
    }
  }

  void end_clause() { opens_ = true; }
  void end_sentence() { opens_ = first_ = true; }

  void add(std::string text, word_kind kind, std::string_view written = {}) {
    if (text.empty())
      return;
    word w{.text = std::move(text),
           .kind = kind,
           .opens = opens_,
           .first = first_};
    if (!written.empty()) {
      w.capital = is_upper(written.front())
                  || lower_case(written.substr(0, 2)) != written.substr(0, 2);
      w.acronym = written.size() > 1 && any(written, is_upper)
                  && !any(written, is_lower);
    }
    words_.push_back(std::move(w));
    opens_ = first_ = false;
  }

  // What stands between two marks; the first alone is taken off and no more.
  bool read_between(std::string_view mark, word_kind kind) {
    if (!rest_.starts_with(mark))
      return false;
    const auto end = rest_.find(mark, mark.size());
    if (end == rest_.npos) {
      rest_.remove_prefix(mark.size());
    } else {
      add(trimmed(rest_.substr(mark.size(), end - mark.size())), kind);
      rest_.remove_prefix(end + mark.size());
    }
    return true;
  }

  bool read_code() {
    return read_between("```", word_kind::code)
           || read_between("`", word_kind::code);
  }

  bool read_quote() {
    if (read_between("\"", word_kind::quote))
      return true;
    if (!rest_.starts_with('\''))
      return false;
    // A closing one has no letter behind it: "don't" does not end a quote.
    for (auto end = rest_.find('\'', 1); end != rest_.npos;
         end = rest_.find('\'', end + 1))
      if (end > 1 && (end + 1 == rest_.size() || !is_letter(rest_[end + 1]))) {
        add(trimmed(rest_.substr(1, end - 1)), word_kind::quote);
        rest_.remove_prefix(end + 1);
        return true;
      }
    rest_.remove_prefix(1);
    return true;
  }

  static std::string trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
      text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
      text.remove_suffix(1);
    return std::string{text};
  }

  void read_chunk() {
    std::size_t size = 0;
    while (size < rest_.size() && !is_space(rest_[size]) && rest_[size] != '"'
           && rest_[size] != '`')
      ++size;
    auto chunk = rest_.substr(0, size);
    rest_.remove_prefix(size);
    const auto ends = strip(chunk);
    read_word(chunk);
    if (ends == '.' || ends == '!' || ends == '?' || ends == ':')
      end_sentence();
    else if (ends != 0)
      end_clause();
  }

  // Takes punctuation off both sides; returns the last mark that ended a
  // clause or sentence, or 0.
  static char strip(std::string_view& chunk) {
    constexpr std::string_view before = "([{,;", after = ".,;:!?)]}'\"";
    char ends = 0;
    if (chunk.find_first_not_of("()[]{}.,;:!?'") == chunk.npos) {
      ends = chunk.back();
      chunk = {};
      return ends;
    }
    while (!chunk.empty() && before.find(chunk.front()) != before.npos
           && !is_matched(chunk))
      chunk.remove_prefix(1);
    while (!chunk.empty() && after.find(chunk.back()) != after.npos
           && !is_matched(chunk)) {
      if (ends != '.' && ends != '?' && ends != '!')
        ends = chunk.back();
      chunk.remove_suffix(1);
    }
    return ends;
  }

  // The bracket belongs to the word: "f(x)", "a[0]".
  static bool is_matched(std::string_view chunk) {
    const auto last = chunk.back();
    const char open = last == ')' ? '(' : last == ']' ? '[' : '{';
    return (last == ')' || last == ']' || last == '}') && chunk.front() != open
           && chunk.find(open) != chunk.npos;
  }

  void read_word(std::string_view chunk) {
    if (chunk.empty())
      return;
    if (chunk == "&")
      return add("and", word_kind::plain);
    if (chunk == "-")
      return read_dash();
    if (!any(chunk, is_letter) && !any(chunk, is_digit))
      return add(std::string{chunk}, word_kind::code);
    if (const auto unit = unit_called(lower_case(chunk));
        unit && chunk.find_first_of("/°$€£¥₹%") != chunk.npos)
      return add(std::string{*unit}, word_kind::unit);
    if (read_number(chunk) || read_address(chunk))
      return;
    if (const auto hyphen = chunk.find('-', 1);
        hyphen != chunk.npos && chunk.front() != '-' && are_words(chunk)) {
      read_word(chunk.substr(0, hyphen));
      return read_word(chunk.substr(hyphen + 1));
    }
    if (is_initials(chunk)) {
      auto letters = lower_case(chunk);
      std::erase(letters, '.');
      return add(std::move(letters), word_kind::plain, chunk);
    }
    add(lower_case(chunk), is_plain(chunk) ? word_kind::plain : word_kind::name,
        chunk);
  }

  // Between numbers it takes away; elsewhere it is a pause.
  void read_dash() {
    if (!words_.empty() && words_.back().kind == word_kind::number)
      add("-", word_kind::code);
    else
      end_clause();
  }

  // Letters, hyphens and apostrophes, and digits on their own:
  // "three-year-old".
  static bool are_words(std::string_view chunk) {
    return std::all_of(chunk.begin(), chunk.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '-' || c == '\'';
    });
  }

  static bool is_initials(std::string_view chunk) {
    for (std::size_t i = 0; i < chunk.size(); ++i)
      if (i % 2 ? chunk[i] != '.' : !is_letter(chunk[i]) || is_high(chunk[i]))
        return false;
    return chunk.size() > 2;
  }

  // A lower letter before a capital one is an identifier: iPhone, getName.
  static bool is_plain(std::string_view chunk) {
    for (std::size_t i = 0; i < chunk.size(); ++i)
      if ((!is_letter(chunk[i]) && chunk[i] != '\'')
          || (i > 0 && is_upper(chunk[i]) && is_lower(chunk[i - 1])))
        return false;
    return true;
  }

  bool read_address(std::string_view chunk) {
    if (chunk.find("://") == chunk.npos && chunk.find('@', 1) == chunk.npos)
      return false;
    add(lower_case(chunk), word_kind::name);
    return true;
  }

  // A sign of currency, digits, what is written at their end.
  bool read_number(std::string_view chunk) {
    std::string_view currency;
    for (const std::string_view sign : {"$", "€", "£", "¥", "₹"})
      if (chunk.starts_with(sign)) {
        currency = sign;
        chunk.remove_prefix(sign.size());
      }
    std::size_t size = 0;
    const bool negative = chunk.starts_with('-') && currency.empty();
    size += negative;
    if (size >= chunk.size() || !is_digit(chunk[size]))
      return false;
    while (size < chunk.size()
           && (is_digit(chunk[size])
               || (std::string_view{".,:/-"}.find(chunk[size])
                       != std::string_view::npos
                   && size + 1 < chunk.size() && is_digit(chunk[size + 1]))))
      ++size;
    const auto behind = chunk.substr(size);
    auto digits = without_commas(chunk.substr(0, size));
    if (!read_suffix(std::move(digits), behind, chunk))
      return false;
    if (!currency.empty())
      add(std::string{*unit_called(currency)}, word_kind::unit);
    return true;
  }

  bool read_suffix(std::string digits, std::string_view behind,
                   std::string_view chunk) {
    const auto suffix = lower_case(behind);
    if (suffix.empty()) {
      add(std::move(digits), word_kind::number);
    } else if (suffix == "st" || suffix == "nd" || suffix == "rd"
               || suffix == "th") {
      add(digits + "th", word_kind::number);
    } else if (suffix == "k") {
      add(digits + "000", word_kind::number);
    } else if (const auto unit = unit_called(suffix)) {
      add(std::move(digits), word_kind::number);
      add(std::string{*unit}, word_kind::unit);
    } else if (behind.starts_with('-') && behind.size() > 1
               && are_words(behind)) {
      add(std::move(digits), word_kind::number);
      read_word(behind.substr(1));
    } else {
      add(lower_case(chunk), word_kind::name);
    }
    return true;
  }

  // 1,000,000 is one number; 3,5 keeps its comma.
  static std::string without_commas(std::string_view digits) {
    std::string plain{digits};
    const auto dot = std::min(plain.find('.'), plain.size());
    const auto comma = plain.find(',');
    if (comma == plain.npos || comma == 0 || comma > 3)
      return plain;
    for (auto i = comma; i < dot; i += 4)
      if (plain[i] != ',' || dot - i < 4
          || !all(std::string_view{plain}.substr(i + 1, 3), is_digit))
        return plain;
    std::erase(plain, ',');
    return plain;
  }

  // In a text that is written in capitals they tell no name from a word.
  void forget_loud_capitals() {
    std::size_t plain = 0, capital = 0, acronym = 0;
    for (const auto& w : words_)
      if (w.kind == word_kind::plain && !w.first && w.text != "i") {
        ++plain;
        capital += w.capital;
        acronym += w.acronym;
      }
    // Three of four: titles keep their small words small.
    const bool loud = plain > 2 && capital * 4 >= plain * 3;
    const bool shouting = plain > 1 && acronym * 4 >= plain * 3;
    for (auto& w : words_) {
      w.capital = w.capital && !loud;
      w.acronym = w.acronym && !shouting;
    }
  }

  std::string_view rest_;
  std::vector<word> words_;
  bool opens_ = true;
  bool first_ = true;
};

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (std::size_t i = 0; i < lower.size(); ++i) {
    if (is_upper(lower[i]))
      lower[i] = static_cast<char>(lower[i] + ('a' - 'A'));
    if (i == 0 || !is_high(lower[i]))
      continue;
    // Two bytes a letter: À..Þ, Α..Ο, Π..Ω, А..П, Р..Я and their small ones.
    const auto lead = static_cast<unsigned char>(lower[i - 1]);
    const auto tail = static_cast<unsigned char>(lower[i]);
    const auto set = [&](int l, int t) {
      lower[i - 1] = static_cast<char>(l);
      lower[i] = static_cast<char>(t);
    };
    if (lead == 0xC3 && tail >= 0x80 && tail <= 0x9E && tail != 0x97)
      set(0xC3, tail + 0x20);
    else if (lead == 0xCE && tail >= 0x91 && tail <= 0x9F)
      set(0xCE, tail + 0x20);
    else if (lead == 0xCE && tail >= 0xA0 && tail <= 0xA9)
      set(0xCF, tail - 0x20);
    else if (lead == 0xD0 && tail >= 0x90 && tail <= 0x9F)
      set(0xD0, tail + 0x20);
    else if (lead == 0xD0 && tail >= 0xA0 && tail <= 0xAF)
      set(0xD1, tail - 0x20);
  }
  return lower;
}

std::vector<word> read_words(std::string_view text) {
  const auto plain = in_plain_signs(text);
  return reader{plain}.read();
}

}  // namespace troupe
