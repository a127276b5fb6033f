#include "http/simulator/fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace troupe::simulator {

namespace {

constexpr auto kinds = static_cast<std::size_t>(fault_kind::count_);

constexpr std::array<std::string_view, kinds> names{
    "status",         "reset",          "hang",
    "slow_first",     "stall",          "cut",
    "malformed",      "no_done",        "error_event",
    "context_length", "content_filter", "blocked",
    "empty_body",     "quota",          "unknown_model"};

template <class Number>
std::optional<Number> whole_text_as(std::string_view text) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc{} || at != end)
    return std::nullopt;
  return value;
}

/// `503`, or `429_after_250`: to come back after 250 ms.
std::optional<fault> read_status(std::string_view text) {
  constexpr std::string_view after = "_after_";
  fault what;
  if (const auto at = text.find(after); at != std::string_view::npos) {
    const auto ms = whole_text_as<unsigned>(text.substr(at + after.size()));
    if (!ms)
      return std::nullopt;
    what.retry_after = std::chrono::milliseconds{*ms};
    text = text.substr(0, at);
  }
  const auto status = whole_text_as<unsigned>(text);
  if (!status || *status < 400 || *status > 599)
    return std::nullopt;
  what.status = *status;
  return what;
}

}  // namespace

std::string_view name_of(fault_kind kind) noexcept {
  const auto i = static_cast<std::size_t>(kind);
  return i < kinds ? names[i] : "unknown";
}

std::optional<fault_kind> fault_named(std::string_view name) noexcept {
  const auto same = [](char a, char b) {
    return a == b || (a == '-' && b == '_');
  };
  for (std::size_t i = 0; i < kinds; ++i)
    if (std::ranges::equal(name, names[i], same))
      return static_cast<fault_kind>(i);
  return std::nullopt;
}

std::optional<fault_chance> read_fault_chance(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos)
    return std::nullopt;
  const auto chance = whole_text_as<double>(text.substr(equals + 1));
  if (!chance || !(*chance >= 0 && *chance <= 1))
    return std::nullopt;
  auto name = text.substr(0, equals);
  if (const auto what = read_status(name))
    return fault_chance{*what, *chance};
  const bool early = name.ends_with("_early") || name.ends_with("-early");
  if (early)
    name.remove_suffix(6);
  if (const auto kind = fault_named(name))
    return fault_chance{{*kind, 503, {}, early}, *chance};
  return std::nullopt;
}

std::string label_of(const fault& what) {
  std::string label{name_of(what.kind)};
  if (what.kind == fault_kind::status)
    label += '_' + std::to_string(what.status);
  if (what.early)
    label += "_early";
  return label;
}

}  // namespace troupe::simulator
