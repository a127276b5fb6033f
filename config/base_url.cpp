#include "config/base_url.hpp"

#include "config/endpoint.hpp"

#include <algorithm>
#include <optional>

namespace troupe::config {
namespace {

constexpr std::uint16_t https_port = 443;
constexpr std::uint16_t http_port = 80;
constexpr std::size_t host_size_max = 253;  // a DNS name's limit

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9');
}

bool is_host_name(std::string_view host) {
  const auto legal = [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= host_size_max
         && is_letter_or_digit(host.front())
         && std::ranges::all_of(host, legal);
}

// What RFC 3986 lets stand in a path unquoted, and `%` for what it does not.
bool is_path(std::string_view path) {
  static constexpr std::string_view marks = "/-._~!$&'()*+,;=:@%";
  return std::ranges::all_of(path, [](char c) {
    return is_letter_or_digit(c) || marks.find(c) != marks.npos;
  });
}

// "host", "host:1", "[::1]" or "[::1]:1" into `at`; its port keeps its value
// where the text has none.
bool read_authority(std::string_view text, endpoint& at) {
  std::string_view host = text.substr(0, text.find(':'));
  if (text.starts_with('['))
    host = text.substr(0, std::min(text.find(']'), text.size() - 1) + 1);
  if (const auto rest = text.substr(host.size()); !rest.empty()) {
    const auto port = rest.front() == ':' ? parse_port(rest.substr(1))
                                          : std::optional<std::uint16_t>{};
    if (!port || *port == 0)
      return false;
    at.port = *port;
  }
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || host.size() < 2)
      return false;
    at.host = host.substr(1, host.size() - 2);
    return at.host.find('\0') == at.host.npos && is_ipv6(at.host);
  }
  at.host = host;
  return is_host_name(host);
}

}  // namespace

outcome<base_url> parse_base_url(std::string_view text) {
  base_url url;
  if (text.starts_with("https://")) {
    url.at.port = https_port;
  } else if (text.starts_with("http://")) {
    url.tls = false;
    url.at.port = http_port;
  } else {
    return complaint{"must be a URL that begins with https:// or http://"};
  }
  text.remove_prefix(text.find("//") + 2);
  if (text.find_first_of("?#") != text.npos)
    return complaint{"must not have a query or a fragment"};
  const auto authority = text.substr(0, text.find('/'));
  if (authority.find('@') != authority.npos)
    return complaint{"must not have a user name or password in it"};
  if (!read_authority(authority, url.at))
    return complaint{"must have a host, and a port from 1 to 65535 if any"};
  auto path = text.substr(authority.size());
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (!is_path(path))
    return complaint{"must have a path of URL characters only"};
  url.path = path;
  return url;
}

std::string print(const base_url& url) {
  const auto own_port = url.tls ? https_port : http_port;
  auto at = print(url.at);
  if (url.at.port == own_port)
    at.resize(at.rfind(':'));
  return (url.tls ? "https://" : "http://") + at + url.path;
}

base_url default_base_url(protocol p) {
  switch (p) {
  case protocol::openai:
    return {true, {"api.openai.com", https_port}, "/v1"};
  case protocol::anthropic:
    return {true, {"api.anthropic.com", https_port}, ""};
  case protocol::gemini:
    return {true, {"generativelanguage.googleapis.com", https_port}, ""};
  }
  return {};
}

}  // namespace troupe::config
