#include "actors/cast.hpp"

#include "actors/admin/admin.hpp"
#include "actors/admin/company.hpp"
#include "actors/cache_desk/cache_desk.hpp"
#include "actors/cache_shard/cache_shard.hpp"
#include "actors/embedder/embedder.hpp"
#include "actors/health/health.hpp"
#include "actors/ingress/ingress.hpp"
#include "actors/router/router.hpp"
#include "actors/semantic_cache/semantic_cache.hpp"
#include "actors/worker_branch.hpp"
#include "runtime/log.hpp"
#include "runtime/supervision/apart.hpp"
#include "runtime/supervision/child_spec.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <utility>

namespace troupe {

namespace {

// Not the seed of the node: what begins with it must not come twice, after no
// death and no restart.
std::uint64_t random_number() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

/// Writes the recipes down and remembers the addresses they fill.
class director {
public:
  director(const config::settings& settings, const metric_catalog& catalog,
           const cast_options& options)
      : stage_{catalog, options.threads, options.seed}, options_(options) {
    cast_.ingresses.resize(options.threads);
    cast_.cache_desks.resize(options.threads);
    cast_.cache_shards.resize(std::max(settings.cache.shards, 1u));
    cast_.embedders.resize(options.threads);
    book_ = std::make_shared<company>(
        stage_, std::make_shared<const config::settings>(settings),
        cast_.router, cast_.ingresses, cast_.cache_shards);
    for (const auto& m : book_->members) {
      const auto& roster = *m->who->roster();
      cast_.pools.push_back({roster.provider->name, m->who->pool(), {}});
      for (const auto& place : roster.places)
        cast_.pools.back().keys.push_back(place.at);
    }
    book_->semantic_cache = cast_.semantic_cache;
    cast_.queues = queue_branch_for(settings, options.state);
    book_->queues = cast_.queues.queues;
    interval_ = settings.monitoring.health_interval;
  }

  cast start(caf::actor_system& system) {
    auto children = ingresses();
    children.push_back(router_child());
    children.push_back(caches_child());
    for (auto& desk : cache_desks())
      children.push_back(std::move(desk));
    for (const auto& m : book_->members)
      children.push_back(branch::recipe(m->who));
    children.push_back(
        queue_branch_recipe(stage_, cast_.queues, book_->settings_published));
    if (!options_.job_carriers.empty())
      children.push_back(worker_branch_recipe(stage_, cast_.queues.queues,
                                              book_->settings_published,
                                              options_.job_carriers));
    if (options_.health != nullptr)
      children.push_back(health_child());
    add_embedders(children);
    children.push_back(semantic_cache_child());
    children.push_back(admin_child());
    supervisor_deps deps;
    deps.name = "root";
    deps.children = std::move(children);
    deps.on_restart = stage_.restart_counter();
    cast_.root = spawn_pinned(system, 0, supervisor, std::move(deps));
    book_->root.replace(cast_.root);
    return std::move(cast_);
  }

private:
  std::vector<child_spec> ingresses() {
    std::vector<child_spec> result;
    for (std::size_t i = 0; i < options_.threads; ++i)
      result.push_back(child_made_at(
          {"ingress-" + std::to_string(i), i, stage::root_budget()},
          cast_.ingresses[i], ingress,
          [gates = book_->gate_published, router = cast_.router,
           refused = ingress_metrics_of(stage_.metrics)] {
            return ingress_deps{*gates->get(), router, refused};
          }));
    return result;
  }

  child_spec router_child() {
    return child_at(place_of("router"), cast_.router, router,
                    router_deps{book_->routes_published, stage_.metrics,
                                stage_.seed_of("router")});
  }

  void add_embedders(std::vector<child_spec>& to) {
    const auto kind =
        (*book_->settings_published->get())->semantic_cache.embedder.kind;
    for (std::size_t i = 0; i < options_.threads; ++i)
      to.push_back(child_at(
          {"embedder-" + std::to_string(i), i, stage::root_budget()},
          cast_.embedders[i], embedder,
          embedder_deps{kind,
                        i < options_.carriers.size() ? &options_.carriers[i]
                                                     : nullptr,
                        embedder_metrics_of(stage_.metrics)}));
  }

  child_spec semantic_cache_child() {
    return child_made_apart(
        "semantic-cache", cast_.semantic_cache, semantic_cache,
        [book = book_, metrics = semantic_cache_metrics_of(stage_.metrics)] {
          return semantic_cache_deps{*book->settings_published->get(), metrics};
        },
        stage::root_budget());
  }

  std::vector<child_spec> cache_desks() {
    const auto here = std::make_shared<const cache_directory>(
        std::vector<cache_directory::member>{{"here", cast_.cache_shards}});
    std::vector<child_spec> result;
    for (std::size_t i = 0; i < options_.threads; ++i)
      result.push_back(
          child_at({"cache-desk-" + std::to_string(i), i, stage::root_budget()},
                   cast_.cache_desks[i], cache_desk,
                   cache_desk_deps{.directory = here}));
    return result;
  }

  /// A branch of their own: shards that die in a loop take no desk with them.
  child_spec caches_child() {
    supervisor_deps deps;
    deps.name = "caches";
    deps.on_restart = stage_.restart_counter();
    for (std::size_t i = 0; i < cast_.cache_shards.size(); ++i)
      deps.children.push_back(shard_child(i));
    return child_at(place_of("caches"), address<supervisor_actor>{}, supervisor,
                    std::move(deps));
  }

  child_spec shard_child(std::size_t number) {
    const auto name = "cache-shard-" + std::to_string(number);
    const auto metrics = cache_metrics_of(stage_.metrics);
    return child_made_at({name, stage_.thread_of(name), {}},
                         cast_.cache_shards[number], cache_shard,
                         [settings = book_->settings_published, metrics,
                          gauges = std::make_shared<cache_gauges>(metrics)] {
                           return cache_shard_deps{(*settings->get())->cache,
                                                   metrics, gauges,
                                                   random_number()};
                         });
  }

  child_spec health_child() {
    return child_at(place_of("health"), address<health_actor>{}, health_watch,
                    health_deps{book_->routes_published, book_->queues,
                                interval_, log::dropped, options_.health,
                                stage_.metrics.gauge(metric::health, {})});
  }

  child_spec admin_child() {
    return child_at(place_of("admin"), cast_.admin, admin, book_);
  }

  child_place place_of(const std::string& name) const {
    return {name, stage_.thread_of(name), stage::root_budget()};
  }

  stage stage_;
  cast_options options_;
  std::shared_ptr<company> book_;
  std::chrono::milliseconds interval_{0};
  cast cast_;
};

}  // namespace

bool is_complete(const cast& company) {
  const auto is_there = [](const auto& at) {
    return at.current() != nullptr;
  };
  const auto all = [&](const auto& places) {
    return std::all_of(places.begin(), places.end(), is_there);
  };
  return all(company.ingresses) && is_there(company.router)
         && all(company.cache_desks) && all(company.cache_shards)
         && all(company.embedders) && is_there(company.semantic_cache)
         && is_complete(company.queues) && is_there(company.admin)
         && std::all_of(company.pools.begin(), company.pools.end(),
                        [&](const cast::pool& p) {
                          return is_there(p.at) && all(p.keys);
                        });
}

cast start_cast(caf::actor_system& system, const config::settings& settings,
                const metric_catalog& catalog, const cast_options& options) {
  return director{settings, catalog, options}.start(system);
}

}  // namespace troupe
