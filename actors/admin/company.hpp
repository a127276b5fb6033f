// Who plays, as it should be, and what has yet to be done about it.
//
// The house book of ADMIN. A change is written down here first, whole or not at
// all; then the actors are brought in line with it, step by step, and each step
// can be done twice. So it does not matter if ADMIN, or whom it speaks to, dies
// in between: the book outlives them, and what is owed is done later.
//
// Touched by the cast before the start and by ADMIN after it, never by two at a
// time; what the supervisors' recipes read is published (branch.hpp).
//
// Limits: the places of keys that are gone stay in the book; a key costs some
// hundred bytes for as long as its provider stays.

#pragma once

#include "actors/admin/branch.hpp"
#include "actors/admin/reload_plan.hpp"
#include "actors/contracts.hpp"
#include "actors/queue_directory.hpp"
#include "config/settings.hpp"
#include "runtime/published.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

class company {
public:
  /// A provider's branch, and how far the actors are in line with the book.
  struct member {
    std::shared_ptr<branch> who;
    bool is_hired = false;         ///< The root keeps it.
    std::vector<bool> keys_hired;  ///< By `key_index`: the branch keeps it.
    bool owes_word = false;        ///< Pool and keys have news to hear.
    roster_ptr told;               ///< What the pool has heard last.
    bool departs = false;          ///< The root is asked to stop it.
    /// When calls ceased to be routed to it.
    std::optional<time_point> left_at;
  };

  using member_ptr = std::shared_ptr<member>;

  /// The company of the start: whoever `settings` ask for counts as hired.
  company(stage on, const settings_ptr& settings,
          address<router_actor> router_at,
          std::vector<address<ingress_actor>> ingresses_at,
          std::vector<address<cache_shard_actor>> cache_shards_at);

  // -- changes of the book

  /// What changed, for people. Errors: see ADMIN.
  caf::expected<std::string> reload(const config::settings& next);

  /// The id of the key that lends now. Errors: see ADMIN.
  caf::expected<std::string> add(const std::string& provider,
                                 const std::string& secret);

  /// Errors: unknown_key.
  caf::expected<void> set_fate(const std::string& id, key_fate fate);

  /// Errors: see ADMIN.
  caf::expected<void> change(const std::string& id, const std::string& secret);

  /// A key is gone: nothing is in flight with it any more.
  void bury(member& of, key_index key);

  /// The keys of a provider that left go as well.
  void send_keys_off(member& of);

  /// A provider is to be stopped, or has been.
  void let_go(member& who);
  void forget(const member_ptr& who);

  // -- what is owed

  std::vector<member_ptr> members;
  bool owes_routing = false;  ///< Router and health have news to hear.
  bool owes_gate = false;     ///< The ingresses have.
  bool owes_bounds = false;   ///< The caches have.
  bool owes_queues = false;   ///< The queues have.

  // -- whom it concerns

  const stage on;
  const address<router_actor> router;
  const std::vector<address<ingress_actor>> ingresses;
  const std::vector<address<cache_shard_actor>> cache_shards;
  address<semantic_cache_actor> semantic_cache;
  queue_directory_ptr queues;  ///< Null where there are none.
  address<supervisor_actor> root;

  /// What the router and the ingresses were told last; put only when whoever
  /// they name is there.
  const std::shared_ptr<published<routing_ptr>> routes_published;
  const std::shared_ptr<published<gate_ptr>> gate_published;
  /// The configuration in effect.
  const std::shared_ptr<published<settings_ptr>> settings_published;

  const settings_ptr& settings() const { return settings_; }
  const routing_ptr& routes() const { return routes_; }
  const gate_ptr& entrance() const { return gate_; }

private:
  struct place {
    member* of = nullptr;
    key_index key = 0;
  };

  place find_key(const std::string& id) const;
  std::string free_name(const std::string& provider) const;
  void update(member& m, provider_standing next);
  void make_routing();
  void make_gate();

  settings_ptr settings_;
  std::vector<member_ptr> routed_;  // As in `settings_->providers`.
  routing_ptr routes_;
  gate_ptr gate_;
};

}  // namespace troupe
