// How an entry's bytes are kept: compressed where that pays.
//
// JSON of models shrinks to a third, at a few microseconds a KiB going in and
// less than one coming out. Small values, and what does not shrink, stay as
// they are.

#pragma once

#include "actors/cached.hpp"

#include <cstddef>
#include <string>

namespace troupe::http {

/// Below this (bytes) a frame's own upkeep and the time cost more than the room
/// is worth.
inline constexpr std::size_t packed_size_min = 1024;

/// Fills value, packing and size of `entry`.
void pack(cache_entry& entry, std::string bytes);

/// What was packed; empty if the entry is broken, which then counts as a miss.
std::string unpack(const cache_entry& entry);

}  // namespace troupe::http
