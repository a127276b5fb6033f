// Lists whose members are slots: small numbers that stand for something else.
//
// One table of links serves any number of lists, each of which is two numbers.
// A slot is in one of them at a time. Everything is O(1), nothing allocates but
// the table when a slot is larger than all before.

#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace troupe {

/// The ends of one list.
struct slot_list {
  using slot = std::uint32_t;

  static constexpr slot none = std::numeric_limits<slot>::max();

  slot front = none;
  slot back = none;

  bool empty() const { return front == none; }
};

/// The links between their members.
class slot_lists {
public:
  using slot = slot_list::slot;

  void reserve(std::size_t slots) { links_.reserve(slots); }

  /// @pre `s` is in no list.
  void push_front(slot_list& in, slot s) {
    make_room(s);
    links_[s] = {slot_list::none, in.front};
    (in.front == slot_list::none ? in.back : links_[in.front].before) = s;
    in.front = s;
  }

  /// @pre `s` is in no list.
  void push_back(slot_list& in, slot s) {
    make_room(s);
    links_[s] = {in.back, slot_list::none};
    (in.back == slot_list::none ? in.front : links_[in.back].after) = s;
    in.back = s;
  }

  /// @pre `s` is in `from`.
  void erase(slot_list& from, slot s) {
    const auto [before, after] = links_[s];
    (before == slot_list::none ? from.front : links_[before].after) = after;
    (after == slot_list::none ? from.back : links_[after].before) = before;
  }

  /// @pre `s` is in `in`.
  void move_to_front(slot_list& in, slot s) {
    if (in.front == s)
      return;
    erase(in, s);
    push_front(in, s);
  }

  /// Who comes after; `none` for the last. @pre `s` is in a list.
  slot after(slot s) const { return links_[s].after; }

private:
  struct link {
    slot before = slot_list::none;
    slot after = slot_list::none;
  };

  void make_room(slot s) {
    assert(s != slot_list::none);
    if (s >= links_.size())
      links_.resize(std::size_t{s} + 1);
  }

  std::vector<link> links_;
};

}  // namespace troupe
