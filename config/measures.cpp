#include "config/measures.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace troupe::config {
namespace {

struct unit {
  std::string_view name;
  std::int64_t factor;
};

// Smallest first: printing takes the last one that divides.
constexpr std::array durations{
    unit{"ms", 1},        unit{"s", 1'000},      unit{"m", 60'000},
    unit{"h", 3'600'000}, unit{"d", 86'400'000},
};
constexpr std::array sizes{
    unit{"B", 1},
    unit{"KiB", 1ll << 10},
    unit{"MiB", 1ll << 20},
    unit{"GiB", 1ll << 30},
};

std::int64_t multiply_saturating(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product))
    return product;
  return (a < 0) == (b < 0) ? std::numeric_limits<std::int64_t>::max()
                            : std::numeric_limits<std::int64_t>::min();
}

std::optional<std::int64_t> parse_with_unit(std::string_view text,
                                            std::span<const unit> units) {
  const auto digits_end = text.find_first_not_of("-0123456789");
  if (digits_end == text.npos)
    return std::nullopt;
  const auto amount = parse_count(text.substr(0, digits_end));
  if (!amount)
    return std::nullopt;
  for (const unit& u : units)
    if (u.name == text.substr(digits_end))
      return multiply_saturating(*amount, u.factor);
  return std::nullopt;
}

std::string print_with_unit(std::int64_t amount, std::span<const unit> units) {
  const unit* best = &units.front();
  for (const unit& u : units)
    if (amount != 0 && amount % u.factor == 0)
      best = &u;
  return std::to_string(amount / best->factor) + std::string{best->name};
}

}  // namespace

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (stop != end || error == std::errc::invalid_argument)
    return std::nullopt;
  if (error == std::errc::result_out_of_range)
    return text.front() == '-' ? std::numeric_limits<std::int64_t>::min()
                               : std::numeric_limits<std::int64_t>::max();
  return count;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (const auto ms = parse_with_unit(text, durations))
    return std::chrono::milliseconds{*ms};
  return std::nullopt;
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  return parse_with_unit(text, sizes);
}

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (stop != end || error != std::errc{} || !std::isfinite(number))
    return std::nullopt;
  return number;
}

std::optional<double> parse_percent(std::string_view text) {
  if (!text.ends_with('%'))
    return std::nullopt;
  const auto number = parse_number(text.substr(0, text.size() - 1));
  // A division rounds once, so 30% is the same double as the literal 0.30.
  return number ? std::optional{*number / 100} : std::nullopt;
}

std::string print_count(std::int64_t count) {
  return std::to_string(count);
}

std::string print_duration(std::chrono::milliseconds duration) {
  if (duration.count() == 0)
    return "0s";
  // A day is usually called 24 hours; two days are not called 48.
  const auto day = std::chrono::hours{24};
  const std::span all{durations};
  return print_with_unit(duration.count(),
                         duration == day ? all.first(all.size() - 1) : all);
}

std::string print_size(std::int64_t bytes) {
  return print_with_unit(bytes, sizes);
}

std::string print_number(double number) {
  // Never 1e+06, which people do not write. The largest double has 309 digits.
  std::array<char, 400> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                 number, std::chars_format::fixed);
  return {buffer.data(), end.ptr};
}

std::string print_percent(double fraction) {
  // Ten digits hide the rounding of the multiplication, which 0.55 shows.
  std::array<char, 32> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                    fraction * 100, std::chars_format::general, 10);
  return std::string{buffer.data(), end.ptr} + "%";
}

}  // namespace troupe::config
