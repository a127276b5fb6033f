// Decides which entry goes when there is no room.
//
// Entries are known by their slot, a small number that is used again after
// `removed`. Whoever keeps the entries says what happens to them; asked for a
// victim, this names one, and forgets it only when told that it was removed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace troupe {

class retention {
public:
  using slot = std::uint32_t;

  virtual ~retention() = default;

  /// An entry came in; `hash` is its key's, for remembering it after it went.
  virtual void added(slot s, std::uint64_t hash) = 0;

  virtual void used(slot s) = 0;

  /// Somebody asked for what is not there.
  virtual void missed(std::uint64_t hash) = 0;

  virtual void removed(slot s) = 0;

  /// The entry worth least, maybe the one that came last. @pre not empty
  virtual slot victim() = 0;
};

/// The one that was used longest ago goes. `entries_max` sizes the tables, and
/// `seed` is of all draws.
std::unique_ptr<retention> make_lru(std::size_t entries_max,
                                    std::uint64_t seed);

/// W-TinyLFU; see tiny_lfu.hpp.
std::unique_ptr<retention> make_tiny_lfu(std::size_t entries_max,
                                         std::uint64_t seed);

}  // namespace troupe
