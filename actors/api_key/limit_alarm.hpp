// Which limits of a key are being used up: who must be told, and when once is
// enough.
//
//   use  ^        95 % ............x.....
//        |   85 % .....x........../..\...   x = told
//        |   70 % ..x.../\_.____./....\..
//        +---------------------------------> time
//
// The one rule: each level is told when use rises over it, once. It is told
// again only after use has fallen clearly below, so that use which dances on a
// level tells it once and not at every step.
//
// Calls in flight are no such limit: a full house is how a busy key looks, and
// says nothing of what is left of a quota.

#pragma once

#include "actors/api_key/key_limit.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace troupe {

class limit_alarm {
public:
  /// How far use must fall below a level before that is told again: a part of
  /// the limit, and a third of the distance between the usual levels.
  static constexpr double hysteresis = 0.05;

  /// Takes notice of what is used of a limit. Returns the highest level that
  /// must be told now. @pre `levels` rise from one to the next.
  std::optional<double> watch(key_limit limit, double used,
                              std::span<const double> levels);

private:
  /// How many levels, from below, were told and not left since.
  std::array<std::size_t, key_limit_count> told_{};
};

}  // namespace troupe
