// How well the node is, part by part.

#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// From best to worst. The whole is as well as its worst part.
enum class health : std::uint8_t { healthy, degraded, unhealthy, critical };

/// Returns `healthy`, `degraded`, `unhealthy` or `critical`.
constexpr std::string_view name_of(health h) noexcept {
  switch (h) {
  case health::healthy:
    return "healthy";
  case health::degraded:
    return "degraded";
  case health::unhealthy:
    return "unhealthy";
  case health::critical:
    return "critical";
  }
  return "unrecognized";
}

struct health_check {
  std::string component;
  health status = health::healthy;
  std::string message;  ///< A sentence; says what to do unless healthy.
  std::map<std::string, std::string> details;
};

struct health_report {
  std::vector<health_check> checks;
  /// When it was made; milliseconds since 1970.
  std::int64_t timestamp_ms = 0;

  health overall() const {
    auto worst = health::healthy;
    for (const auto& c : checks)
      worst = std::max(worst, c.status);
    return worst;
  }
};

}  // namespace troupe
