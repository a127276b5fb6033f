// Numbers with units as people write them: 250ms, 15s, 24h, 32MiB, 30%, 1.25.
//
// One rule: what `print_` gives, `parse_` reads back to the same value. A
// number too large for its type is read as the largest one, so that the check
// of the bounds, which always follows, can name the bounds. There is one
// spelling for each thing: units are required, durations and sizes are whole
// numbers of one unit, percentages carry their sign.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::config {

/// Reads a whole number: `20000`, `-3`.
std::optional<std::int64_t> parse_count(std::string_view text);

/// Reads a duration: `250ms`, `15s`, `5m`, `24h`, `7d`.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// Reads a size in bytes: `512B`, `64KiB`, `32MiB`, `1GiB`.
std::optional<std::int64_t> parse_size(std::string_view text);

/// Reads a finite decimal number: `2`, `0.10`.
std::optional<double> parse_number(std::string_view text);

/// Reads a percentage as a fraction: `30%` is 0.30.
std::optional<double> parse_percent(std::string_view text);

std::string print_count(std::int64_t count);
std::string print_duration(std::chrono::milliseconds duration);
std::string print_size(std::int64_t bytes);
std::string print_number(double number);
std::string print_percent(double fraction);

}  // namespace troupe::config
