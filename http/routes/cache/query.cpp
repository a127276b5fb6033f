#include "http/routes/cache/query.hpp"

#include <algorithm>

namespace troupe::http::app_cache {

std::string_view take_pair(std::string_view& query) {
  const auto end = std::min(query.find('&'), query.size());
  const auto pair = query.substr(0, end);
  query.remove_prefix(std::min(end + 1, query.size()));
  return pair;
}

wire::door_error unknown_parameter(std::string_view name) {
  return invalid(name, "The query parameter '" + std::string{name}
                           + "' means nothing here.");
}

wire::door_error badly_encoded(std::string_view pair) {
  return invalid(pair.substr(0, pair.find('=')),
                 "The query is not properly percent-encoded.");
}

std::optional<bool> read_bool(std::string_view text) {
  if (text == "true")
    return true;
  if (text == "false")
    return false;
  return std::nullopt;
}

}  // namespace troupe::http::app_cache
