#include "http/simulator/schema.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace troupe::simulator {

namespace {

/// Deeper than schemas in use; ends those that contain themselves.
constexpr std::size_t depth_max = 24;
/// Values in one instance: ends schemas that branch into themselves.
constexpr std::size_t values_max = 2'000;
/// Items and letters made for `minItems` and `minLength`.
constexpr std::uint64_t items_max = 64;
constexpr std::uint64_t letters_max = 1'024;

const json* member(const json& object, const char* name) {
  if (!object.is_object())
    return nullptr;
  const auto at = object.find(name);
  return at == object.end() ? nullptr : &*at;
}

std::optional<double> number(const json& object, const char* name) {
  const auto* value = member(object, name);
  // Gemini writes 64-bit bounds as text; those of interest are numbers.
  if (value == nullptr || !value->is_number())
    return std::nullopt;
  return value->get<double>();
}

std::uint64_t count(const json& object, const char* name, std::uint64_t max) {
  const auto value = number(object, name).value_or(0);
  return value <= 0 ? 0
                    : static_cast<std::uint64_t>(
                        std::min(value, static_cast<double>(max)));
}

/// The user's words, to fill values with.
class word_source {
public:
  explicit word_source(std::string_view text) : text_(text) { split(); }

  /// Whether the user said `phrase` in whole words, whatever the case.
  bool said(std::string_view phrase) const {
    const auto same = [](unsigned char a, unsigned char b) {
      return std::tolower(a) == std::tolower(b);
    };
    for (auto rest = text_; !phrase.empty();) {
      const auto found = std::ranges::search(rest, phrase, same);
      if (found.empty())
        return false;
      const bool begins = found.begin() == text_.begin()
                          || !is_letter(*std::prev(found.begin()));
      const bool ends = found.end() == text_.end() || !is_letter(*found.end());
      if (begins && ends)
        return true;
      rest = {std::next(found.begin()), text_.end()};
    }
    return false;
  }

  /// The next name in the text: a capital letter, but not the first word.
  std::optional<std::string> name() {
    while (next_name_ < words_.size()) {
      const auto i = next_name_++;
      const auto first = static_cast<unsigned char>(words_[i].front());
      if (i > 0 && words_[i].size() > 1 && std::isupper(first) != 0)
        return std::string{words_[i]};
    }
    return std::nullopt;
  }

  /// The next number in the text that lies within the bounds.
  std::optional<double> number_within(double min, double max) {
    while (next_number_ < words_.size()) {
      const auto word = words_[next_number_++];
      if (word.size() > 15 || !std::ranges::all_of(word, [](unsigned char c) {
            return std::isdigit(c) != 0;
          }))
        continue;
      const auto value = std::stod(std::string{word});
      if (value >= min && value <= max)
        return value;
    }
    return std::nullopt;
  }

private:
  /// Letters, digits and everything beyond ASCII make words.
  static bool is_letter(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || byte >= 0x80;
  }

  void split() {
    std::size_t from = 0;
    for (std::size_t i = 0; i <= text_.size(); ++i) {
      if (i < text_.size() && is_letter(text_[i]))
        continue;
      if (i > from)
        words_.push_back(text_.substr(from, i - from));
      from = i + 1;
    }
  }

  std::string_view text_;
  std::vector<std::string_view> words_;
  std::size_t next_name_ = 0;
  std::size_t next_number_ = 0;
};

class instance_maker {
public:
  instance_maker(const json& root, std::string_view text)
      : root_(root), words_(text) {}

  json make(const json& schema, std::string_view name, std::size_t depth) {
    if (!schema.is_object() || depth > depth_max || ++values_ > values_max)
      return nullptr;
    if (const auto* value = member(schema, "const"))
      return *value;
    if (const auto* values = member(schema, "enum");
        values != nullptr && values->is_array() && !values->empty())
      return choose(*values);
    if (const auto* target = reference(schema))
      return make(*target, name, depth + 1);
    for (const auto* key : {"anyOf", "oneOf"})
      if (const auto* of = member(schema, key);
          of != nullptr && of->is_array() && !of->empty())
        return make(of->front(), name, depth + 1);
    if (const auto* all = member(schema, "allOf");
        all != nullptr && all->is_array() && !all->empty())
      return merged(*all, name, depth);
    return typed(schema, name, depth);
  }

private:
  json choose(const json& values) {
    for (const auto& value : values)
      if (value.is_string() && words_.said(value.get_ref<const std::string&>()))
        return value;
    return values.front();
  }

  const json* reference(const json& schema) {
    const auto* ref = member(schema, "$ref");
    if (ref == nullptr || !ref->is_string())
      return nullptr;
    const auto& path = ref->get_ref<const std::string&>();
    if (path == "#")
      return &root_;
    // Only `#/$defs/name` and the like; names with escapes are not met.
    const json* at = &root_;
    if (!path.starts_with("#/"))
      return nullptr;
    for (std::size_t from = 2; from <= path.size();) {
      const auto end = std::min(path.find('/', from), path.size());
      at = member(*at, path.substr(from, end - from).c_str());
      if (at == nullptr)
        return nullptr;
      from = end + 1;
    }
    return at;
  }

