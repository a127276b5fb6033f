// What jobs, queues, groups and events may be called.
//
// A client's own id of a job appears in paths, logs and headers: letters,
// digits and `_.:@-`. It is not digits only, for those are the numbers that
// jobs without an id are called by; nor does it begin as those do that queues
// make for children (`flow:`) and for what comes by schedule (`schedule:`): a
// job under such a name would stand in for the one that belongs there.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::app_queue {

inline constexpr std::size_t id_size_max = 128;

/// Longest id that a queue makes itself: that of a child, bytes. "flow:", its
/// queue (64), a number (20), and ten generations of an index below 1,000.
inline constexpr std::size_t known_id_size_max = 5 + 64 + 1 + 20 + 10 * 4;

inline constexpr std::size_t event_size_max = 64;

/// Why `id` may not be a client's own, as the end of a sentence; empty if it
/// may.
std::string fault_of_own_id(std::string_view id);

/// Why `name` may not be an event's; likewise.
std::string fault_of_event_name(std::string_view name);

/// The id in a path, decoded. Nothing if no job can be called so.
std::optional<std::string> id_in_path(std::string_view encoded);

}  // namespace troupe::http::app_queue
