// JSON objects, appended to a text member by member.
//
// For answers that are given by the thousand a second: no tree, one text.
// Names are ours and need no quoting; `raw` is JSON already.

#pragma once

#include "http/wire/json.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::http::app_queue {

/// Appends `number` in decimal.
template <class Number>
void append_number(std::string& out, Number number) {
  // 2^64 and a sign have 21 characters.
  std::array<char, 24> text{};
  out.append(text.data(),
             std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

/// An object on its way into `out`; `end` closes it.
class object_text {
public:
  explicit object_text(std::string& out) : out_(out) { out_.push_back('{'); }
  object_text(const object_text&) = delete;
  object_text& operator=(const object_text&) = delete;

  object_text& text(std::string_view name, std::string_view value) {
    wire::json::append_quoted(begin(name), value);
    return *this;
  }

  /// null where `value` is empty.
  object_text& text_or_null(std::string_view name, std::string_view value) {
    return value.empty() ? raw(name, {}) : text(name, value);
  }

  template <class Number>
  object_text& number(std::string_view name, Number value) {
    append_number(begin(name), value);
    return *this;
  }

  /// null where `value` is 0.
  template <class Number>
  object_text& number_or_null(std::string_view name, Number value) {
    return value == 0 ? raw(name, {}) : number(name, value);
  }

  object_text& flag(std::string_view name, bool value) {
    begin(name).append(value ? "true" : "false");
    return *this;
  }

  /// null where `json` is empty.
  object_text& raw(std::string_view name, std::string_view json) {
    begin(name).append(json.empty() ? "null" : json);
    return *this;
  }

  /// Where the value of `name` is to be appended.
  std::string& begin(std::string_view name) {
    if (!first_)
      out_.push_back(',');
    first_ = false;
    return out_.append(1, '"').append(name).append("\":");
  }

  void end() { out_.push_back('}'); }

private:
  std::string& out_;
  bool first_ = true;
};

/// Appends a list of what `print(out, item)` appends for each of `items`.
template <class Items, class Print>
void append_list(std::string& out, const Items& items, Print&& print) {
  out.push_back('[');
  bool first = true;
  for (const auto& item : items) {
    if (!first)
      out.push_back(',');
    first = false;
    print(out, item);
  }
  out.push_back(']');
}

}  // namespace troupe::http::app_queue
