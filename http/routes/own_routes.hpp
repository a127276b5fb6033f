// troupe's own endpoints that answer from what is at hand: the table.

#pragma once

#include "http/routes/monitoring.hpp"
#include "http/routes/openapi.hpp"

#include <array>
#include <string_view>

namespace troupe::http {

struct own_route {
  std::string_view method;
  std::string_view path;
  std::string_view name;
  answer (monitoring::*make)(const request&) const;
};

inline constexpr std::array own_routes{
    own_route{"GET", "/", "index", &monitoring::index},
    own_route{"GET", openapi_path, "openapi", &monitoring::openapi},
    own_route{"GET", "/healthz", "healthz", &monitoring::healthz},
    own_route{"GET", "/readyz", "readyz", &monitoring::readyz},
    own_route{"GET", "/metrics", "metrics", &monitoring::metrics},
    own_route{"GET", "/api/health", "api_health", &monitoring::healthz},
    own_route{"GET", "/api/monitoring/health", "monitoring_health",
              &monitoring::health},
    own_route{"GET", "/api/monitoring/metrics", "monitoring_metrics",
              &monitoring::metrics},
};

}  // namespace troupe::http
