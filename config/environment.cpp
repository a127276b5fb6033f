#include "config/environment.hpp"

#include <algorithm>
#include <cstdlib>

namespace troupe::config {
namespace {

/// Larger than any value; an edge for a file that names large variables often.
constexpr std::size_t expanded_size_max = 1 << 20;  // bytes

bool is_variable_name(std::string_view name) {
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && (name.front() < '0' || name.front() > '9')
         && std::ranges::all_of(name, legal);
}

}  // namespace

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    if (const char* value = std::getenv(name.c_str()))
      return value;
    return std::nullopt;
  };
}

environment fixed_environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](
             const std::string& name) -> std::optional<std::string> {
    if (const auto i = variables.find(name); i != variables.end())
      return i->second;
    return std::nullopt;
  };
}

std::optional<std::string> find_nonempty(const environment& env,
                                         const std::string& name) {
  auto value = env(name);
  return value && !value->empty() ? value : std::nullopt;
}

std::string override_name(std::string_view path) {
  std::string name = "TROUPE_";
  for (const char c : path)
    name += c == '.'               ? '_'
            : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A')
                                   : c;
  return name;
}

std::optional<std::string> sole_reference(std::string_view text) {
  if (!text.starts_with("${") || !text.ends_with('}'))
    return std::nullopt;
  const auto name = text.substr(2, text.size() - 3);
  return is_variable_name(name) ? std::optional{std::string{name}}
                                : std::nullopt;
}

outcome<std::string> expand(std::string_view text, const environment& env) {
  std::string expanded;
  for (;;) {
    const auto start = text.find("${");
    expanded += text.substr(0, start);
    if (start == text.npos)
      return expanded;
    const auto end = text.find('}', start);
    const auto name = text.substr(start + 2, end - start - 2);
    if (end == text.npos || !is_variable_name(name))
      return complaint{"has a ${ that is not followed by a name and a }"};
    const auto value = env(std::string{name});
    if (!value)
      return complaint{"environment variable " + std::string{name}
                       + " is not set"};
    if (expanded.size() + value->size() > expanded_size_max)
      return complaint{"is too long once its variables are put in"};
    expanded += *value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace troupe::config
