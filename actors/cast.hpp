// The cast: every actor of a node, each under its supervisor.
//
//   root
//    +-- health                   if somebody wants to see its reports
//    +-- ingress-<thread>         one on every thread
//    +-- router
//    +-- cache-desk-<thread>      one on every thread
//    +-- caches                   a supervisor
//    |    +-- cache-shard-<n>     as many as the configuration wants
//    +-- embedder-<thread>        one on every thread
//    +-- semantic-cache
//    +-- queues                   a supervisor (actors/queue_branch.hpp)
//    +-- workers                  likewise (actors/worker_branch.hpp)
//    +-- admin                    changes who plays (actors/admin/)
//    +-- provider-<name>          a supervisor for each provider
//         +-- pool-<name>
//         +-- key-<public id>     one for each key
//
// A death stays where it happens: a key that keeps dying takes its provider's
// branch down before it takes anything else, and the root starts the branch
// anew. When one child of the root dies more often than its budget allows the
// root ends too, and main with it.
//
// Placement: ingresses are pinned to their threads, next to the sockets they
// serve. The rest is spread over the threads by a hash of its name, so that it
// stays put from start to start; with one thread all of it is neighbours.
//
// Limits: a `cast` says who played at the start. Providers and keys come and go
// later; ADMIN knows them.

#pragma once

#include "actors/contracts.hpp"
#include "actors/embedding_carrier.hpp"
#include "actors/job_carrier.hpp"
#include "actors/queue_branch.hpp"
#include "config/settings.hpp"
#include "runtime/contracts.hpp"
#include "runtime/health_report.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/published.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace troupe {

/// What http and main need to reach the actors.
struct cast {
  struct pool {
    std::string provider;
    address<key_pool_actor> at;
    std::vector<address<api_key_actor>> keys;  ///< As in the configuration.
  };

  /// Ends everything when it exits; exits by itself only when its restart
  /// budget is spent.
  supervisor_actor root;
  std::vector<address<ingress_actor>> ingresses;  ///< By thread.
  address<router_actor> router;
  std::vector<address<cache_desk_actor>> cache_desks;  ///< By thread.
  std::vector<address<cache_shard_actor>> cache_shards;
  std::vector<address<embedder_actor>> embedders;  ///< By thread.
  address<semantic_cache_actor> semantic_cache;
  queue_branch queues;
  address<admin_actor> admin;
  std::vector<pool> pools;  ///< As in `settings::providers`.
};

struct cast_options {
  std::size_t threads = 1;  ///< Of the scheduler; at least 1.
  std::uint64_t seed = 0;   ///< Of all jitter and draws; any number.
  /// Where reports of the node's health go; null: nowhere. Outlives the cast.
  published<health_report>* health = nullptr;
  /// Where the embedders find who carries for them, by thread; empty: nobody
  /// does. Outlive the cast.
  std::span<const carrier_slot> carriers = {};
  /// Where workers find who carries for them, by thread; empty: there are no
  /// workers. Outlive the cast.
  std::span<const job_carrier_slot> job_carriers = {};
  /// Where the queues keep their jobs; without, they say why not.
  durable_state state = {};
};

/// Whether everybody has come on stage, which takes the supervisors a moment on
/// their threads. Until then calls may be answered with actor_lost, so a node
/// is not ready before.
bool is_complete(const cast& company);

/// Starts all actors that `settings` ask for, and does not wait for them.
cast start_cast(caf::actor_system& system, const config::settings& settings,
                const metric_catalog& catalog, const cast_options& options);

}  // namespace troupe
