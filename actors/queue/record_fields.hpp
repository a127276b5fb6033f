// How the records of jobs are spelled and read: small JSON objects, field by
// field, without a tree, because a start reads them by the hundred thousand.
//
// Writing leaves out what has its usual value. Reading takes fields in any
// order; a `take_` says whether the value is what it should be.

#pragma once

#include "actors/queue/job_papers.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::record_fields {

namespace json = simdjson::ondemand;

/// Fields of one object, one after the other.
class fields {
public:
  explicit fields(std::string& out) : out_(out) { out_ += '{'; }
  ~fields() { out_ += '}'; }
  fields(const fields&) = delete;
  fields& operator=(const fields&) = delete;

  void name(std::string_view key) {
    std::array<char, room> text{};
    out_.append(text.data(), put_name(text.data(), key));
  }

  template <class Number>
  void number(std::string_view key, Number value, Number usual = 0) {
    if (value == usual)
      return;
    std::array<char, room> text{};
    auto* at = put_name(text.data(), key);
    at = std::to_chars(at, text.data() + text.size(), value).ptr;
    out_.append(text.data(), at);
  }

  void text(std::string_view key, std::string_view value) {
    if (value.empty())
      return;
    name(key);
    append_quoted(out_, value);
  }

  /// None is left out.
  void list(std::string_view key, const std::vector<std::uint64_t>& all) {
    if (all.empty())
      return;
    name(key);
    for (auto comma = '['; const auto number : all) {
      out_ += std::exchange(comma, ',');
      out_ += std::to_string(number);
    }
    out_ += ']';
  }

private:
  /// For a name and a number: the longest are 8 and 20 characters.
  static constexpr std::size_t room = 48;

  char* put_name(char* at, std::string_view key) {
    if (!std::exchange(first_, false))
      *at++ = ',';
    *at++ = '"';
    at = std::copy(key.begin(), key.end(), at);
    *at++ = '"';
    *at++ = ':';
    return at;
  }

  std::string& out_;
  bool first_ = true;
};

template <class Enum>
unsigned number_of(Enum x) {
  return static_cast<unsigned>(x);
}

// -- reading -----------------------------------------------------------------

template <class Enum>
bool take_enum(json::value& v, Enum& to) {
  std::uint64_t n = 0;
  if (v.get_uint64().get(n) != simdjson::SUCCESS
      || n >= static_cast<std::uint64_t>(Enum::count_))
    return false;
  to = static_cast<Enum>(n);
  return true;
}

template <class Number>
bool take_number(json::value& v, Number& to) {
  std::int64_t n = 0;
  if (v.get_int64().get(n) != simdjson::SUCCESS || !std::in_range<Number>(n))
    return false;
  to = static_cast<Number>(n);
  return true;
}

inline bool take_text(json::value& v, std::string& to) {
  std::string_view text;
  if (v.get_string().get(text) != simdjson::SUCCESS)
    return false;
  to = text;
  return true;
}

/// Calls `take(key, value)` with each field; false when it says so, or when
/// this is not an object.
template <class Take>
bool each_field(json::object object, Take take) {
  for (auto field : object) {
    std::string_view key;
    json::value value;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS
        || field.value().get(value) != simdjson::SUCCESS)
      return false;
    if (!take(key, value))
      return false;
  }
  return true;
}

/// Numbers in a list.
inline bool take_list(json::value& v, std::vector<std::uint64_t>& to) {
  json::array list;
  if (v.get_array().get(list) != simdjson::SUCCESS)
    return false;
  for (auto element : list) {
    std::uint64_t number = 0;
    if (element.get_uint64().get(number) != simdjson::SUCCESS)
      return false;
    to.push_back(number);
  }
  return true;
}

}  // namespace troupe::record_fields
