// One number for a cache's key.
//
// CACHE DESKs place keys on shards by it, with no seed, so that all nodes
// agree. A shard finds its entries by it with a seed of its own: the keys of
// one shard have something in common without it, and clients who choose their
// keys cannot choose who shares a chain with whom.

#pragma once

#include "actors/cached.hpp"

#include <cstdint>
#include <string_view>

namespace troupe {

/// XXH3 of the whole key.
std::uint64_t hash_of(const cache_key& key, std::uint64_t seed = 0) noexcept;

/// XXH3 of a text.
std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0) noexcept;

}  // namespace troupe
