// How urgent a call or a job is: 0 to 10, larger first.

#pragma once

#include <cstdint>

namespace troupe {

inline constexpr std::uint8_t priority_low = 0;
inline constexpr std::uint8_t priority_normal = 5;
inline constexpr std::uint8_t priority_high = 8;
inline constexpr std::uint8_t priority_critical = 10;
inline constexpr std::uint8_t priority_max = priority_critical;

/// How many there are.
inline constexpr std::uint8_t priorities = priority_max + 1;

}  // namespace troupe
