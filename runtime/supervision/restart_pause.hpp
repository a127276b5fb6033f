// How long to wait before a dead child is started again.
//
// Most deaths come alone, and then every moment without the child is lost: the
// first restart is immediate. A second death soon after the first says that
// the cause is still there, so the pause starts and doubles.
//
//   restart   1   2        3        4        5        ...  7 and later
//   pause     0   100 ms   200 ms   400 ms   800 ms        3 s (2^5 x 100 ms
//                                                          would be 3.2 s)

#pragma once

#include <chrono>
#include <cstdint>

namespace troupe {

/// The first pause that is one: what a restart of something outside takes.
inline constexpr std::chrono::milliseconds restart_pause_first{100};

/// No pause is longer: callers' patience is not.
inline constexpr std::chrono::milliseconds restart_pause_max{3000};

/// Returns the pause before the `nth` restart of one window; the first is 1.
constexpr std::chrono::milliseconds restart_pause(std::uint32_t nth) {
  if (nth <= 1)
    return std::chrono::milliseconds{0};
  auto pause = restart_pause_first;
  for (std::uint32_t i = 2; i < nth && pause < restart_pause_max; ++i)
    pause *= 2;
  return pause < restart_pause_max ? pause : restart_pause_max;
}

}  // namespace troupe
