#include "http/message.hpp"

#include <boost/beast/core/string.hpp>

namespace troupe::http {

namespace {

/// Bytes of names and values that most headers stay below: one allocation.
constexpr std::size_t text_typical = 512;

}  // namespace

header_list::header_list(std::initializer_list<field> fields) {
  for (const auto& [name, value] : fields)
    add(name, value);
}

void header_list::add(std::string_view name, std::string_view value) {
  if (spans_.empty())
    text_.reserve(text_typical);
  spans_.push_back({static_cast<std::uint32_t>(text_.size()),
                    static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

std::optional<std::string_view> header_list::find(std::string_view name) const {
  for (const auto [key, value] : *this)
    if (same_token(key, name))
      return value;
  return std::nullopt;
}

header_list::field header_list::operator[](std::size_t i) const {
  const auto& s = spans_[i];
  const std::string_view text{text_};
  return {text.substr(s.at, s.name_size),
          text.substr(s.at + s.name_size, s.value_size)};
}

void header_list::clear() {
  text_.clear();
  spans_.clear();
}

header_list json_headers() {
  return {{"Content-Type", "application/json"}};
}

bool same_token(std::string_view a, std::string_view b) noexcept {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

bool lists_token(std::string_view value, std::string_view token) noexcept {
  while (!value.empty()) {
    const auto comma = value.find(',');
    auto item = value.substr(0, comma);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t'))
      item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t'))
      item.remove_suffix(1);
    if (same_token(item, token))
      return true;
    if (comma == std::string_view::npos)
      return false;
    value.remove_prefix(comma + 1);
  }
  return false;
}

std::string_view request::path() const {
  return std::string_view{target}.substr(0, target.find('?'));
}

std::string_view request::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view{}
                                   : std::string_view{target}.substr(mark + 1);
}

std::optional<std::string_view>
request::query_value(std::string_view name) const {
  auto rest = query();
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == name)
      return equals == std::string_view::npos ? std::string_view{}
                                              : pair.substr(equals + 1);
    rest.remove_prefix(pair.size());
    if (!rest.empty())
      rest.remove_prefix(1);
  }
  return std::nullopt;
}

}  // namespace troupe::http
