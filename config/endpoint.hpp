// Addresses to listen on: 127.0.0.1:8080, [::1]:8080, localhost:8080.
//
// Only numeric addresses, so that starting never waits for DNS; `localhost` is
// read as 127.0.0.1. An IPv6 address stands in brackets in text and without
// them in `endpoint::host`. Port 0 lets the system choose.

#pragma once

#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::config {

/// Reads an address and a port; nothing else may stand around them.
std::optional<endpoint> parse_endpoint(std::string_view text);

/// Reads a decimal port, 0 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

/// Prints what `parse_endpoint` reads.
std::string print(const endpoint& at);

/// True if `host` is an IPv4 address in dotted form.
bool is_ipv4(const std::string& host);

/// True if `host` is an IPv6 address, without brackets.
bool is_ipv6(const std::string& host);

/// True if only this machine can reach `at`: 127.0.0.0/8, ::1, localhost.
bool is_loopback(const endpoint& at);

}  // namespace troupe::config
