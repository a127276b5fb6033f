// Reading JSON on the hot path: one walk that checks and picks at once.
//
// simdjson's on-demand reader does not look at what it skips. Everything here
// therefore walks the whole text, and each walk picks what it wants in passing.
// A text that was walked to its end has matching brackets, commas and colons
// where they belong, closed strings of valid UTF-8, and scalars made of a
// scalar's characters. What escapes inside strings say is left to the receiver:
// clients do send lone surrogates, and providers do take them.
//
// Limits: one document at a time on each thread; nesting deeper than
// `depth_max` is unsound; numbers are checked for their characters only.

#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire::json {

using value = simdjson::ondemand::value;
using object = simdjson::ondemand::object;

/// Deepest nesting that is read. Providers stop at 100 to 500 themselves; each
/// level costs stack.
inline constexpr std::size_t depth_max = 500;

/// A reader that held a larger document than this (bytes) gives its memory
/// back: its tables take four to six bytes for each byte of text.
inline constexpr std::size_t kept_size_max = 1u << 20;

/// The thread's reader, on loan for one document.
class document {
public:
  /// Reads `text`, behind which `simdjson::SIMDJSON_PADDING` bytes must be
  /// readable.
  struct padded {
    std::string_view text;
  };
  explicit document(padded in);

  /// Reads a copy of `text`.
  explicit document(std::string_view text);

  document(const document&) = delete;
  document& operator=(const document&) = delete;
  ~document();

  /// The text as a JSON object, or nothing. Call at most once.
  std::optional<object> root();

  /// Whether the walk has come to the end, with nothing behind it.
  bool at_end();

  std::size_t size() const { return text_.size(); }

  /// Where `part`, a view into the document, begins.
  std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

private:
  std::string_view text_;
  simdjson::ondemand::document doc_;
  bool open_ = false;
};

/// The first character of a value: `{`, `[`, `"`, `t`, `f`, `n`, a digit ...
char kind_of(value& v);

/// A scalar as written, with its quotes.
std::string_view token_of(value& v);

/// The characters of a string between its quotes, escapes unresolved; empty if
/// `v` is no string.
std::string_view raw_string_of(value& v);

/// A string with its escapes resolved. Nothing if an escape is wrong.
std::optional<std::string> unescaped(std::string_view raw);

/// A whole number from 0 up, also when written as `12.0`. Nothing otherwise.
std::optional<std::uint64_t> count_of(value& v);

inline bool is_null(value& v) {
  return token_of(v) == "null";
}

/// Walks `v` and everything in it; false if it is not sound.
bool sound(value& v, std::size_t depth);

/// The key of a field; resolves escapes only where there are any.
std::optional<std::string_view> key_of(simdjson::ondemand::field& f);

/// Calls `f(key, value)` for each member. `f` looks at the value, walks it (it
/// may leave scalars alone), and returns whether it was sound.
template <class F>
bool each_member(object& from, F&& f) {
  for (auto entry : from) {
    simdjson::ondemand::field member;
    if (std::move(entry).get(member))
      return false;
    const auto key = key_of(member);
    if (!key || !f(*key, member.value()))
      return false;
  }
  return true;
}

/// The same for `v` where it is an object; else only walks it. `depth` is that
/// of `v`.
template <class F>
bool each_member(value& v, std::size_t depth, F&& f) {
  if (depth >= depth_max || kind_of(v) != '{')
    return sound(v, depth);
  object inner;
  return !v.get_object().get(inner) && each_member(inner, f);
}

/// Calls `f(element)` for each element of `v` where it is an array; else only
/// walks it.
template <class F>
bool each_element(value& v, std::size_t depth, F&& f) {
  if (depth >= depth_max || kind_of(v) != '[')
    return sound(v, depth);
  simdjson::ondemand::array items;
  if (v.get_array().get(items))
    return false;
  for (auto entry : items) {
    value item;
    if (std::move(entry).get(item) || !f(item))
      return false;
  }
  return true;
}

/// Appends `text` as a JSON string with its quotes; invalid UTF-8 is replaced.
void append_quoted(std::string& out, std::string_view text);

/// Where reading `text` fails, counted in bytes from 1; 0 if it does not. Slow:
/// for messages only.
std::size_t fault_position(std::string_view text);

}  // namespace troupe::http::wire::json
