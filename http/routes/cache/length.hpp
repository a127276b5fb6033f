// Lengths of time as clients of the cache write them: `90`, which are seconds,
// `250ms`, `5m` - and, where one says how long something is kept, a class.

#pragma once

#include "http/cache/ttl.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::http::app_cache {

/// Longest lead, and longest wait for somebody else's: the desk answers
/// everybody by then.
inline constexpr std::chrono::milliseconds lease_max = std::chrono::minutes{10};
inline constexpr std::chrono::milliseconds wait_max = std::chrono::minutes{10};

/// Seconds without a unit, or a duration with one.
std::optional<std::chrono::milliseconds> read_length(std::string_view text);

/// From 1 ms to `ttl_max`: what http::read_ttl takes, or a duration.
std::optional<std::chrono::milliseconds> read_lifetime(std::string_view text);

/// What `read_lifetime` takes, as the end of a sentence.
inline constexpr std::string_view lifetime_shape =
    "must be seconds, a duration such as 250ms or 5m, or one of very-short, "
    "short, medium, long, very-long; at most 30d";

}  // namespace troupe::http::app_cache
