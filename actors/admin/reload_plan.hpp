// What another configuration means for those who play already.
//
// Compares the configuration in effect, and how the providers stand, with the
// next one, and says what everybody is to become; nothing is done here. The
// whole plan is made before any of it is carried out: a configuration that
// cannot be used changes nothing.
//
//   provider   the same if it has the same name and speaks the same protocol
//   key        the same if it has the same secret, wherever in the list it
//              stands: it keeps its id, its index and all it knows
//   model,     the same if it has the same name
//   client
//
// The configuration has the last word: a key that it does not name leaves, also
// one that an operator added, and a key that it names lends, also one that an
// operator drained.
//
// Limits: what is set up once (threads, the door, the log) stays as it is until
// the node is restarted; the plan names what would be different.

#pragma once

#include "actors/contracts.hpp"
#include "config/settings.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// In a summary, before the paths of what cannot change while running.
inline constexpr std::string_view restart_needed = "needs a restart: ";

/// What becomes of a key.
enum class key_fate : std::uint8_t {
  lends,
  drains,  ///< Ends what it has begun, and stays: an operator may want it back.
  leaves,  ///< Ends what it has begun, and goes.
  gone,
};

/// What becomes of a provider.
enum class provider_fate : std::uint8_t {
  plays,
  leaves,  ///< Ends what it has begun. Comes back if it is configured again.
  goes,    ///< Its actors are being stopped.
};

/// How one provider stands.
struct provider_standing {
  /// Its `keys` are by `key_index`: those that are gone have no secret.
  std::shared_ptr<const config::provider_settings> settings;
  std::vector<key_fate> keys;     ///< By `key_index`.
  std::uint32_t last_number = 0;  ///< In the ids of its keys.
  provider_fate fate = provider_fate::plays;
};

/// As the configuration has it, at the start.
provider_standing
standing_of(std::shared_ptr<const config::provider_settings> settings);

/// A key with `secret` lends from now on; returns its index. It is a new one,
/// or one that was drained.
key_index add_key(provider_standing& to, const std::string& secret);

/// What a configuration changes, for people.
struct change_count {
  std::uint32_t added = 0;
  std::uint32_t removed = 0;
  std::uint32_t changed = 0;
};

struct reload_changes {
  change_count providers;
  change_count keys;
  change_count models;
  change_count clients;
  bool auth_mode = false;
  bool retry_budget = false;
  bool cache = false;
  bool semantic_cache = false;
  std::uint32_t queues = 0;  ///< Changed ones.
  bool workers = false;
  std::vector<std::string_view> restart;  ///< Paths that need one.

  /// `providers +1 ~2, keys +1 -1, needs a restart: http.listen`.
  std::string summary() const;
};

struct reload_plan {
  struct provider {
    /// Which of those present it is; nothing: a new one.
    std::optional<std::size_t> present;
    provider_standing next;
    bool is_changed = false;  ///< Also its keys; new ones are.
  };

  std::vector<provider> providers;   ///< As in the next configuration.
  std::vector<std::size_t> leaving;  ///< Present ones that it does not name.
  /// The next configuration, but for what needs a restart.
  std::shared_ptr<const config::settings> settings;
  bool routing_changed = false;
  bool gate_changed = false;
  bool caches_changed = false;
  /// Or their workers. Those of `settings` are the same queues in the same
  /// order.
  bool queues_changed = false;
  reload_changes changes;
};

/// Errors: invalid_setting (why) if no provider would be left.
caf::expected<reload_plan>
plan_reload(const config::settings& now,
            const std::vector<provider_standing>& present,
            const config::settings& next);

}  // namespace troupe
