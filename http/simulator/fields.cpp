#include "http/simulator/fields.hpp"

namespace troupe::simulator {

fields::fields(const json& object, std::string path)
    : object_(object), path_(std::move(path)) {
  if (!object_.is_object())
    fault_ = invalid(path_, "Expected an object.");
}

const json* fields::any(const char* name) const {
  if (!object_.is_object())
    return nullptr;
  const auto at = object_.find(name);
  return at == object_.end() || at->is_null() ? nullptr : &*at;
}

const json* fields::need(const char* name) {
  const auto* value = any(name);
  if (value == nullptr)
    wrong(name, "Missing required parameter.");
  return value;
}

std::optional<std::string> fields::text(const char* name) {
  const auto* value = any(name);
  if (value == nullptr)
    return std::nullopt;
  if (value->is_string())
    return value->get<std::string>();
  wrong(name, "Expected a string.");
  return std::nullopt;
}

std::string fields::needed_text(const char* name) {
  need(name);
  return text(name).value_or(std::string{});
}

std::optional<std::uint64_t> fields::whole(const char* name, std::uint64_t min,
                                           std::uint64_t max) {
  const auto* value = any(name);
  if (value == nullptr)
    return std::nullopt;
  // Python and JavaScript clients may send 5.0.
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (number >= min && number <= max)
      return number;
  } else if (value->is_number_float()) {
    const auto number = value->get<double>();
    if (number >= static_cast<double>(min) && number <= static_cast<double>(max)
        && number < 1e15
        && number == static_cast<double>(static_cast<std::uint64_t>(number)))
      return static_cast<std::uint64_t>(number);
  }
  wrong(name, "Expected an integer from " + std::to_string(min) + " to "
                  + std::to_string(max) + ".");
  return std::nullopt;
}

void fields::number(const char* name, double min, double max) {
  const auto* value = any(name);
  if (value == nullptr)
    return;
  if (!value->is_number() || !(value->get<double>() >= min)
      || !(value->get<double>() <= max))
    wrong(name, "Expected a number within its bounds.");
}

bool fields::flag(const char* name, bool fallback) {
  const auto* value = any(name);
  if (value == nullptr)
    return fallback;
  if (value->is_boolean())
    return value->get<bool>();
  wrong(name, "Expected a boolean.");
  return fallback;
}

const json* fields::array(const char* name) {
  const auto* value = any(name);
  if (value == nullptr || value->is_array())
    return value;
  wrong(name, "Expected an array.");
  return nullptr;
}

const json* fields::needed_array(const char* name) {
  need(name);
  return array(name);
}

const json* fields::object(const char* name) {
  const auto* value = any(name);
  if (value == nullptr || value->is_object())
    return value;
  wrong(name, "Expected an object.");
  return nullptr;
}

void fields::wrong(std::string_view name, std::string_view why) {
  if (fault_)
    return;
  auto at = path_of(name);
  auto message = "Invalid value for '" + at + "': " + std::string{why};
  fault_ = invalid(std::move(at), std::move(message));
}

void fields::absorb(const fields& part) {
  if (!fault_)
    fault_ = part.fault_;
}

std::string fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string{name} : path_ + '.' + std::string{name};
}

std::string indexed(std::string_view name, std::size_t i) {
  return std::string{name} + '[' + std::to_string(i) + ']';
}

std::string_view text_in(const json& value) {
  return value.is_string()
             ? std::string_view{value.get_ref<const std::string&>()}
             : std::string_view{};
}

std::string_view text_at(const json& value, const char* name) {
  if (!value.is_object())
    return {};
  const auto at = value.find(name);
  return at == value.end() ? std::string_view{} : text_in(*at);
}

}  // namespace troupe::simulator
