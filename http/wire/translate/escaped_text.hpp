// Text as it stands between the quotes of a JSON string: escapes unresolved.
//
// A translated delta's text leaves one JSON string for another, so it is never
// unescaped: copied as it came it costs nothing, and says exactly the same.
// What must hold is that its escapes are sound, which `escapes_sound` proves
// (that quotes, controls and UTF-8 are, the walk over the event has proven).
//
// A tool's arguments are JSON inside of such text, in pieces.
// `argument_scanner` follows them for the one thing the writers must know:
// whether they are whole.

#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Appends one after the other.
void append_all(std::string& out, std::initializer_list<std::string_view> all);

void append_number(std::string& out, std::uint64_t number);

/// Appends plain `text` escaped, without quotes; invalid UTF-8 is replaced.
void append_escaped(std::string& out, std::string_view text);

/// Whether every backslash begins an escape that JSON knows.
bool escapes_sound(std::string_view escaped);

/// Whether `text` is one JSON value by the letter, numbers and escapes too, and
/// not nested deeper than `json::depth_max`.
bool is_strict_json(std::string_view text);

/// JSON without the blanks between its tokens. @pre `is_strict_json(text)`.
std::string minified(std::string_view text);

/// A tool's arguments as a JSON object; `{}` for none at all, nothing if they
/// are no object.
std::optional<std::string> argument_object(std::string_view escaped);

/// Follows a tool's arguments through their pieces.
class argument_scanner {
public:
  void feed(std::string_view escaped);

  /// Whether an opened object or array was closed.
  bool complete() const { return complete_; }

private:
  void step(char c);

  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool after_backslash_ = false;
  bool complete_ = false;
};

}  // namespace troupe::http::wire
