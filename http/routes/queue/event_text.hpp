// A job's stream as server-sent events, or as a page of JSON.
//
// Follows the WHATWG rules: the id of each event is what a client that comes
// back says in Last-Event-ID. Data is JSON; where it has line ends, which JSON
// may between its parts, it becomes several data lines.

#pragma once

#include "actors/job.hpp"

#include <string>
#include <string_view>

namespace troupe::http::app_queue {

/// First in a stream: how long a browser waits before it comes back.
inline constexpr std::string_view stream_opening = "retry: 1000\n\n";

/// Says in a silence that the connection lives.
inline constexpr std::string_view stream_heartbeat = ":\n\n";

void append_event(std::string& out, const job_event& e);

/// `{"events":[{"id","event","data"}],"last":n,"ended":...}`; `after` is where
/// the asker was.
std::string print_events(const job_events& page, std::uint64_t after);

}  // namespace troupe::http::app_queue