  json merged(const json& all, std::string_view name, std::size_t depth) {
    json whole;
    for (const auto& part : all) {
      auto value = make(part, name, depth + 1);
      if (whole.is_object() && value.is_object())
        whole.update(value);
      else
        whole = std::move(value);
    }
    return whole;
  }

  static std::string type_of(const json& schema) {
    const auto* type = member(schema, "type");
    if (type != nullptr && type->is_array() && !type->empty())
      type = &type->front();
    if (type != nullptr && type->is_string()) {
      auto text = type->get<std::string>();
      std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
      });
      return text;
    }
    if (member(schema, "properties") != nullptr)
      return "object";
    return member(schema, "items") != nullptr ? "array" : "string";
  }

  json typed(const json& schema, std::string_view name, std::size_t depth) {
    const auto type = type_of(schema);
    if (type == "object")
      return object(schema, depth);
    if (type == "array")
      return array(schema, name, depth);
    if (type == "integer")
      return static_cast<std::int64_t>(numeric(schema, 1));
    if (type == "number")
      return numeric(schema, 0.5);
    if (type == "boolean")
      return true;
    if (type == "null")
      return nullptr;
    return text(schema, name);
  }

  json object(const json& schema, std::size_t depth) {
    auto value = json::object();
    const auto* properties = member(schema, "properties");
    const auto* required = member(schema, "required");
    if (properties == nullptr || !properties->is_object())
      return value;
    if (required != nullptr && required->is_array()) {
      for (const auto& key : *required)
        if (key.is_string() && values_ < values_max) {
          const auto& text = key.get_ref<const std::string&>();
          if (const auto* property = member(*properties, text.c_str()))
            value[text] = make(*property, text, depth + 1);
        }
    } else {
      for (const auto& [key, property] : properties->items())
        if (depth < depth_max && values_ < values_max)
          value[key] = make(property, key, depth + 1);
    }
    return value;
  }

  json array(const json& schema, std::string_view name, std::size_t depth) {
    auto value = json::array();
    const auto* items = member(schema, "items");
    const auto* most = member(schema, "maxItems");
    auto wanted = count(schema, "minItems", items_max);
    if (wanted == 0 && (most == nullptr || *most != 0))
      wanted = 1;
    if (items == nullptr || !items->is_object())
      return value;
    while (value.size() < wanted && values_ < values_max)
      value.push_back(make(*items, name, depth + 1));
    return value;
  }

  /// A number within the bounds; `step` keeps clear of exclusive ones.
  double numeric(const json& schema, double step) {
    // Integers beyond 2^53 are not exact as doubles.
    constexpr double edge = 9'007'199'254'740'992.0;
    auto min = number(schema, "minimum").value_or(-edge);
    auto max = number(schema, "maximum").value_or(edge);
    if (const auto bound = number(schema, "exclusiveMinimum"))
      min = std::max(min, *bound + step);
    if (const auto bound = number(schema, "exclusiveMaximum"))
      max = std::min(max, *bound - step);
    const auto whole = number(schema, "multipleOf").value_or(0);
    auto value = words_.number_within(min, max).value_or(
        std::clamp(1.0, min, std::max(min, max)));
    if (whole > 0)
      value = std::ceil(value / whole) * whole;
    if (step >= 1)
      value = std::ceil(value);
    return std::isfinite(value) ? std::clamp(value, -edge, edge) : 0;
  }

  json text(const json& schema, std::string_view name) {
    const auto* format = member(schema, "format");
    if (format != nullptr && format->is_string())
      if (const auto value = formatted(format->get_ref<const std::string&>()))
        return *value;
    auto value = words_.name().value_or(name.empty() ? std::string{"text"}
                                                     : std::string{name});
    const auto least = count(schema, "minLength", letters_max);
    while (value.size() < least)
      value += '.';
    const auto* most = member(schema, "maxLength");
    if (most != nullptr && most->is_number_unsigned())
      value.resize(std::min(value.size(), most->get<std::size_t>()));
    return value;
  }

  static std::optional<std::string> formatted(std::string_view format) {
    if (format == "date-time")
      return "2026-01-02T03:04:05Z";
    if (format == "date")
      return "2026-01-02";
    if (format == "time")
      return "03:04:05Z";
    if (format == "duration")
      return "PT1M";
    if (format == "email")
      return "someone@example.com";
    if (format == "hostname")
      return "example.com";
    if (format == "uri" || format == "url")
      return "https://example.com/";
    if (format == "uuid")
      return "123e4567-e89b-42d3-a456-426614174000";
    if (format == "ipv4")
      return "192.0.2.1";
    if (format == "ipv6")
      return "2001:db8::1";
    return std::nullopt;
  }

  const json& root_;
  word_source words_;
  std::size_t values_ = 0;
};

}  // namespace

json make_instance(const json& schema, std::string_view text) {
  return instance_maker{schema, text}.make(schema, "", 0);
}

}  // namespace troupe::simulator
