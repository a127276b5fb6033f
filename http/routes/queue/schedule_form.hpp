// A schedule as clients write it: the body of PUT .../schedules/{id}.
//
// Here only the shape is read. Whether the pattern, the zone and the bounds
// make sense is the queue's to say, and is told as a fault of the field it is
// about (`refusal_of`).
//
// What may be absent may be null too, so that what GET shows can be changed
// and sent back. Times are milliseconds since 1970, or text as ISO 8601 has it,
// with `Z` or an offset.

#pragma once

#include "actors/schedule/schedule.hpp"
#include "http/routes/queue/job_form.hpp"
#include "http/wire/error_body.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace troupe::http::app_queue {

using schedule_read = std::variant<schedule_order, wire::door_error>;

/// The schedule `id` as `body` wants it. Grows the capacity of `body`.
schedule_read read_schedule(std::string& body, const std::string& id,
                            const job_scene& scene);

/// The order that removes `id`.
schedule_order removal_of_schedule(const std::string& id,
                                   const std::string& tenant);

/// A time like `2026-11-01T09:00:00Z` or `...T09:00:00.5+01:00`, to the
/// millisecond. Nothing for other texts, and for times no schedule has.
std::optional<job_time> time_in(std::string_view text);

/// The 400 for what the queue found wrong.
wire::door_error refusal_of(const schedule_fault& fault);

}  // namespace troupe::http::app_queue
