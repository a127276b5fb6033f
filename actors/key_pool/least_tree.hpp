// An ordered map that also finds the first entry that is small enough.
//
// Every entry has a place in the order and a weight. Beside what any balanced
// tree does, this one answers "who is first among those that weigh at most so
// much?" in O(log n): each node knows the least weight of the tree below it.
// The waiting line asks that when a key has room for small calls only.
//
// The tree is libstdc++'s red-black tree (pb_ds), which lets its user keep such
// a fact in every node; only the upkeep of that fact is written here.
//
// Limits: an entry's weight does not change; take it out and insert it anew.

#pragma once

#include <algorithm>
#include <cstdint>
#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>
#include <functional>
#include <limits>

namespace troupe {

/// What a `least_tree` holds at each place: somebody, and their weight.
template <class T>
struct weighed {
  std::uint64_t weight = 0;
  T* who = nullptr;
};

namespace detail {

/// Keeps the least weight of each subtree, as pb_ds asks for it.
template <class ConstNode, class Node, class, class>
class least_below {
public:
  using metadata_type = std::uint64_t;

protected:
  void operator()(Node at, ConstNode end) {
    auto least = (*at)->second.weight;
    for (const auto below : {at.get_l_child(), at.get_r_child()})
      if (below != end)
        least = std::min(least, below.get_metadata());
    // How pb_ds wants it: its own policies do the same.
    const_cast<metadata_type&>(at.get_metadata()) = least;  // NOLINT
  }

  ~least_below() = default;
};

}  // namespace detail

template <class T>
class least_tree {
public:
  /// Weighs more than anything.
  static constexpr auto weight_max = std::numeric_limits<std::uint64_t>::max();

  /// @pre nobody is at `place`.
  void insert(std::uint64_t place, weighed<T> entry) {
    tree_.insert({place, entry});
  }

  /// @pre somebody is at `place`.
  void erase(std::uint64_t place) { tree_.erase(place); }

  bool empty() const { return tree_.empty(); }

  /// The least weight of all; `weight_max` if empty.
  std::uint64_t least() const {
    return empty() ? weight_max : tree_.node_begin().get_metadata();
  }

  /// The first in order that weighs at most `limit`; null if nobody does.
  T* first_within(std::uint64_t limit) const {
    if (empty() || least() > limit)
      return nullptr;
    const auto end = tree_.node_end();
    const auto is_below = [&](const auto& node) {
      return node != end && node.get_metadata() <= limit;
    };
    // Somebody below `at` is light enough; ends where that is `at` itself.
    for (auto at = tree_.node_begin();;) {
      if (const auto left = at.get_l_child(); is_below(left))
        at = left;
      else if ((*at)->second.weight <= limit)
        return (*at)->second.who;
      else
        at = at.get_r_child();
    }
  }

private:
  __gnu_pbds::tree<std::uint64_t, weighed<T>, std::less<>,
                   __gnu_pbds::rb_tree_tag, detail::least_below>
      tree_;
};

}  // namespace troupe
