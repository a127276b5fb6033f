#include "http/wire/translate/escaped_text.hpp"

#include "http/wire/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace troupe::http::wire {

namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
         || (c >= 'A' && c <= 'F');
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The character of `\u0022` and its like; any that is not ASCII is a letter to
/// who asks.
char ascii_of(std::string_view hex) {
  unsigned code = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
  return code < 0x80 ? static_cast<char>(code) : 'x';
}

/// Calls `f(character, inside a string)` for each character of a JSON text.
template <class F>
void each_character(std::string_view text, F&& f) {
  bool in_string = false;
  bool escaped = false;
  for (const char c : text) {
    f(c, in_string);
    if (in_string && !escaped && c == '\\') {
      escaped = true;
      continue;
    }
    if (c == '"' && !escaped)
      in_string = !in_string;
    escaped = false;
  }
}

bool nests_too_deep(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  each_character(text, [&](char c, bool in_string) {
    if (!in_string && (c == '{' || c == '['))
      deepest = std::max(deepest, ++depth);
    else if (!in_string && (c == '}' || c == ']') && depth > 0)
      --depth;
  });
  return deepest > json::depth_max;
}

}  // namespace

void append_all(std::string& out, std::initializer_list<std::string_view> all) {
  for (const auto one : all)
    out.append(one);
}

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_escaped(std::string& out, std::string_view text) {
  std::string quoted;
  json::append_quoted(quoted, text);
  out.append(quoted, 1, quoted.size() - 2);
}

bool escapes_sound(std::string_view escaped) {
  for (auto at = escaped.find('\\'); at != std::string_view::npos;
       at = escaped.find('\\', at)) {
    const auto rest = escaped.substr(at + 1);
    if (rest.empty())
      return false;
    if (rest.front() != 'u') {
      if (std::string_view{"\"\\/bfnrt"}.find(rest.front())
          == std::string_view::npos)
        return false;
      at += 2;
      continue;
    }
    const auto hex = rest.substr(1, 4);
    if (hex.size() != 4 || !std::all_of(hex.begin(), hex.end(), is_hex))
      return false;
    at += 6;
  }
  return true;
}

bool is_strict_json(std::string_view text) {
  return !nests_too_deep(text) && nlohmann::json::accept(text);
}

std::string minified(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  each_character(text, [&](char c, bool in_string) {
    if (in_string || !is_blank(c))
      out.push_back(c);
  });
  return out;
}

std::optional<std::string> argument_object(std::string_view escaped) {
  const auto text = json::unescaped(escaped);
  if (!text)
    return std::nullopt;
  const auto begin = std::find_if_not(text->begin(), text->end(), is_blank);
  if (begin == text->end())
    return "{}";
  if (*begin != '{' || !is_strict_json(*text))
    return std::nullopt;
  return minified(*text);
}

void argument_scanner::feed(std::string_view escaped) {
  for (std::size_t at = 0; at < escaped.size() && !complete_; ++at) {
    auto c = escaped[at];
    if (c == '\\' && at + 1 < escaped.size()) {
      c = escaped[++at];
      if (c == 'u') {
        c = ascii_of(escaped.substr(at + 1, 4));
        at += 4;
      } else if (c != '"' && c != '\\') {
        c = ' ';  // A blank between tokens; inside a string it cannot stand.
      }
    }
    step(c);
  }
}

void argument_scanner::step(char c) {
  if (in_string_) {
    if (after_backslash_)
      after_backslash_ = false;
    else if (c == '\\')
      after_backslash_ = true;
    else if (c == '"')
      in_string_ = false;
  } else if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if ((c == '}' || c == ']') && depth_ > 0) {
    complete_ = --depth_ == 0;
  }
}

}  // namespace troupe::http::wire
