// Calls that no key can serve now, in the order in which they will be served.
//
//   priority 10:  client a: 3 7 9    client b: 4      <- clients take turns,
//   priority  5:  client a: 1 2      client c: 5 6 8     each first come first
//
// Larger priorities go first. Within one, clients take turns, so that one who
// sends a thousand calls does not stand in the way of one who sends two; within
// one client, who came first goes first. A call that a key declined after all
// comes back to its old place, and its client to its old turn.
//
// The one rule: who can be served is not kept waiting by who cannot. A key with
// room for 100 tokens is given the first call that needs no more than that.
//
// It has two edges. It holds `calls_max` calls: when full, the newest call of
// the least priority goes, which may be the one that wants to join. And every
// guest names the moment until which it waits. Calls whose asker has left are
// dropped when they are met, and every arrival looks at a few more, so that a
// line of the gone does not turn away the living.
//
// Every operation takes O(log n), n the calls in line.

#pragma once

#include "actors/contracts.hpp"
#include "actors/key_pool/least_tree.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// What a call takes from a limit of tokens: even an empty one, something.
inline std::uint64_t size_of(const call& c) noexcept {
  return c.tokens_estimated > 0 ? c.tokens_estimated : 1;
}

class waiting_line {
public:
  /// Where a call stands, or stood and will again.
  struct place {
    std::uint64_t number = 0;  ///< From `arrive`; orders one client's calls.
    std::uint64_t turn = 0;    ///< Of its client when it was taken; 0 = none.
    time_point since{};        ///< When it first came.
    time_point until{};        ///< Waits no longer than that.
  };

  struct guest {
    call_ticket ticket;
    waiting_line::place place;
    time_point joined{};  ///< When it last joined.
  };

  explicit waiting_line(std::size_t calls_max) : calls_max_(calls_max) {}

  /// Another bound; those already in line stay.
  void resize(std::size_t calls_max) { calls_max_ = calls_max; }

  /// A number for a call that arrives now, whether or not it will join.
  std::uint64_t arrive() { return ++numbers_; }

  /// Stands in line. Returns who had to go for it (perhaps itself) if the line
  /// was full. @pre its number is from `arrive`, and not in line.
  std::optional<guest> join(guest g);

  /// Takes out the first guest that needs at most `tokens` and has at least
  /// this priority.
  std::optional<guest> take(std::uint64_t tokens,
                            std::uint8_t priority_min = 0);

  /// Takes out somebody whose time is over.
  std::optional<guest> take_overdue(time_point now);

  /// Takes out anybody.
  std::optional<guest> take_any();

  /// Those who were met and turned out to be gone, since it was last asked.
  std::vector<guest> left() { return std::exchange(left_, {}); }

  /// When the next guest's time is over.
  std::optional<time_point> next_overdue() const;

  /// The tokens of the smallest call in line; the largest number if empty.
  std::uint64_t smallest() const;

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

private:
  /// The order of importance: a larger priority, then an earlier arrival.
  struct rank {
    std::uint8_t priority = 0;
    std::uint64_t number = 0;

    friend std::strong_ordering operator<=>(const rank& a, const rank& b) {
      if (const auto order = b.priority <=> a.priority; order != 0)
        return order;
      return a.number <=> b.number;
    }
    friend bool operator==(const rank&, const rank&) = default;
  };

  struct entry;

  /// One client's calls of one priority.
  struct lane {
    const std::string* client = nullptr;
    std::uint64_t turn = 0;
    least_tree<entry> calls;  // By number.
  };

  struct entry {
    guest who;
    troupe::waiting_line::rank rank;
    std::uint64_t tokens = 0;
    waiting_line::lane* lane = nullptr;
  };

  /// All clients with calls of one priority.
  struct floor {
    std::unordered_map<std::string, lane> lanes;
    least_tree<lane> turns;  // By turn.
  };

  enum class client_turn : std::uint8_t { kept, spent };

  void insert(guest g, rank at);
  guest remove(entry& e, client_turn after);
  void seat(floor& f, lane& l, std::uint64_t turn);
  void look_for_left();
  std::optional<guest> remove_awaited(entry& e, client_turn after);

  std::size_t calls_max_;
  std::uint64_t numbers_ = 0;
  std::uint64_t turns_ = 0;
  std::array<floor, priority_max + 1> floors_;
  std::map<rank, entry> entries_;
  std::set<std::pair<time_point, rank>> overdue_;
  rank looked_at_;  // Where `look_for_left` goes on.
  std::vector<guest> left_;
};

}  // namespace troupe
