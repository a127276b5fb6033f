#include "config/endpoint.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace troupe::config {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (stop != end || error != std::errc{})
    return std::nullopt;
  return port;
}

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos)
    return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  std::string host{text.substr(0, colon)};
  // inet_pton sees the string only up to a zero byte.
  if (!port || std::ranges::find(host, '\0') != host.end())
    return std::nullopt;
  if (host == "localhost")
    return endpoint{"127.0.0.1", *port};
  if (is_ipv4(host))
    return endpoint{std::move(host), *port};
  if (!host.starts_with('[') || !host.ends_with(']'))
    return std::nullopt;
  host = host.substr(1, host.size() - 2);
  return is_ipv6(host) ? std::optional{endpoint{std::move(host), *port}}
                       : std::nullopt;
}

std::string print(const endpoint& at) {
  const bool brackets = at.host.find(':') != at.host.npos;
  return (brackets ? "[" + at.host + "]" : at.host) + ":"
         + std::to_string(at.port);
}

bool is_loopback(const endpoint& at) {
  if (at.host == "localhost")
    return true;
  in_addr four{};
  if (inet_pton(AF_INET, at.host.c_str(), &four) == 1)
    return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, at.host.c_str(), &six) == 1
         && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace troupe::config
