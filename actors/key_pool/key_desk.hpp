// Everything a key pool decides: which key a call is sent to, who waits, who is
// turned away, and when to look again.
//
//                 lend                 +--> ask a key ----> granted
//   router ---------------> a new call +--> the line  --+      |
//                              ^       +--> refused     |      |
//                     declined |       +--> postponed   |      |
//                              +---- ask a key <--------+      |
//                                        ^   a key has room    |
//                                        +---------------------+
//
// `key_ring` knows the keys and `waiting_line` the calls; this class brings
// them together, and hands out what is to be done as a list of `step`s. Its
// rules:
// - After every event the line is served as far as keys have room, and no
//   further: a call is sent only where it fits, so one slot that comes back
//   moves one call.
// - A new call comes after those in line that a key could serve and that are at
//   least as important.
// - Every call that came in leaves by exactly one step that is its last, or is
//   at a key, or in line.
//
// Limits: a call asked for more than `patience` ago counts as answered; its key
// has died, and the ticket has answered itself.

#pragma once

#include "actors/contracts.hpp"
#include "actors/key_pool/key_ring.hpp"
#include "actors/key_pool/waiting_line.hpp"

#include <boost/container/small_vector.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

namespace troupe {

/// How a stay in the line ended.
enum class wait_end : std::uint8_t {
  none,     ///< It did not: this call did not wait.
  asked,    ///< A key has room: the call was sent to it.
  overdue,  ///< Its time was over.
  shed,     ///< The line was full of calls more important.
  dead,     ///< The provider refuses every key.
  left,     ///< Nobody waited for it any more.
  count_,
};

/// Returns `none`, `asked`, `overdue`, ... for metric labels.
std::string_view name_of(wait_end w) noexcept;

class key_desk {
public:
  /// Neighbours answer in microseconds; one that has not by then has died.
  static constexpr std::chrono::milliseconds patience{1000};

  /// Something to be done with a call.
  struct step {
    enum class kind : std::uint8_t {
      ask,       ///< Send it to `key`.
      postpone,  ///< Give it back to the router: nothing before `at`.
      refuse,    ///< Answer it with `why`, and the time until `at`.
      forget,    ///< Nobody waits for it.
    };

    kind what = kind::forget;
    call_ticket ticket;
    key_index key = 0;
    errc why = errc::none;
    time_point at = time_point::max();
    wait_end ended = wait_end::none;  ///< The stay in line that ends with this.
    time_point waited_since{};        ///< When that began.
  };

  using steps = boost::container::small_vector<step, 2>;

  using randomness = std::mt19937_64;

  /// @pre `roster` and its provider are not null.
  explicit key_desk(roster_ptr roster);

  /// A call wants a key.
  steps lend(const call_ticket& ticket, time_point now, randomness& random);

  /// A key declined a call, and stands like this.
  steps decline(const call_ticket& ticket, const key_standing& standing,
                time_point now, randomness& random);

  /// A key said how it stands.
  steps stand(const key_standing& standing, time_point now, randomness& random);

  /// Other keys, or other duties, or other settings.
  steps adopt(roster_ptr roster, time_point now, randomness& random);

  /// Time went by.
  steps sweep(time_point now, randomness& random);

  /// When to `sweep` at the latest, if nothing happens before; nothing if
  /// nobody waits.
  std::optional<time_point> next_sweep(time_point now) const;

  std::size_t waiting() const { return line_.size(); }

  const key_ring& ring() const { return ring_; }

private:
  using place = waiting_line::place;

  /// A call at a key, which has not said what became of it.
  struct open_ask {
    const call* who;  // Only to be compared; it may be gone.
    std::uint64_t tokens;
    time_point since;
    waiting_line::place place;
  };

  /// What one event leads to, while it is being worked out.
  struct round {
    time_point now;
    randomness& random;
    steps done;
  };

  void offer(const call_ticket& ticket, const place& p, round& r);
  void turn_away(const call_ticket& ticket, const place& p,
                 const key_ring::choice& why, round& r);
  void join(const call_ticket& ticket, const place& p, round& r);
  void serve(round& r, std::uint8_t priority_min = 0);
  void ask_for_time(round& r);
  void answer_overdue(round& r);
  void answer_dead(round& r);
  void ask(const call_ticket& ticket, const place& p, key_index key, round& r);
  void ask(waiting_line::guest g, key_index key, round& r);
  void refuse(waiting_line::guest g, wait_end how, round& r);
  steps finish(round& r);

  std::optional<open_ask> take_ask(key_index key, const call* who);
  void forget_asks(time_point now);
  void forget_ask(key_index key);

  key_ring ring_;
  waiting_line line_;
  std::vector<std::deque<open_ask>> asks_;  // By key; the oldest first.
};

}  // namespace troupe
