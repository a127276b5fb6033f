// Fields of records that are small JSON and read now and then: what has its
// default is left out, what is unknown is passed over, and what is not as it
// was written is thrown as `misread`, to be caught where a record is read
// whole.
//
// Jobs themselves are read by the hundred thousand, and otherwise: job_codec.

#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace troupe::record_tree {

/// Ends in the codec that began to read.
struct misread {
  std::string why;
};

template <class T>
void put(nlohmann::json& to, const char* key, const T& value,
         const T& fallback) {
  if (value != fallback)
    to[key] = value;
}

template <class T>
void get(const nlohmann::json& from, const char* key, T& value) {
  const auto found = from.find(key);
  if (found == from.end())
    return;
  if constexpr (std::is_same_v<T, std::string>) {
    if (found->is_string()) {
      value = found->template get<std::string>();
      return;
    }
  } else if constexpr (std::is_floating_point_v<T>) {
    if (found->is_number()) {
      value = found->template get<T>();
      return;
    }
  } else if (found->is_number_integer()) {
    const auto number = found->template get<std::int64_t>();
    value = static_cast<T>(number);
    if (std::cmp_equal(value, number))
      return;
  }
  throw misread{std::string{key} + " is not what it should be"};
}

template <class T>
void get(const nlohmann::json& from, const char* key, std::optional<T>& value) {
  if (from.contains(key))
    get(from, key, value.emplace());
}

/// By its word.
template <class Enum>
Enum get_enum(const nlohmann::json& from, const char* key, Enum fallback) {
  std::string word;
  get(from, key, word);
  if (word.empty())
    return fallback;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Enum::count_); ++i)
    if (name_of(static_cast<Enum>(i)) == word)
      return static_cast<Enum>(i);
  throw misread{std::string{key} + " is not a known word"};
}

}  // namespace troupe::record_tree
