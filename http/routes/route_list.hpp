// Every endpoint of the gateway, from all its tables.
//
// For those who tell of endpoints and must not forget one: GET / and a test of
// the OpenAPI document. Whoever answers a request goes by the tables
// themselves.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::http {

struct listed_route {
  std::string_view method;
  std::string path;  ///< With `{names}` where a request has values.

  friend auto operator<=>(const listed_route&, const listed_route&) = default;
};

using route_list = std::vector<listed_route>;

/// Those of the wires. HEAD, which every GET takes too, is in none of these.
route_list model_routes();

/// /api/queues.
route_list queue_routes();

/// /api/cache.
route_list cache_routes();

/// All there are, in order, each once.
route_list all_routes();

}  // namespace troupe::http
