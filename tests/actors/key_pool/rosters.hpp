// Rosters and standings, as tests of the key pool's parts need them.

#pragma once

#include "actors/key_pool/key_roster.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::testing {

/// The provider `acme`, whose line holds `calls` for `time`.
inline std::shared_ptr<config::provider_settings>
acme(std::uint32_t calls = 1000,
     std::chrono::milliseconds time = std::chrono::seconds{60}) {
  auto result = std::make_shared<config::provider_settings>();
  result->name = "acme";
  result->waiting = {.calls = calls, .time = time};
  return result;
}

/// Places `acme-1`, `acme-2`, ... with these duties.
inline std::shared_ptr<key_roster>
roster_of(std::vector<key_roster::duty> duties,
          std::shared_ptr<const config::provider_settings> provider = acme()) {
  auto result = std::make_shared<key_roster>();
  result->provider = std::move(provider);
  for (const auto on : duties) {
    const auto n = std::to_string(result->places.size() + 1);
    result->places.push_back({key_id{"acme-" + n}, {}, on});
  }
  return result;
}

/// That many places, which all lend.
inline std::shared_ptr<key_roster>
roster_of(std::size_t keys,
          std::shared_ptr<const config::provider_settings> provider = acme()) {
  return roster_of(std::vector<key_roster::duty>(keys, key_roster::duty::lends),
                   std::move(provider));
}

}  // namespace troupe::testing
