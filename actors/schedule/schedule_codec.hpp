// A schedule as it stands in NAME.schedules.
//
// JSON with short names; what has its default is left out, and what a later
// version adds is passed over. The data of its jobs is kept as a text, byte by
// byte as it came.

#pragma once

#include "actors/schedule/schedule.hpp"
#include "runtime/errc.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>

namespace troupe {

std::string record_of(const schedule_wish& wish,
                      const schedule_progress& progress);

/// Its number is the record's key. Errors: store_corrupt (what is wrong).
caf::expected<schedule_view> read_schedule(schedule_number number,
                                           std::string_view record);

}  // namespace troupe
