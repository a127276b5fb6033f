#include "http/wire/translate/object_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace troupe::http::wire::dialogue {

namespace {

using config::protocol;

/// `topK` as `top_k`.
std::string snake(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c >= 'A' && c <= 'Z')
      out.append(1, '_').push_back(static_cast<char>(c - 'A' + 'a'));
    else
      out.push_back(c);
  return out;
}

bool is_plain(std::string_view name) {
  constexpr std::size_t size_max = 64;
  return !name.empty() && name.size() <= size_max
         && std::ranges::all_of(name, [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '_' || c == '.'
                     || c == '-';
            });
}

std::optional<std::int64_t> whole_of(const tree& value) {
  if (value.is_number_unsigned()) {
    const auto n = value.get<std::uint64_t>();
    return n <= INT64_MAX ? std::optional{static_cast<std::int64_t>(n)}
                          : std::nullopt;
  }
  if (value.is_number_integer())
    return value.get<std::int64_t>();
  if (!value.is_number_float())
    return std::nullopt;
  const auto real = value.get<double>();
  // 2^53: above it a double no longer tells whole numbers apart.
  if (!(std::abs(real) <= 9007199254740992.0) || real != std::floor(real))
    return std::nullopt;
  return static_cast<std::int64_t>(real);
}

/// Google's JSON may write whole numbers as strings.
std::optional<std::int64_t> whole_in(const tree& value, protocol client) {
  if (client != protocol::gemini || !value.is_string())
    return whole_of(value);
  const auto text = text_in(value);
  std::int64_t n = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), n);
  return failed == std::errc{} && end == text.data() + text.size()
             ? std::optional{n}
             : std::nullopt;
}

const tree& empty_object() {
  static const tree empty = tree::object();
  return empty;
}

}  // namespace

void findings::refuse(std::string param, std::string message) {
  if (!refused)
    refused = refusal{std::move(message), std::move(param)};
}

void findings::drop(std::string_view name) {
  if (dropped.size() < dropped_max && is_plain(name)
      && std::ranges::find(dropped, name) == dropped.end())
    dropped.emplace_back(name);
}

std::string inside(std::string_view at, std::string_view name) {
  std::string out{at};
  if (!out.empty())
    out.push_back('.');
  return out.append(name);
}

std::string element(std::string_view at, std::size_t i, protocol client) {
  const auto number = std::to_string(i);
  std::string out{at};
  return client == protocol::anthropic ? out.append(".").append(number)
                                       : out.append("[").append(number) + "]";
}

object_reader::object_reader(const tree& object, std::string at,
                             findings& found)
    : object_(object.is_object() ? object : empty_object()), at_(std::move(at)),
      found_(found), seen_(object_.size()) {
  if (!object.is_object())
    found_.refuse(at_, at_.empty() ? "The body must be one JSON object."
                                   : "Invalid value for '" + at_
                                         + "': expected an object.");
}

const tree* object_reader::any(std::string_view name) {
  const auto other =
      found_.client == protocol::gemini ? snake(name) : std::string{name};
  std::size_t i = 0;
  for (const auto& [key, value] : object_.get_ref<const tree::object_t&>()) {
    if (key == name || key == other) {
      seen_[i] = true;
      if (!value.is_null())
        return &value;
    }
    ++i;
  }
  return nullptr;
}

const tree* object_reader::array(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr || value->is_array())
    return value;
  expected(name, "an array");
  return nullptr;
}

const tree* object_reader::object(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr || value->is_object())
    return value;
  expected(name, "an object");
  return nullptr;
}

std::optional<std::string> object_reader::text(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_string())
    expected(name, "a string");
  return std::string{text_in(*value)};
}

std::optional<bool> object_reader::flag(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr)
    return std::nullopt;
  if (value->is_boolean())
    return value->get<bool>();
  expected(name, "a boolean");
  return std::nullopt;
}

std::optional<double> object_reader::number(std::string_view name, double min,
                                            double max) {
  const auto* value = any(name);
  if (value == nullptr)
    return std::nullopt;
  const auto n = value->is_number() ? value->get<double>() : NAN;
  if (n >= min && n <= max)
    return n;
  char words[64];
  std::snprintf(words, sizeof words, "a number from %g to %g", min, max);
  expected(name, words);
  return std::nullopt;
}

std::optional<std::uint64_t> object_reader::whole(std::string_view name,
                                                  std::uint64_t min) {
  const auto* value = any(name);
  if (value == nullptr)
    return std::nullopt;
  const auto n = whole_in(*value, found_.client);
  if (n && *n >= 0 && static_cast<std::uint64_t>(*n) >= min)
    return static_cast<std::uint64_t>(*n);
  expected(name, "a whole number from " + std::to_string(min) + " up");
  return std::nullopt;
}

std::optional<std::int64_t> object_reader::integer(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr)
    return std::nullopt;
  const auto n = whole_in(*value, found_.client);
  if (!n)
    expected(name, "a whole number");
  return n;
}

const tree* object_reader::need(std::string_view name) {
  const auto* value = any(name);
  if (value == nullptr)
    found_.refuse(path_of(name),
                  "Missing required parameter: '" + path_of(name) + "'.");
  return value;
}

const tree* object_reader::needed_array(std::string_view name) {
  return need(name) == nullptr ? nullptr : array(name);
}

std::string object_reader::needed_text(std::string_view name) {
  return need(name) == nullptr ? std::string{} : text(name).value_or("");
}

void object_reader::drop(std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (any(name) != nullptr)
      found_.drop(name);
}

void object_reader::skip(std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    any(name);
}

void object_reader::drop_rest() {
  std::size_t i = 0;
  for (const auto& [key, value] : object_.get_ref<const tree::object_t&>())
    if (!seen_[i++] && !value.is_null())
      found_.drop(key);
}

void object_reader::refuse_rest() {
  std::size_t i = 0;
  for (const auto& [key, value] : object_.get_ref<const tree::object_t&>())
    if (!seen_[i++] && !value.is_null())
      refuse(key, "The model's provider speaks another wire, which has no "
                  "equal of this field.");
}

void object_reader::refuse(std::string_view name, std::string_view why) {
  const auto at = path_of(name);
  found_.refuse(at, "'" + at + "' cannot be served: " + std::string{why});
}

void object_reader::expected(std::string_view name, std::string_view what) {
  const auto at = path_of(name);
  found_.refuse(at, "Invalid value for '" + at + "': expected "
                        + std::string{what} + ".");
}

std::string object_reader::path_of(std::string_view name) const {
  return inside(at_, name);
}

std::string object_reader::path_of(std::string_view name, std::size_t i) const {
  return element(path_of(name), i, found_.client);
}

}  // namespace troupe::http::wire::dialogue
