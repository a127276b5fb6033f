// Who computes what is missing, and who waits for it.
//
// A lead is the right to compute one key's entry. There is at most one for a
// key, it is known by a token that no other lead had, and it ends in time.
// Those who want the same meanwhile wait in its line, in the order they came,
// each for as long as it likes.
//
// This book only keeps: what becomes of the waiting is CACHE KEEPER's to say.
// Full is an answer: who finds no room in a line hears so at once.

#pragma once

#include "actors/cache_shard/due_heap.hpp"
#include "actors/cache_shard/slot_index.hpp"
#include "actors/cache_shard/slot_lists.hpp"
#include "actors/cached.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

class lead_book {
public:
  using slot = std::uint32_t;
  using time_point = due_heap::time_point;

  static constexpr slot none = slot_list::none;

  struct bounds {
    /// Each is an upstream call under way, or one whose caller has died.
    std::size_t leads_max = 65'536;
    /// All waiting: some MiB.
    std::size_t waiters_max = 10'000;
    /// For one key, so that it cannot take all places.
    std::size_t line_max = 4'096;
  };

  struct lead {
    cache_key key;
    std::uint64_t token = 0;
    std::uint64_t holder = 0;  ///< The question it was given to.
    std::uint64_t begun = 0;   ///< Number of the last change before it.
    /// The key was removed meanwhile: what comes of this is old.
    bool outdated = false;
    slot_list line;
    std::size_t waiting = 0;
  };

  struct waiter {
    std::uint64_t question = 0;  ///< Of many parts,
    std::size_t part = 0;        ///< of which it is this one.
    cache_question wants;
    slot lead = none;
  };

  explicit lead_book(const bounds& within, std::uint64_t first_token);

  // -- leads

  slot find(const cache_key& key, std::uint64_t hash) const;
  const lead& at(slot s) const { return leads_[s]; }
  bool is_full() const { return index_.size() >= bounds_.leads_max; }

  /// Somebody leads. @pre nobody does yet, and the book is not full.
  slot begin(const cache_key& key, std::uint64_t hash, std::uint64_t holder,
             std::uint64_t sequence, time_point until);

  /// Another one leads in place of who did; the line stays.
  void hand_over(slot s, std::uint64_t holder, std::uint64_t sequence,
                 time_point until);

  void outdate(slot s) { leads_[s].outdated = true; }

  /// @pre nobody waits for it.
  void end(slot s);

  // -- waiters

  bool has_room(slot in) const;

  /// @pre there is room.
  void wait(slot in, waiter who, time_point until);

  slot first(slot in) const { return leads_[in].line.front; }
  slot after(slot who) const { return lines_.after(who); }
  const waiter& waiting(slot who) const { return waiters_[who]; }

  /// Takes it out of its line.
  waiter leave(slot who);

  // -- time

  const due_heap& lead_ends() const { return lead_ends_; }
  const due_heap& wait_ends() const { return wait_ends_; }

private:
  std::uint64_t next_token();

  bounds bounds_;
  std::uint64_t last_token_;

  std::vector<lead> leads_;
  std::vector<slot> free_leads_;
  slot_index index_;
  due_heap lead_ends_;

  std::vector<waiter> waiters_;
  std::vector<slot> free_waiters_;
  slot_lists lines_;
  due_heap wait_ends_;
};

}  // namespace troupe
