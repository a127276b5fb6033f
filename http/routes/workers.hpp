// /api/admin/queues/{queue}/workers: how many workers of troupe's own carry out
// the jobs of a queue, and how many should.
//
//   GET                    {"queue","workers","busy","wanted","min","max",...}
//   POST {"count": 8}      the same, then; within min and max
//   POST {"count": 0}      as many as it takes again
//
// For operators only. A queue whose workers are outside has none here: 404.

#pragma once

#include "http/routes/exchange.hpp"
#include "http/routes/lane.hpp"
#include "http/service.hpp"

#include <chrono>
#include <string_view>

namespace troupe::http {

/// A pool answers in microseconds; one that is being replaced does not.
inline constexpr std::chrono::seconds pool_patience{2};

/// As lists of routes have it.
inline constexpr std::string_view workers_path =
    "/api/admin/queues/{queue}/workers";

/// Whether `path` is one of these.
bool is_workers_path(std::string_view path);

/// Answers the request and fills in what happened. @pre its path is one of
/// these.
task<> answer_workers(lane& l, request& req, responder& res,
                      exchange_record& record);

}  // namespace troupe::http
