// Who is due next, of many that are known by their slots.
//
// A binary heap that knows where each slot stands in it, so that a slot's time
// can be changed or taken out in O(log n), and nothing that is past is ever
// searched for.

#pragma once

#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace troupe {

class due_heap {
public:
  using slot = std::uint32_t;
  using time_point = std::chrono::steady_clock::time_point;

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }

  /// @pre not empty.
  time_point next_at() const { return heap_.front().at; }
  slot next() const { return heap_.front().who; }

  bool contains(slot s) const {
    return s < places_.size() && places_[s] != nowhere;
  }

  /// When `s` is due. @pre it is in here.
  time_point at(slot s) const { return heap_[places_[s]].at; }

  /// `s` is due at this time, whatever was said before.
  void set(slot s, time_point at) {
    if (s >= places_.size())
      places_.resize(std::size_t{s} + 1, nowhere);
    if (places_[s] == nowhere) {
      places_[s] = static_cast<place>(heap_.size());
      heap_.push_back({at, s});
    } else {
      heap_[places_[s]].at = at;
    }
    settle(places_[s]);
  }

  /// @pre it is in here.
  void erase(slot s) {
    assert(contains(s));
    const auto hole = places_[s];
    const auto last = static_cast<place>(heap_.size() - 1);
    if (hole != last)
      swap(hole, last);
    heap_.pop_back();
    places_[s] = nowhere;
    if (hole != last)
      settle(hole);
  }

private:
  using place = std::uint32_t;

  static constexpr place nowhere = std::numeric_limits<place>::max();

  struct due {
    time_point at;
    slot who = 0;
  };

  void swap(place a, place b) {
    std::swap(heap_[a], heap_[b]);
    places_[heap_[a].who] = a;
    places_[heap_[b].who] = b;
  }

  // Up or down, whichever way order is broken.
  void settle(place p) {
    for (; p > 0 && heap_[p].at < heap_[(p - 1) / 2].at; p = (p - 1) / 2)
      swap(p, (p - 1) / 2);
    for (;;) {
      auto child = 2 * p + 1;
      if (child >= heap_.size())
        return;
      if (child + 1 < heap_.size() && heap_[child + 1].at < heap_[child].at)
        ++child;
      if (heap_[p].at <= heap_[child].at)
        return;
      swap(p, child);
      p = child;
    }
  }

  std::vector<due> heap_;
  std::vector<place> places_;  // By slot.
};

}  // namespace troupe
