// The tenants of a shard: what each of them holds, in the order of use, and
// what was done for it.
//
// A tenant with entries is always on the roll. Of the others so many are
// remembered as fit, for their counts; beyond that they go uncounted.

#pragma once

#include "actors/cache_shard/cache_tally.hpp"
#include "actors/cache_shard/slot_lists.hpp"
#include "actors/cached.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

struct tenant_book {
  std::string name;
  std::uint64_t entries = 0;  ///< Of all spaces.
  std::uint64_t bytes = 0;
  slot_list by_use;  ///< Last used first.
  std::array<cache_statistics, cache_tally::spaces> spaces{};

  cache_statistics& of(cache_space s) {
    return spaces[static_cast<std::size_t>(s)];
  }
};

class tenant_roll {
public:
  /// A book costs half a KiB, and there are 64 shards: 8 MiB at most.
  static constexpr std::size_t idle_max = 256;

  /// The tenant's book, for somebody who will keep an entry under it.
  tenant_book& open(const std::string& tenant);

  /// The tenant's book, for counting; null if it is not worth remembering.
  tenant_book* find(const std::string& tenant);

  /// The tenant's book, for reading; null if there is none.
  const tenant_book* peek(const std::string& tenant) const;

  /// Its last entry has gone, maybe. It must not be used any more.
  void close(tenant_book& book);

  /// All of them. Good until one is opened or closed.
  std::vector<tenant_book*> all() const;

  std::size_t size() const { return books_.size(); }

private:
  std::unordered_map<std::string, std::unique_ptr<tenant_book>> books_;
};

}  // namespace troupe
