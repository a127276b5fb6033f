#include "actors/queue/backoff.hpp"

#include <algorithm>
#include <cstddef>

namespace troupe {

namespace {

/// delay * 2^doublings, but at most `max`.
std::uint64_t doubled(std::uint64_t delay, std::uint32_t doublings,
                      std::uint64_t max) noexcept {
  if (delay == 0)
    return 0;
  return doublings >= 64 || delay > (max >> doublings) ? max
                                                       : delay << doublings;
}

std::uint64_t length_of(const job_backoff& b, std::uint32_t failures) noexcept {
  const auto before = failures > 0 ? failures - 1 : 0;
  switch (b.kind) {
  case backoff_kind::exponential:
    return doubled(b.delay_ms, before, b.delay_max_ms);
  case backoff_kind::custom:
    if (!b.delays_ms.empty())
      return b.delays_ms[std::min<std::size_t>(before, b.delays_ms.size() - 1)];
    break;
  default:
    break;
  }
  return b.delay_ms;
}

}  // namespace

std::uint64_t pause_after(const job_backoff& b, std::uint32_t failures,
                          double draw) noexcept {
  const auto jitter = b.jitter > 0 ? std::min(b.jitter, 1.0) : 0.0;
  const auto ms = static_cast<double>(length_of(b, failures))
                  * (1 - jitter + 2 * jitter * std::clamp(draw, 0.0, 1.0));
  return ms >= static_cast<double>(b.delay_max_ms)
             ? b.delay_max_ms
             : static_cast<std::uint64_t>(ms + 0.5);
}

job_backoff backoff_of(const config::job_pause_settings& s) {
  const auto ms = [](std::chrono::milliseconds d) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, d.count()));
  };
  job_backoff b;
  switch (s.kind) {
  case config::pause_kind::exponential:
    b.kind = backoff_kind::exponential;
    break;
  case config::pause_kind::fixed:
    b.kind = backoff_kind::fixed;
    break;
  case config::pause_kind::custom:
    b.kind = backoff_kind::custom;
    break;
  }
  b.delay_ms = ms(s.delay);
  b.delay_max_ms = ms(s.delay_max);
  b.jitter = s.jitter;
  for (const auto d : s.delays)
    b.delays_ms.push_back(ms(d));
  return b;
}

}  // namespace troupe
