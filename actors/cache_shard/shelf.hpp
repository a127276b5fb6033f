// The entries of a shard, within bounds and for a time.
//
//   kept ---- fresh ----> ttl is over ---- stale ----> stale is over: gone
//
// Entries have slots. They are found by hash, go by themselves when their time
// is over (a heap knows whose is next), by a purge (purge_book.hpp), or because
// there is no room: `retention` says who goes then, but a tenant over its own
// bound loses what it used longest ago, never what others keep. A negative
// entry is never stale: nobody is helped by yesterday's "there is nothing".
//
// An entry is charged with its bytes, its names, and what it costs to keep any.
//
// Limits: what is purged or past its time may be among `entries` and `bytes`
// until a sweep has come to it; it is never found. Lengths of time are cut to
// ten years.

#pragma once

#include "actors/cache_shard/cache_tally.hpp"
#include "actors/cache_shard/due_heap.hpp"
#include "actors/cache_shard/key_hash.hpp"
#include "actors/cache_shard/purge_book.hpp"
#include "actors/cache_shard/retention.hpp"
#include "actors/cache_shard/slot_index.hpp"
#include "actors/cache_shard/slot_lists.hpp"
#include "actors/cache_shard/tenant_roll.hpp"
#include "actors/cached.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

struct shelf_bounds {
  std::uint64_t entries_max = 0;
  std::uint64_t bytes_max = 0;
  std::uint64_t tenant_entries_max = 0;  ///< 0 = no bound of its own.
  std::uint64_t tenant_bytes_max = 0;    ///< Likewise.

  friend bool operator==(const shelf_bounds&, const shelf_bounds&) = default;
};

/// How long something is kept.
struct shelf_life {
  std::uint64_t ttl_ms = 0;
  std::uint64_t stale_ms = 0;
};

class shelf {
public:
  using slot = retention::slot;
  using time_point = std::chrono::steady_clock::time_point;
  using make_retention = std::unique_ptr<retention> (*)(std::size_t,
                                                        std::uint64_t);

  static constexpr slot none = slot_index::none;

  /// What an entry costs beside its bytes and names: record, places in lists,
  /// index and heap, and the allocator's share: an estimate, on the large side.
  static constexpr std::uint64_t upkeep_bytes = 512;

  struct record {
    std::string name;
    tenant_book* tenant = nullptr;
    cache_space space = cache_space::completion;
    cache_entry entry;
    time_point kept_at;
    time_point fresh_until;
    std::uint64_t etag = 0;
    std::uint64_t sequence = 0;  ///< No purge up to this number is about it.
    std::uint64_t bytes = 0;
  };

  /// A purge whose pass is over.
  struct purged {
    std::uint64_t asker = 0;
    std::uint64_t count = 0;
  };

  /// `seed` is the hash's; any number.
  shelf(const shelf_bounds& bounds, make_retention make, std::uint64_t seed);

  // -- one entry

  /// What the functions below want to hear with a key.
  std::uint64_t hash(const cache_key& key) const { return hash_of(key, seed_); }

  /// Where the entry is, or `none`.
  slot find(const cache_key& key, std::uint64_t hash, time_point now);

  const record& at(slot s) const { return records_[s]; }

  /// Somebody is given it, which counts as `o`: it stays longer.
  void use(slot s, cache_operation o);

  /// Somebody wanted what is not there.
  void miss(std::uint64_t hash) { retention_->missed(hash); }

  /// Whether it can be kept at all.
  bool has_room_for(const cache_key& key, const cache_entry& entry) const;

  /// Keeps it in place of what is there. Others go if they must, or itself.
  /// @pre there is room for it.
  void put(const cache_key& key, std::uint64_t hash, const cache_entry& entry,
           const shelf_life& life, std::uint64_t etag, time_point now);

  /// @pre there is an entry.
  void remove(slot s, cache_operation why);

  // -- many

  /// Forgets many; what has come of it is in `done`, now or after a `sweep`.
  void purge(const cache_purge& what, std::uint64_t asker, time_point now,
             std::vector<purged>& done);

  /// Removes what is past its time and goes on with purges: about `slice`
  /// entries are looked at. Returns whether there is more to do at once.
  bool sweep(time_point now, std::size_t slice, std::vector<purged>& done);

  /// When the next entry's time is over.
  std::optional<time_point> next_due() const;

  /// Other bounds; who has no place any more goes.
  void adopt(const shelf_bounds& bounds);

  // -- for those who compute what is missing

  /// Grows with every change.
  std::uint64_t sequence() const { return sequence_; }

  /// Whether a purge since `begun` is about this entry.
  bool is_forbidden(const cache_key& key, const cache_entry& entry,
                    std::uint64_t begun) const;

  // -- counting

  void count(const cache_key& key, cache_operation o);

  std::uint64_t entries() const { return index_.size(); }
  std::uint64_t bytes() const { return bytes_; }
  cache_tally& tally() { return tally_; }

  /// Of one space, and of one tenant unless that is empty.
  cache_statistics statistics(cache_space space,
                              const std::string& tenant) const;

private:
  static std::uint64_t charge_of(const cache_key& key,
                                 const cache_entry& entry);
  static purge_subject subject_of(const record& r);

  slot find_kept(const cache_key& key, std::uint64_t hash) const;
  slot new_slot();
  slot admit(const cache_key& key, std::uint64_t hash);
  void move_up(slot s);
  void charge(record& r, std::uint64_t bytes);
  void uncharge(const record& r);
  void count(record& r, cache_operation o);
  bool is_over(const tenant_book& tenant) const;
  void make_room(tenant_book& tenant);
  void make_room();
  void rebuild_retention();
  bool go_on(purge_rule& rule, std::size_t& slice);
  void finish_oldest(std::vector<purged>& done);

  shelf_bounds bounds_;
  make_retention make_;
  std::uint64_t seed_;
  std::unique_ptr<retention> retention_;
  std::vector<record> records_;
  std::vector<slot> free_;
  slot_index index_;
  due_heap due_;       // When entries are gone.
  slot_lists by_use_;  // Of the tenants.
  tenant_roll tenants_;
  purge_book purges_;
  cache_tally tally_;
  std::array<cache_statistics, cache_tally::spaces> spaces_{};
  std::uint64_t bytes_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace troupe
