#include "actors/cache_shard/key_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace troupe {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::uint64_t hash_of(const cache_key& key, std::uint64_t seed) noexcept {
  // One part seeds the next, so that no two splits of the same bytes are alike.
  const auto space = seed ^ static_cast<std::uint64_t>(key.space);
  return hash_of(key.name, hash_of(key.tenant, space));
}

}  // namespace troupe
