// The key pool's judgement: which key serves a call.
//
// The pool does not own the keys' truth, it remembers what they last said. The
// one rule: being wrong costs a detour, never a limit. A key that cannot serve
// after all declines, the ring is asked again without it, and after as many
// questions as there are keys the call has its answer.
//
// Among the usable keys that did not decline, those whose attempt for this call
// already failed come last. Of the rest two are drawn at random and the one
// with more headroom is taken, with fewer calls in flight on a tie: a pool that
// always took the best would send every call of a moment to the same key.
//
// Limits: keys are scanned linearly; pools hold tens of keys.

#pragma once

#include "actors/contracts.hpp"
#include "runtime/errc.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

class key_ring {
public:
  /// Keys count as usable until they say otherwise.
  explicit key_ring(std::size_t keys);

  /// A key said how it stands.
  void stand(const key_standing& standing);

  /// A call was sent to `key`; counts until that key is heard of again.
  void sent(key_index key);

  struct choice {
    /// `none`: ask `key`. `keys_cooling`: wait for `usable_at`. `keys_dead`.
    errc refusal = errc::none;
    key_index key = 0;
    time_point usable_at = time_point::max();
  };

  /// Picks the key for `c`; any `random` will do.
  choice pick(const call& c, time_point now, std::uint64_t random) const;

  /// How every key stands, in order.
  const std::vector<key_standing>& standings() const { return keys_; }

private:
  choice refuse(const call& c) const;

  std::vector<key_standing> keys_;
};

/// Whether a key that stands like this is worth asking at `now`.
bool is_usable(const key_standing& s, time_point now) noexcept;

}  // namespace troupe
