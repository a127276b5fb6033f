// Keeps what is asked for often, not what was asked for last.
//
//   added --> window --its oldest--> probation <--oldest-- protected
//                                        |                     ^
//                                     victims               used once more
//
// W-TinyLFU: a new entry passes through a small window; when it leaves that and
// there is no room, it and the oldest entry on probation are compared by how
// often they were asked for of late (frequency_sketch), and the rarer one goes.
// What is used on probation becomes protected. A scan of keys that are asked
// for once each passes through without taking anything away.
//
// Asking is what counts, whether it hits or misses; coming in does not.
//
// The sizes follow the entries that are there, since a bound in bytes may keep
// them fewer than `entries_max`. Sizes and the random exception are those of
// Caffeine, whose authors published the policy, but for the window's.
//
// Limits: entries count as equal, whatever their size.

#pragma once

#include "actors/cache_shard/frequency_sketch.hpp"
#include "actors/cache_shard/retention.hpp"

#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace troupe {

class tiny_lfu final : public retention {
public:
  /// `seed` is of the draws against clients who know the hash; any number.
  tiny_lfu(std::size_t entries_max, std::uint64_t seed);

  void added(slot s, std::uint64_t hash) override;
  void used(slot s) override;
  void missed(std::uint64_t hash) override;
  void removed(slot s) override;
  slot victim() override;

private:
  static constexpr slot nowhere = UINT32_MAX;

  enum class part : std::uint8_t { window, probation, protected_, count_ };

  struct entry {
    std::uint64_t hash = 0;
    slot newer = nowhere;
    slot older = nowhere;
    part in = part::count_;
  };

  struct list {
    slot newest = nowhere;
    slot oldest = nowhere;
    std::size_t size = 0;
  };

  list& of(part p) { return lists_[static_cast<std::size_t>(p)]; }
  void push(slot s, part p);
  void unlink(slot s);
  void balance();
  std::size_t size() const;
  bool beats(slot candidate, slot oldest);

  frequency_sketch sketch_;
  std::minstd_rand draws_;
  std::vector<entry> entries_;  // By slot.
  std::array<list, static_cast<std::size_t>(part::count_)> lists_;
  slot candidate_ = nowhere;  // Came out of the window last.
};

}  // namespace troupe
