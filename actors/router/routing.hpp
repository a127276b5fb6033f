// What serves which model: everything the router chooses from.
//
// A model named in the configuration goes to its targets. Any other name goes,
// unchanged, to the first provider that speaks the client's own protocol:
// providers add models faster than operators edit files. Where no provider
// speaks it, the name's own maker is asked, in translation, if one is there.
//
// The embedder's provider (config/embedder_provider.hpp) serves its one name
// only, and is nobody's default.
//
// A routing never changes. Another configuration makes another one; calls under
// way keep the one they started with.
//
// Limits: targets are found by name; their number is the configuration's.

#pragma once

#include "actors/contracts.hpp"
#include "config/settings.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/expected.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe {

class routing {
public:
  /// A provider and who lends its keys.
  struct provider {
    std::shared_ptr<const config::provider_settings> settings;
    address<key_pool_actor> pool;
  };

  /// A model at a provider.
  struct target {
    std::size_t provider = 0;  ///< Index in `providers()`.
    std::string model;         ///< Empty: as the client named it.
    std::uint32_t weight = 1;
    std::uint32_t priority = 1;
    std::uint64_t context = 0;  ///< Tokens; 0 = not known.
    std::optional<config::price_settings> price;
    std::string name;  ///< `provider/model`, the same over all routings.
  };

  /// What stands behind a name.
  struct model {
    config::strategy strategy = config::strategy::priority;
    std::vector<target_index> targets;
    std::optional<config::hedge_settings> hedge;
    bool is_listed = true;  ///< In the configuration, by this name.
  };

  /// @pre `pools` are as `settings.providers`; targets name configured ones.
  routing(const config::settings& settings,
          std::vector<address<key_pool_actor>> pools);

  /// What serves `name` for a client that speaks `spoken`; valid as long as
  /// this. Errors: no_provider (the protocol).
  caf::expected<const model*> find(const std::string& name,
                                   config::protocol spoken) const;

  const std::vector<target>& targets() const { return targets_; }
  const std::vector<provider>& providers() const { return providers_; }
  const provider& provider_of(target_index t) const {
    return providers_[targets_[t].provider];
  }

  /// Retries at a target that failed the same call, as a part of all calls.
  double retry_budget() const { return retry_budget_; }

private:
  void add_model(const config::model_settings& m);
  void add_embedder(const std::string& its_model);
  std::optional<std::size_t> provider_named(const std::string& name) const;

  std::vector<provider> providers_;
  std::vector<target> targets_;
  std::unordered_map<std::string, model> models_;
  std::array<std::optional<model>, config::protocol_count> unlisted_;
  double retry_budget_;
};

/// Whose models have names like this: `claude-...`, `gemini-...`, `gpt-...`.
std::optional<config::protocol> maker_of(std::string_view model) noexcept;

}  // namespace troupe
