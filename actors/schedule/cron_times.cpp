#include "actors/schedule/cron_times.hpp"

#include <algorithm>
#include <chrono>

namespace troupe {

namespace {

using std::chrono::seconds;

local_seconds local_of(sys_seconds t, seconds offset) {
  return local_seconds{t.time_since_epoch() + offset};
}

sys_seconds sys_of(local_seconds t, seconds offset) {
  return sys_seconds{t.time_since_epoch() - offset};
}

// The last local time that clocks had shown, or left out, when this stretch
// began.
local_seconds shown_before(const time_zone& zone, const zone_stretch& now) {
  if (now.begin == sys_seconds::min())
    return local_seconds::min();
  const auto before = zone.at(now.begin - seconds{1});
  return local_of(now.begin, std::max(before.offset, now.offset)) - seconds{1};
}

}  // namespace

std::optional<sys_seconds> next_after(const cron_pattern& pattern,
                                      const time_zone& zone, sys_seconds t) {
  const bool by_the_wall = pattern.names_every_hour();
  auto stretch = zone.at(t);
  auto after = local_of(t, stretch.offset);
  for (;;) {
    if (!by_the_wall)
      after = std::max(after, shown_before(zone, stretch));
    const auto next = pattern.next_after(after);
    if (!next)
      return std::nullopt;
    if (stretch.end == sys_seconds::max()
        || *next < local_of(stretch.end, stretch.offset))
      return sys_of(*next, stretch.offset);
    const auto following = zone.at(stretch.end);
    const auto begin = local_of(stretch.end, following.offset);
    if (!by_the_wall && *next < begin)
      return stretch.end;  // Left out.
    after = begin - seconds{1};
    stretch = following;
  }
}

}  // namespace troupe
