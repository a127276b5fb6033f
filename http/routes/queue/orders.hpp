// What operators say to a queue: the bodies of POST .../pause and the others.

#pragma once

#include "actors/job.hpp"
#include "http/wire/error_body.hpp"

#include <cstddef>
#include <string>
#include <variant>

namespace troupe::http::app_queue {

/// Letters in one `ids`.
inline constexpr std::size_t order_ids_max = 10'000;

using order_read = std::variant<queue_order, wire::door_error>;

/// Grows the capacity of `body`.
order_read read_order(queue_verb verb, std::string& body,
                      const std::string& tenant);

}  // namespace troupe::http::app_queue
