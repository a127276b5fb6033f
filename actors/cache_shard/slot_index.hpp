// Finds slots by the hash of what they hold.
//
// Chains of slots, one for each bucket, with the hashes beside them: a look-up
// that finds nothing mostly ends without a look at what the slots hold. Whoever
// holds that compares it.

#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace troupe {

class slot_index {
public:
  using slot = std::uint32_t;

  static constexpr slot none = std::numeric_limits<slot>::max();

  std::size_t size() const { return size_; }

  /// The slot under `hash` for which `is_it(slot)` holds, or `none`.
  template <class Predicate>
  slot find(std::uint64_t hash, Predicate is_it) const {
    if (size_ == 0)
      return none;
    for (auto s = heads_[bucket(hash)]; s != none; s = links_[s].next)
      if (links_[s].hash == hash && is_it(s))
        return s;
    return none;
  }

  /// @pre `s` is not in here.
  void insert(slot s, std::uint64_t hash) {
    if (size_ == heads_.size())
      grow();
    if (s >= links_.size())
      links_.resize(std::size_t{s} + 1);
    links_[s].hash = hash;
    push(s);
    ++size_;
  }

  /// @pre `s` is in here.
  void erase(slot s) {
    auto* at = &heads_[bucket(links_[s].hash)];
    while (*at != s) {
      assert(*at != none);
      at = &links_[*at].next;
    }
    *at = links_[s].next;
    --size_;
  }

  std::uint64_t hash(slot s) const { return links_[s].hash; }

private:
  /// A power of two, for a mask; small, for shards are many.
  static constexpr std::size_t buckets_min = 16;

  struct link {
    std::uint64_t hash = 0;
    slot next = none;
  };

  std::size_t bucket(std::uint64_t hash) const {
    return static_cast<std::size_t>(hash) & (heads_.size() - 1);
  }

  void push(slot s) {
    auto& head = heads_[bucket(links_[s].hash)];
    links_[s].next = head;
    head = s;
  }

  void grow() {
    const auto before = std::move(heads_);
    heads_.assign(before.empty() ? buckets_min : before.size() * 2, none);
    for (auto s : before)
      while (s != none) {
        const auto next = links_[s].next;
        push(s);
        s = next;
      }
  }

  std::vector<slot> heads_;  // By bucket.
  std::vector<link> links_;  // By slot.
  std::size_t size_ = 0;
};

}  // namespace troupe
