#include "http/wire/sorted_members.hpp"

#include "http/wire/identity/canonical_form.hpp"

#include <algorithm>

namespace troupe::http::wire {

namespace {

bool append_string(std::string& out, json::value& v) {
  const auto text = json::unescaped(json::raw_string_of(v));
  if (text)
    append_canonical(out, *text);
  return text.has_value();
}

}  // namespace

bool append_value(std::string& out, json::value& v, std::size_t depth) {
  const auto kind = json::kind_of(v);
  if (kind == '"')
    return append_string(out, v);
  if (kind == '[') {
    out.push_back('[');
    const bool sound = json::each_element(v, depth, [&](json::value& one) {
      return append_value(out, one, depth + 1);
    });
    out.push_back(']');
    return sound;
  }
  if (kind == '{') {
    sorted_members all;
    return json::each_member(v, depth,
                             [&](std::string_view name, json::value& one) {
                               return all.add(name, one, depth + 1);
                             })
           && all.append_to(out);
  }
  out.append(json::token_of(v)).push_back(',');
  return json::sound(v, depth);
}

bool sorted_members::add(std::string_view name, json::value& v,
                         std::size_t depth) {
  auto& [key, form] = all_.emplace_back(name, std::string{});
  return append_value(form, v, depth);
}

void sorted_members::pass(std::string_view name) {
  all_.emplace_back(name, std::string{});
}

bool sorted_members::append_to(std::string& out) {
  std::sort(all_.begin(), all_.end());
  const auto same_name = [](const auto& a, const auto& b) {
    return a.first == b.first;
  };
  if (std::adjacent_find(all_.begin(), all_.end(), same_name) != all_.end())
    return false;
  out.push_back('{');
  for (const auto& [name, form] : all_) {
    if (form.empty())
      continue;
    append_canonical(out, name);
    out.append(form);
  }
  out.push_back('}');
  return true;
}

}  // namespace troupe::http::wire
