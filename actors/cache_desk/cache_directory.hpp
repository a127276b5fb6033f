// Where every shard of the caches is.
//
//   key --hash--> shard --rendezvous--> member of the cluster --> address
//
// Every key belongs to one shard for good. Every shard belongs to the member
// that scores highest for it (rendezvous hashing): all nodes agree without
// talking, and when a member comes or goes only those shards move that it wins
// or leaves. Made once for a set of members, then only read.
//
// Limits: one member for now, this node; as many shards everywhere.

#pragma once

#include "actors/contracts.hpp"
#include "runtime/supervision/address.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe {

class cache_directory {
public:
  struct member {
    std::string name;  ///< The same on all nodes.
    /// Where the shards are, by number, as far as they are this member's.
    std::vector<address<cache_shard_actor>> shards;
  };

  /// @pre there is a member, and all of them have places for as many shards, at
  /// least one.
  explicit cache_directory(std::vector<member> members);

  std::size_t shards() const { return owners_.size(); }

  std::uint32_t shard_of(const cache_key& key) const noexcept;

  /// The name of the member that has a shard.
  const std::string& owner(std::uint32_t shard) const {
    return members_[owners_[shard]].name;
  }

  const address<cache_shard_actor>& at(std::uint32_t shard) const {
    return members_[owners_[shard]].shards[shard];
  }

private:
  std::vector<member> members_;
  std::vector<std::size_t> owners_;  // By shard.
};

}  // namespace troupe
