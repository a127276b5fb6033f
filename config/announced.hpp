// Names of the configuration contract that this version does not know yet.
//
// They are refused like every unknown key, because a setting that is silently
// not obeyed is worse than one that is refused; only the message is kinder. A
// name leaves this list when its part is built and gets its knobs.

#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe::config {

/// Paths in the form of knobs' paths.
inline constexpr std::array<std::string_view, 7> announced{
    "rate_limits",
    "websocket",
    "sessions",
    "cluster",
    "monitoring.alerts",
    "auth.clients[].limits",
    "auth.clients[].budget",
};

/// True if a later version will know the section at `path`.
constexpr bool is_announced(std::string_view path) noexcept {
  return std::ranges::find(announced, path) != announced.end();
}

}  // namespace troupe::config
