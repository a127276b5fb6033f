// Schedules as JSON.
//
// Of the schedule itself each field is there, null where it says nothing. Of
// the job it brings only what was said: the rest is the queue's to say when it
// comes. Taken without `id`, `queue`, `tenant` and where it stands, all of it
// can be sent back.

#pragma once

#include "actors/schedule/schedule.hpp"

#include <string>
#include <string_view>

namespace troupe::http::app_queue {

std::string print_schedule(const schedule_view& schedule,
                           std::string_view queue);

/// `{"schedules":[...],"next":...}`
std::string print_schedules(const schedule_page& page, std::string_view queue);

}  // namespace troupe::http::app_queue
