// How long providers ask to wait: the readers of their many notations.

#include "http/wire/fault_of.hpp"
#include "http/wire/limits.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

namespace troupe::http::wire {

namespace {

using std::chrono::milliseconds;

/// Dates after this (seconds since 1970; the year 2242) are nonsense, and soon
/// after it the clock's nanoseconds would overflow.
constexpr std::time_t latest_date = std::time_t{1} << 33;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Takes a decimal number off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto [at, failed] = std::from_chars(
      text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (failed != std::errc{} || !std::isfinite(number))
    return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  return number;
}

/// Rounded up, so that nobody comes back a moment too early.
std::optional<milliseconds> wait_of(double ms) {
  if (!(ms > 0))
    return std::nullopt;
  const auto longest = static_cast<double>(wait_max.count());
  return milliseconds{
      static_cast<std::int64_t>(std::ceil(std::min(ms, longest)))};
}

std::optional<milliseconds> number_wait(std::string_view text, double unit_ms) {
  text = trimmed(text);
  const auto number = take_number(text);
  return number && text.empty() ? wait_of(*number * unit_ms) : std::nullopt;
}

std::optional<milliseconds> until(std::string_view text, wall_time now) {
  const auto then = parse_date(trimmed(text));
  if (!then)
    return std::nullopt;
  return wait_of(
      std::chrono::duration<double, std::milli>(*then - now).count());
}

/// The latest reset of the limits that have nothing remaining.
std::optional<milliseconds> exhausted_wait(const header_list& headers,
                                           wall_time now) {
  std::optional<milliseconds> longest;
  const auto readings = read_limits(headers, now, {});
  if (readings == nullptr)
    return longest;
  for (const auto& r : readings->of)
    if (r.remaining == 0u && r.reset)
      longest = std::max(longest.value_or(*r.reset), *r.reset);
  return longest;
}

double unit_ms(std::string_view unit) {
  if (unit == "ms")
    return 1;
  if (unit == "s")
    return 1000;
  if (unit == "m")
    return 60 * 1000;
  if (unit == "h")
    return 3600 * 1000;
  if (unit == "d")
    return 24 * 3600 * 1000;
  return -1;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  double sum = 0;
  if (text.empty())
    return std::nullopt;
  while (!text.empty()) {
    const auto number = take_number(text);
    const auto unit = text.substr(0, text.find_first_of("0123456789."));
    if (!number || *number < 0 || unit_ms(unit) < 0)
      return std::nullopt;
    sum += *number * unit_ms(unit);
    text.remove_prefix(unit.size());
  }
  return sum > 0 ? wait_of(sum) : milliseconds{0};
}

std::optional<wall_time> parse_date(std::string_view text) {
  const std::string date{text};
  // The first is in every answer of Anthropic's, the others only in refusals.
  for (const auto* form :
       {"%Y-%m-%dT%H:%M:%S", "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* const rest = ::strptime(date.c_str(), form, &parts);
    if (rest == nullptr)
      continue;
    std::string_view zone{rest};
    // A fraction of a second is rounded away; zones other than Z are not used.
    if (zone.starts_with('.'))
      zone.remove_prefix(
          std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
    if (!zone.empty() && zone != "Z" && zone != "+00:00")
      continue;
    const auto at = ::timegm(&parts);
    if (at < 0 || at > latest_date)
      return std::nullopt;
    return std::chrono::system_clock::from_time_t(at);
  }
  return std::nullopt;
}

std::optional<milliseconds> retry_after_of(const header_list& headers,
                                           wall_time now) {
  if (const auto ms = headers.find("retry-after-ms"))
    if (const auto wait = number_wait(*ms, 1))
      return wait;
  if (const auto after = headers.find("retry-after")) {
    if (const auto wait = number_wait(*after, 1000))
      return wait;
    if (const auto wait = until(*after, now))
      return wait;
  }
  return exhausted_wait(headers, now);
}

}  // namespace troupe::http::wire
