// Names as they come over HTTP: percent-encoded bytes that mean UTF-8.
//
// Keys, patterns and tags are names people read in logs and type into shells;
// they are printable UTF-8 and nothing else.

#pragma once

#include "http/wire/error_body.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::app_cache {

/// Longest key and longest pattern, bytes: beyond it a key is content, and its
/// digest is the better name. (Memcached stops at 250.)
inline constexpr std::size_t key_size_max = 512;

/// A 400 that names what is at fault.
wire::door_error invalid(std::string_view param, std::string message);

/// What `+` stands for: itself in a path, a space in a query.
enum class plus : std::uint8_t { itself, space };

/// `text` without its percent-encoding; nothing if that is broken.
std::optional<std::string> decoded(std::string_view text, plus p);

/// Valid UTF-8 without control characters.
bool is_printable(std::string_view text);

/// Why `text` may not be a name of 1 to `size_max` bytes, as the end of a
/// sentence; empty if it may.
std::string fault_of_name(std::string_view text, std::size_t size_max);

/// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// Takes the part before the next comma off `list`, trimmed.
std::string_view take_item(std::string_view& list);

}  // namespace troupe::http::app_cache
