#include "http/wire/translate/schema.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace troupe::http::wire::dialogue {

namespace {

const tree::object_t& members_of(const tree& object) {
  return object.get_ref<const tree::object_t&>();
}

std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

template <class F>
tree each_value(const tree& holder, F&& f) {
  auto out = holder.is_array() ? tree::array() : tree::object();
  if (holder.is_array())
    for (const auto& value : holder)
      out.push_back(f(value));
  else if (holder.is_object())
    for (const auto& [key, value] : members_of(holder))
      append_member(out, key, f(value));
  else
    return holder;
  return out;
}

/// Google writes 64-bit counts as strings.
tree count_of(const tree& value) {
  const auto text = text_in(value);
  std::int64_t n = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), n);
  return !text.empty() && failed == std::errc{}
                 && end == text.data() + text.size()
             ? tree(n)
             : value;
}

/// The properties in the order that Gemini was told to answer them.
tree ordered(const tree& properties, const tree* order) {
  std::map<std::string_view, const tree*> left;
  for (const auto& [key, value] : members_of(properties))
    left.emplace(key, &value);
  auto out = tree::object();
  const auto take = [&](std::string_view name) {
    if (const auto found = left.find(name); found != left.end()) {
      append_member(out, std::string{name}, *found->second);
      left.erase(found);
    }
  };
  if (order != nullptr && order->is_array())
    for (const auto& name : *order)
      take(text_in(name));
  for (const auto& [key, value] : members_of(properties))
    take(key);
  return out;
}

void make_nullable(tree& schema) {
  if (const auto type = schema.find("type"); type != schema.end())
    *type = tree::array({*type, "null"});
  if (const auto any = schema.find("anyOf");
      any != schema.end() && any->is_array())
    any->push_back(tree{{"type", "null"}});
}

constexpr std::array<std::string_view, 6> counts{
    "minItems",  "maxItems",      "minLength",
    "maxLength", "minProperties", "maxProperties"};

bool is_one_of(std::string_view name, auto& names) {
  return std::ranges::find(names, name) != std::end(names);
}

// -- for Anthropic ----------------------------------------------------------

constexpr std::array<std::string_view, 10> known_formats{
    "date-time", "time", "date", "duration", "email",
    "hostname",  "uri",  "ipv4", "ipv6",     "uuid"};

/// What holds one schema, many in an array, or many by name.
constexpr std::array<std::string_view, 6> holders{
    "items", "anyOf", "allOf", "properties", "$defs", "definitions"};

/// Words that pass as they are.
bool is_known(std::string_view name, const tree& value) {
  constexpr std::array<std::string_view, 7> words{
      "type", "description", "title", "enum", "const", "$ref", "required"};
  if (is_one_of(name, words))
    return true;
  if (name == "format")
    return is_one_of(text_in(value), known_formats);
  return name == "minItems" && (value == 0 || value == 1);
}

/// Words that constrain nothing, or are set anew.
bool is_left_out(std::string_view name) {
  return name == "$schema" || name == "additionalProperties";
}

bool is_object_schema(const tree& schema) {
  const auto* type = member_of(schema, "type");
  const bool named =
      type != nullptr
      && (*type == "object"
          || (type->is_array()
              && std::ranges::find(*type, tree("object")) != type->end()));
  return named || member_of(schema, "properties") != nullptr;
}

// -- for OpenAI -------------------------------------------------------------

/// Whether an object's schema is closed and demands all it names.
bool requires_all(const tree& schema) {
  const auto* open = member_of(schema, "additionalProperties");
  if (open == nullptr || *open != false)
    return false;
  const auto* properties = member_of(schema, "properties");
  if (properties == nullptr || !properties->is_object())
    return true;
  std::set<std::string_view> required;
  if (const auto* names = member_of(schema, "required");
      names != nullptr && names->is_array())
    for (const auto& name : *names)
      required.insert(text_in(name));
  return std::ranges::all_of(members_of(*properties), [&](const auto& one) {
    return required.contains(one.first);
  });
}

}  // namespace

tree json_schema_of(const tree& gemini_schema) {
  if (!gemini_schema.is_object())
    return gemini_schema;
  const auto* order = member_of(gemini_schema, "propertyOrdering");
  auto out = tree::object();
  for (const auto& [key, value] : members_of(gemini_schema)) {
    if (key == "type" && value.is_string())
      append_member(out, key, lowered(text_in(value)));
    else if (key == "properties" && value.is_object())
      append_member(out, key,
                    each_value(ordered(value, order), json_schema_of));
    else if (key == "items")
      append_member(out, key, json_schema_of(value));
    else if (key == "anyOf")
      append_member(out, key, each_value(value, json_schema_of));
    else if (is_one_of(key, counts))
      append_member(out, key, count_of(value));
    else if (key != "nullable" && key != "propertyOrdering" && key != "example")
      append_member(out, key, value);
  }
  if (const auto* nullable = member_of(gemini_schema, "nullable");
      nullable != nullptr && *nullable == true)
    make_nullable(out);
  return out;
}

tree closed_schema(const tree& schema) {
  if (!schema.is_object())
    return schema;
  auto out = tree::object();
  std::string rest;
  for (const auto& [key, value] : members_of(schema)) {
    const bool is_choice = key == "oneOf" && !schema.contains("anyOf");
    if (is_one_of(key, holders) || is_choice) {
      append_member(out, is_choice ? "anyOf" : key,
                    key == "items" ? closed_schema(value)
                                   : each_value(value, closed_schema));
    } else if (is_known(key, value)) {
      append_member(out, key, value);
    } else if (!is_left_out(key)) {
      rest.append(rest.empty() ? "{" : ", ")
          .append(key)
          .append(": ")
          .append(print_tree(value));
    }
  }
  if (is_object_schema(schema))
    out["additionalProperties"] = false;
  if (!rest.empty()) {
    const auto* said = member_of(out, "description");
    std::string text{said == nullptr ? std::string_view{} : text_in(*said)};
    out["description"] = text + (text.empty() ? "" : "\n\n") + rest + "}";
  }
  return out;
}

bool is_strict(const tree& schema) {
  if (schema.is_array())
    return std::ranges::all_of(schema, is_strict);
  if (!schema.is_object())
    return true;
  if (is_object_schema(schema) && !requires_all(schema))
    return false;
  return std::ranges::all_of(members_of(schema), [](const auto& member) {
    const auto& [name, value] = member;
    if (!value.is_object() || (name != "properties" && name != "$defs"))
      return is_strict(value);
    return std::ranges::all_of(members_of(value), [](const auto& one) {
      return is_strict(one.second);
    });
  });
}

}  // namespace troupe::http::wire::dialogue
