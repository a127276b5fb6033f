// The words that stand for enumerators in the configuration file.
//
// One array for each enum, in the enum's order; a test keeps them together.

#pragma once

#include "config/settings.hpp"

#include <array>
#include <string_view>

namespace troupe::config {

/// The spellings of `E`, indexed by its value.
template <class E>
inline constexpr std::array<std::string_view, 0> choices_of{};

template <>
inline constexpr std::array<std::string_view, 3> choices_of<protocol>{
    "openai", "anthropic", "gemini"};

template <>
inline constexpr std::array<std::string_view, 3> choices_of<auth_mode>{
    "auto", "open", "required"};

template <>
inline constexpr std::array<std::string_view, 4> choices_of<strategy>{
    "priority", "weighted", "cost", "latency"};

template <>
inline constexpr std::array<std::string_view, 2> choices_of<departure>{"drain",
                                                                       "abort"};

template <>
inline constexpr std::array<std::string_view, 2> choices_of<toggle>{"off",
                                                                    "on"};

template <>
inline constexpr std::array<std::string_view, 3> choices_of<cache_policy>{
    "deterministic", "always", "never"};

template <>
inline constexpr std::array<std::string_view, 3> choices_of<semantic_policy>{
    "opt-in", "always", "never"};

template <>
inline constexpr std::array<std::string_view, 2> choices_of<embedder_kind>{
    "lexical", "openai"};

template <>
inline constexpr std::array<std::string_view, 3> choices_of<queue_handler>{
    "external", "completion", "webhook"};

template <>
inline constexpr std::array<std::string_view, 3> choices_of<pause_kind>{
    "exponential", "fixed", "custom"};

template <>
inline constexpr std::array<std::string_view, 3> choices_of<log_format>{
    "auto", "json", "text"};

/// What `log.level` may be, quietest last.
inline constexpr std::array<std::string_view, 5> log_levels{
    "trace", "debug", "info", "warn", "error"};

/// Returns the spelling of `value`.
template <class E>
constexpr std::string_view choice_name(E value) noexcept {
  return choices_of<E>[static_cast<std::size_t>(value)];
}

}  // namespace troupe::config
