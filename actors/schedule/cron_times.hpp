// When a cron pattern comes up in a time zone, also on the days when clocks are
// put forward or back.
//
// A pattern that names each hour (`*/10 * * * *`) goes by the clock on the
// wall: what the clock leaves out does not come up, what it shows twice comes
// up twice; so its times stay evenly apart. Any other pattern names times of
// the day, and each comes up once:
//
//   put forward   the times left out come up, as one, when the clock has jumped
//   put back      a time shown twice comes up when it is shown first
//
// cron (cronie) does the same for jobs that run less than hourly, but tells
// them by whether a field begins with `*` and looks at no more than three
// hours. The first rule is also systemd's, the second one systemd's and
// cronie's.

#pragma once

#include "actors/schedule/cron.hpp"
#include "actors/schedule/time_zone.hpp"

#include <optional>

namespace troupe {

/// The first time after `t` at which the pattern comes up, if there is one.
std::optional<sys_seconds> next_after(const cron_pattern& pattern,
                                      const time_zone& zone, sys_seconds t);

}  // namespace troupe
