// Where the program stands between its start and its end.
//
//   starting --> ready --> stopping --> (exit)
//
// One cell, written by main, read by whoever must know: readiness probes, and
// doors that should let nobody in any more.

#pragma once

#include <atomic>
#include <cstdint>

namespace troupe {

enum class phase : std::uint8_t { starting, ready, stopping };

class lifecycle {
public:
  phase now() const noexcept { return phase_.load(std::memory_order_acquire); }
  void enter(phase p) noexcept { phase_.store(p, std::memory_order_release); }
  bool ready() const noexcept { return now() == phase::ready; }

private:
  std::atomic<phase> phase_{phase::starting};
};

}  // namespace troupe
