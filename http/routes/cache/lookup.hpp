// GET /api/cache/{key}: what is asked, and how an answer's head tells what was
// found.
//
// A brain: values in, values out. Query, all of it optional:
//
//   lease=10s    on a miss, I want to compute it, and take this long at most
//   wait=5s      while another one computes it, I wait this long
//   stale=true   while another one computes it, an entry past its time will do
//
// Times are seconds, or durations with a unit.

#pragma once

#include "actors/cached.hpp"
#include "http/message.hpp"
#include "http/routes/cache/query.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace troupe::http::app_cache {

/// Where the caller's lease is: in answers, and in the change that ends it.
inline constexpr std::string_view lease_field = "x-troupe-cache-lease";

/// The key of a path, decoded; or why it may not be one.
std::variant<std::string, wire::door_error> read_key(std::string_view encoded);

/// Reads what `req` asks of `key`.
std::variant<cache_question, wire::door_error> read_lookup(const request& req,
                                                           cache_key key);

/// The head of an answer that has an entry: ETag, Age, Cache-Control, what kind
/// of hit it is and, unless it is a 304, its type.
/// @pre `found` is fresh or stale
header_list head_of(const cache_finding& found, unsigned status);

/// 200 with the entry, or 304 if the caller has it already.
/// @pre `found` is fresh or stale
unsigned status_of(const request& req, const cache_finding& found);

/// Why there is no entry, and the head that goes with it.
/// @pre `found` is neither fresh nor stale
wire::door_error absence_of(const cache_finding& found);
header_list absence_head_of(const cache_finding& found);

/// The body of an absence that gave the caller a lease of `lead_ms`.
std::string lease_body(wire::door_error why, std::uint64_t token,
                       std::uint64_t lead_ms);

}  // namespace troupe::http::app_cache
