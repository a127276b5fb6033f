// What is asked for with GET: jobs of a queue, a job's children and its stream,
// schedules.
//
// Pages are short and each says where the next one begins, as a number that
// means nothing to the client; nothing is kept between them.

#pragma once

#include "actors/flow.hpp"
#include "actors/job.hpp"
#include "actors/schedule/schedule.hpp"
#include "http/message.hpp"
#include "http/wire/error_body.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace troupe::http::app_queue {

/// Jobs on one page.
inline constexpr std::uint32_t page_max = 1'000;

using query_read = std::variant<job_query, wire::door_error>;

/// The page that the query of `req` asks for.
query_read read_query(const request& req, const std::string& tenant);

using children_read = std::variant<children_query, wire::door_error>;

/// The page of the children of `id` that the query of `req` asks for.
children_read read_children(const request& req, const std::string& id,
                            const std::string& tenant);

using schedules_read = std::variant<schedule_query, wire::door_error>;

/// The page of schedules that the query of `req` asks for.
schedules_read read_schedules(const request& req, const std::string& tenant);

/// The Link field that leads to the page from `next` on, which the parameter
/// `name` says.
std::string link_to_next(const request& req, std::uint64_t next,
                         std::string_view name = "after");

/// How somebody wants a job's stream.
struct stream_wish {
  events_wish events;
  bool as_page = false;  ///< As JSON, once; else as server-sent events.
};

using stream_read = std::variant<stream_wish, wire::door_error>;

/// `Last-Event-ID` wins over the query: a browser that comes back sends both.
stream_read read_stream(const request& req, const std::string& id,
                        const std::string& tenant);

}  // namespace troupe::http::app_queue
