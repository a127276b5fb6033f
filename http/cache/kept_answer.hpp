// Gives an answer from the cache, whole or as the stream that the client asked
// for.

#pragma once

#include "actors/contracts.hpp"
#include "http/cache/cache_use.hpp"
#include "http/cache/flight.hpp"
#include "http/message.hpp"
#include "http/service.hpp"
#include "http/wire/endpoint.hpp"

#include <optional>
#include <string>

namespace troupe::http {

/// An answer, ready to be given.
struct kept_answer {
  header_list headers;
  std::string body;
  bool streams = false;
};

/// What `found` is for a client of `e` who asked for that shape; nothing if the
/// entry is broken, which then counts as a miss.
std::optional<kept_answer> answer_from(const cache_finding& found,
                                       wire::endpoint e,
                                       const flight_shape& shape,
                                       cache_use how = cache_use::hit);

/// Gives it.
task<> give(responder& res, const kept_answer& answer);

}  // namespace troupe::http
