// How many workers a queue should have.
//
//   more than `scale_up_above` wait, or one      one step more at every look
//   has waited for `scale_up_age`
//   fewer than `scale_down_below` wait, at       one less, and the count of
//   `calm_looks` looks in a row                  looks begins anew
//   anything between                             as many as there are
//
// A step is half of what there is: from 5 to 100 workers it takes eight looks,
// and a moment's crowd does not call for all of them. Down it goes slowly: a
// worker too many waits for nothing and costs nothing, one too few is felt.
//
// Somebody may say how many; then nothing of this counts until they say 0.
//
// Limits: always between `min` and `max`.

#pragma once

#include "actors/queue_contracts.hpp"
#include "config/queue_settings.hpp"

#include <cstdint>

namespace troupe {

/// Looks without a crowd before a worker is let go: with one a second, a lull
/// between two bursts of a busy minute lets nobody go.
inline constexpr std::uint32_t calm_looks = 15;

class pool_scaler {
public:
  /// Begins with `count` workers.
  explicit pool_scaler(const config::worker_settings& settings);

  /// Other settings from now on. What somebody said stays, within the bounds.
  void adopt(const config::worker_settings& settings);

  /// Takes a look at the queue. A paused one says nothing.
  void look(const queue_statistics& queue);

  /// Sets a number, within the bounds; 0: by itself again.
  void set(std::uint32_t count);

  std::uint32_t wanted() const { return wanted_; }

private:
  std::uint32_t within(std::uint32_t count) const;

  config::worker_settings settings_;
  std::uint32_t wanted_;
  std::uint32_t calm_ = 0;  // Looks in a row.
  bool by_hand_ = false;
};

}  // namespace troupe
