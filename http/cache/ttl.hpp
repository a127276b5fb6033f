// How long an entry is kept: seconds, or one of five words.
//
// The one place that knows the words; headers and bodies are read with it, so
// that they can never mean two things.

#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>

namespace troupe::http {

/// A word for a time to live.
struct ttl_class {
  std::string_view name;
  std::chrono::seconds ttl;
};

inline constexpr std::array<ttl_class, 5> ttl_classes{{
    {"very-short", std::chrono::seconds{30}},
    {"short", std::chrono::minutes{1}},
    {"medium", std::chrono::minutes{5}},
    {"long", std::chrono::hours{1}},
    {"very-long", std::chrono::hours{24}},
}};

/// Longest time to live. A cache that forgets on restart promises nothing
/// beyond; who wants more most likely sent milliseconds.
inline constexpr std::chrono::seconds ttl_max = std::chrono::hours{24 * 30};

/// What a time to live may be, for messages.
inline constexpr std::string_view ttl_expected =
    "whole seconds from 1 to 2592000, or one of very-short, short, medium, "
    "long, very-long";

/// A time to live as written; nothing if it is none (`ttl_expected`).
std::optional<std::chrono::seconds> read_ttl(std::string_view text);

}  // namespace troupe::http
