// What is asked for with GET: jobs of a queue, and a job's stream.

#pragma once

#include "actors/job.hpp"
#include "http/message.hpp"
#include "http/wire/error_body.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace troupe::http::app_queue {

/// Jobs on one page.
inline constexpr std::uint32_t page_max = 1'000;

using query_read = std::variant<job_query, wire::door_error>;

/// The page that the query of `req` asks for.
query_read read_query(const request& req, const std::string& tenant);

/// The Link field that leads to the page from `next` on.
std::string link_to_next(const request& req, job_number next);

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
