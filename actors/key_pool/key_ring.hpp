// The key pool's judgement: which key serves a call.
//
// The pool does not own the keys' truth, it remembers what they last said, less
// what it has sent them since. The one rule: being wrong costs a detour, never
// a limit. A key that cannot serve after all declines, the ring is asked again
// without it, and after as many questions as there are keys the call has its
// answer.
//
// The choice, among keys that lend and did not decline, of those with room:
// keys whose attempt for this call failed come last. A conversation goes to its
// own key, which rendezvous hashing names among all keys that lend, unless that
// has failed it or has less than `sticky_reserve` of its limits left. Of the
// rest two are drawn at random and the one with the better `score` is taken; a
// pool that always took the best would send every call of a moment to the same
// key.
//
// Only a key itself knows when it will have room for a call of this size. If no
// other can serve, a key that is usable but short is asked too, once: its
// refusal names that moment, and it is not asked again for such a size before.
//
// Limits: keys are scanned linearly; pools hold tens of keys.

#pragma once

#include "actors/contracts.hpp"
#include "actors/key_pool/key_roster.hpp"
#include "runtime/errc.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace troupe {

class key_ring {
public:
  /// A conversation leaves its key when less than this part of any of the key's
  /// limits is free: the last tenth is for calls that have nowhere else to go.
  static constexpr double sticky_reserve = 0.10;
  /// First bytes that come sooner than this count as equally fast: so small a
  /// difference is the network's mood.
  static constexpr std::chrono::milliseconds latency_floor{50};
  /// When to come back to keys of which nobody knows when they recover. Most
  /// calls that are under way end in seconds.
  static constexpr std::chrono::milliseconds turnover{1000};
  /// A key that declined against its own word is left alone for so long.
  static constexpr std::chrono::milliseconds recheck_min{1};

  /// Keys count as usable until they say otherwise. @pre `roster` is not null.
  explicit key_ring(roster_ptr roster) { adopt(std::move(roster)); }

  /// Other places; who stays is remembered. @pre `roster` is not null.
  void adopt(roster_ptr roster);

  /// A key said how it stands. Places nobody knows yet are ignored.
  void stand(const key_standing& standing);

  /// A call was sent to `key`. Counts against its room until it is `answered`.
  void sent(key_index key, std::uint64_t tokens, time_point now);

  /// The answer to a call that was `sent` is in, or is not to be expected.
  void answered(key_index key, std::uint64_t tokens);

  /// `key` declined `c`, after it said how it stands.
  void declined(key_index key, const call& c, time_point now);

  struct choice {
    /// `none`: ask `key`. `keys_cooling`: wait for `usable_at`. `keys_dead`.
    errc refusal = errc::none;
    key_index key = 0;
    time_point usable_at = time_point::max();
  };

  /// Picks the key for `c`; any `random` will do.
  choice pick(const call& c, time_point now, std::uint64_t random) const;

  /// What a call hears that no key can take.
  choice refusal(const call& c, time_point now) const;

  /// The tokens of the largest call that a key takes now; 0 if none takes any.
  std::uint64_t room(time_point now) const;

  /// A usable key that would have to be asked when it has room for `tokens`.
  std::optional<key_index> unknown(std::uint64_t tokens, time_point now) const;

  /// When a usable key has more room than it said, if nothing happens before.
  std::optional<time_point> next_room(time_point now) const;

  /// Whether there are keys that lend, and their provider refuses them all.
  bool is_dead() const;

  /// How every key stands, in order.
  const std::vector<key_standing>& standings() const { return standings_; }

  const key_roster& roster() const { return *roster_; }

private:
  /// What the ring knows of a key beside its standing.
  struct memory {
    std::uint64_t name_hash = 0;
    std::uint32_t calls_sent = 0;  ///< And not answered yet.
    std::uint64_t tokens_sent = 0;
    /// The size that was declined, and when such a call fits.
    std::uint64_t short_of = 0;
    std::optional<time_point> fits_at;
  };

  enum class fit : std::uint8_t { no, unsure, sure };

  bool lends(key_index i) const;
  fit fit_of(key_index i, std::uint64_t tokens, time_point now) const;
  std::uint64_t tokens_room(key_index i, time_point now) const;
  bool has_call_room(key_index i) const;
  std::optional<key_index> own_key(std::uint64_t affinity) const;
  time_point recovery(key_index i, const call& c, time_point now) const;

  roster_ptr roster_;
  std::vector<key_standing> standings_;
  std::vector<memory> memories_;
};

/// Whether a key that stands like this is worth asking at `now`.
bool is_usable(const key_standing& s, time_point now) noexcept;

/// How good a key is, larger being better:
///
///   headroom * fastest / first_byte
///
/// so that a key which takes twice as long must have twice the room to be equal
/// to the fastest: it may be used, for its limits are worth something, but it
/// does not get half of the traffic. Both times are at least `latency_floor`;
/// an unknown `first_byte` (0) counts as the fastest, so that it is found out.
double score(const key_standing& s, std::chrono::milliseconds fastest) noexcept;

}  // namespace troupe
