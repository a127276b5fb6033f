// Numbers that clients carry back and forth: the ETag of an entry and the token
// of a lease, 16 hexadecimal digits each.
//
// One rule: what is printed is read back, and nothing else is; 0 is nobody's
// number.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::app_cache {

std::string print_token(std::uint64_t token);
std::optional<std::uint64_t> read_token(std::string_view text);

/// A strong ETag, with its quotes.
std::string print_etag(std::uint64_t etag);
/// Only a strong one.
std::optional<std::uint64_t> read_etag(std::string_view text);

/// Whether an If-None-Match field lists `etag`, weakly compared as RFC 9110
/// wants it there, or is `*`.
bool lists_etag(std::string_view field, std::uint64_t etag);

}  // namespace troupe::http::app_cache
