#include "actors/cache_desk/cache_directory.hpp"

#include "actors/cache_shard/key_hash.hpp"

#include <cassert>
#include <string_view>
#include <utility>

namespace troupe {

cache_directory::cache_directory(std::vector<member> members)
    : members_(std::move(members)) {
  assert(!members_.empty() && !members_.front().shards.empty());
  const auto count = members_.front().shards.size();
  const auto rank = [this](std::size_t who, std::uint32_t shard) {
    const auto& name = members_[who].name;
    return std::pair{hash_of(name, shard), std::string_view{name}};
  };
  for (std::uint32_t shard = 0; shard < count; ++shard) {
    std::size_t best = 0;
    for (std::size_t m = 1; m < members_.size(); ++m)
      if (rank(m, shard) > rank(best, shard))
        best = m;
    owners_.push_back(best);
  }
}

std::uint32_t cache_directory::shard_of(const cache_key& key) const noexcept {
  return static_cast<std::uint32_t>(hash_of(key) % owners_.size());
}

}  // namespace troupe
