// The nearest known name to one nobody knows: "did you mean `listen`?".
//
// Near is the edit distance (insert, delete, replace one character) of at most
// a third of the name, so that a short name is not answered with any other.

#pragma once

#include <span>
#include <string_view>

namespace troupe::config {

/// Longer names are not compared; no knob has one.
inline constexpr std::size_t suggestion_size_max = 32;  // bytes

/// Returns the known name nearest to `name`, or nothing (empty) if none is
/// near.
std::string_view nearest(std::string_view name,
                         std::span<const std::string_view> known);

}  // namespace troupe::config
