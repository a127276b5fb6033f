// Whose fault is it? A provider's answer, in the words that decide what to do
// next.
//
// The status alone does not tell: a 429 may pass in a second or never, a bad
// key is a 400 at Gemini, an empty purse a 400 at Anthropic. The table in
// fault_of.cpp is read from the top, the first row that fits decides; where
// none fits the status does. It errs on the side of the key: a key is called
// dead or spent only where the provider says so.
//
// Limits: an error body beyond `error_size_max` is judged by its status.

#pragma once

#include "actors/outcome.hpp"
#include "config/settings.hpp"
#include "http/message.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace troupe::http::wire {

/// Largest error body that is read, bytes; real ones have a few hundred.
inline constexpr std::size_t error_size_max = 64u << 10;

/// Longest wait that is believed: a monthly limit.
inline constexpr std::chrono::milliseconds wait_max =
    std::chrono::hours{31 * 24};

/// A wait at least this long (Gemini) means that the day's quota is gone.
inline constexpr std::chrono::milliseconds quota_wait_min =
    std::chrono::hours{1};

using wall_time = std::chrono::system_clock::time_point;

/// Judges a whole HTTP answer. `now` is for dates in headers.
attempt_result classify(config::protocol dialect, unsigned status,
                        const header_list& headers, std::string_view body,
                        wall_time now);

/// Judges an error event inside a stream, whose status was 200.
attempt_result classify_event(config::protocol dialect, std::string_view data);

/// What the headers ask a client to wait: retry-after-ms, Retry-After (seconds
/// or a date), or the reset of a limit that has nothing remaining. Waits of
/// zero or less are no wish.
std::optional<std::chrono::milliseconds>
retry_after_of(const header_list& headers, wall_time now);

/// Reads `12ms`, `1.5s`, `6m0s`, `1h2m`. Nothing if it is anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Reads an HTTP date in any of its three forms, or an RFC 3339 one.
std::optional<wall_time> parse_date(std::string_view text);

}  // namespace troupe::http::wire
