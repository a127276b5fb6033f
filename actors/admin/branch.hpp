// One provider's branch of the tree: its pool, its keys, and their recipes.
//
//   provider-<name>          a supervisor
//    +-- pool-<name>
//    +-- key-<public id>     one for each key that is not gone
//
// Holds how the provider stands (reload_plan.hpp) and the roster that follows
// from it. An actor of the branch that is started again, or the branch as a
// whole, is given what is true then, not what was true at the start; what a key
// has spent is kept here too.
//
// ADMIN alone calls `assume`; the supervisors' threads read what it publishes.

#pragma once

#include "actors/admin/reload_plan.hpp"
#include "actors/contracts.hpp"
#include "actors/key_pool/key_roster.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/published.hpp"
#include "runtime/supervision/address.hpp"
#include "runtime/supervision/child_spec.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

struct key_memory;  // actors/api_key/key_memory.hpp

/// What all actors of a node are started with.
struct stage {
  metric_catalog metrics;
  std::size_t threads = 1;
  std::uint64_t seed = 0;

  /// Where an actor of this name lives, all its lives.
  std::size_t thread_of(const std::string& name) const {
    return std::hash<std::string>{}(name) % threads;
  }

  /// Another one for each, so that no two draw alike.
  std::uint64_t seed_of(const std::string& name) const {
    return seed ^ std::hash<std::string>{}(name);
  }

  /// Counts the restart of a child.
  std::function<void(std::string_view)> restart_counter() const;

  /// Deaths the root forgives to each of its children. Twice the default: when
  /// the root gives up the whole node ends, which helps nobody who could still
  /// be served.
  static restart_budget root_budget() { return {10, std::chrono::minutes{1}}; }
};

class branch {
public:
  /// `name` is unique among the root's children.
  branch(const stage& on, std::string name, address<router_actor> router,
         provider_standing standing);

  /// As a child of the root.
  const std::string& name() const { return name_; }

  /// As a child of the branch.
  std::string key_name(key_index key) const;
  const std::string& pool_name() const { return pool_name_; }

  const address<supervisor_actor>& supervisor() const { return supervisor_; }
  const address<key_pool_actor>& pool() const { return pool_; }
  const address<api_key_actor>& key(key_index key) const {
    return roster()->places[key].at;
  }

  /// How it stands, as it was last told. ADMIN's alone.
  const provider_standing& standing() const { return standing_; }

  /// Stands like this from now on. @pre keys keep their places.
  void assume(provider_standing next);

  /// What the pool is to know.
  const roster_ptr& roster() const { return roster_; }

  /// What a key is to know.
  key_brief brief_of(key_index key) const;

  /// The recipe of the whole branch, and of one key.
  static child_spec recipe(const std::shared_ptr<const branch>& of);
  static child_spec key_recipe(const std::shared_ptr<const branch>& of,
                               key_index key);

private:
  /// What recipes read.
  struct state {
    roster_ptr roster;
    std::vector<std::shared_ptr<key_memory>> memories;  ///< By `key_index`.
  };

  static child_spec pool_recipe(const std::shared_ptr<const branch>& of);

  stage stage_;
  std::string name_;
  std::string pool_name_;
  address<router_actor> router_;
  address<supervisor_actor> supervisor_;
  address<key_pool_actor> pool_;
  provider_standing standing_;
  roster_ptr roster_;
  published<state> published_;
};

}  // namespace troupe
