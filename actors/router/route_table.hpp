// Which provider serves a model, and what it calls it.
//
// A model named in the configuration goes where the configuration says. Any
// other name goes, unchanged, to the first provider that speaks the client's
// own protocol: providers add models faster than operators edit files.
//
// The one rule: bytes pass between equal protocols only. A configured model
// whose target speaks another one is unknown to this client, and the error
// says why.
//
// Targets are kept in the order in which they are to be tried, by priority.
// The first one serves; strategies over several read the same list.

#pragma once

#include "actors/contracts.hpp"
#include "config/settings.hpp"

#include <caf/expected.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

class route_table {
public:
  /// Where a call can go.
  struct target {
    std::uint32_t provider = 0;  ///< Index in `settings::providers`.
    config::protocol protocol = config::protocol::openai;
    std::string model;  ///< Empty: as the client named it.
  };

  /// @pre targets name configured providers.
  explicit route_table(const config::settings& settings);

  /// The target for `model` asked for in `protocol`; valid as long as the
  /// table. Errors: unknown_model (the model, why), no_provider (the protocol).
  caf::expected<const target*> find(const std::string& model,
                                    config::protocol protocol) const;

private:
  std::unordered_map<std::string, std::vector<target>> models_;
  std::array<std::optional<target>, config::protocol_count> fallbacks_;
};

}  // namespace troupe
