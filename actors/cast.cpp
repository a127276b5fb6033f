#include "actors/cast.hpp"

#include "actors/api_key/api_key.hpp"
#include "actors/health/health.hpp"
#include "actors/ingress/ingress.hpp"
#include "actors/key_pool/key_pool.hpp"
#include "actors/router/router.hpp"
#include "runtime/log.hpp"
#include "runtime/supervision/child_spec.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace troupe {

namespace {

/// Deaths the root forgives to each of its children. Twice the default: when
/// the root gives up the whole node ends, which helps nobody who could still
/// be served.
constexpr std::uint32_t root_restarts_max = 10;
constexpr std::chrono::seconds root_restarts_window{60};

/// Writes the recipes down and remembers the addresses they fill.
class director {
public:
  director(const config::settings& settings, const metric_catalog& catalog,
           const cast_options& options)
      : settings_(settings), catalog_(catalog), options_(options) {
    for (const auto& p : settings_.providers) {
      cast_.pools.push_back({p->name, {}, {}});
      cast_.pools.back().keys.resize(p->keys.size());
    }
  }

  cast start(caf::actor_system& system) {
    auto children = ingresses();
    children.push_back(router_child());
    for (std::size_t i = 0; i < settings_.providers.size(); ++i)
      children.push_back(branch(settings_.providers[i], cast_.pools[i]));
    if (options_.health != nullptr)
      children.push_back(health_child());
    cast_.root = spawn_pinned(system, 0, supervisor,
                              supervised("root", std::move(children)));
    return std::move(cast_);
  }

private:
  std::vector<child_spec> ingresses() {
    const auto entrance = std::make_shared<const gate>(
        settings_.auth, gate_mode_of(settings_.auth, settings_.http.listen));
    std::vector<child_spec> result;
    cast_.ingresses.resize(options_.threads);
    for (std::size_t i = 0; i < options_.threads; ++i)
      result.push_back(child_at(
          {"ingress-" + std::to_string(i), i, root_budget()},
          cast_.ingresses[i], ingress,
          ingress_deps{entrance, cast_.router, ingress_metrics_of(catalog_)}));
    return result;
  }

  child_spec router_child() {
    std::vector<address<key_pool_actor>> pools;
    for (const auto& p : cast_.pools)
      pools.push_back(p.at);
    return child_at(
        {"router", thread_of("router"), root_budget()}, cast_.router, router,
        router_deps{std::make_shared<const route_table>(settings_),
                    settings_.providers, std::move(pools),
                    router_metrics_of(catalog_, settings_), seed_of("router")});
  }

  child_spec health_child() {
    std::vector<health_deps::pool> pools;
    for (const auto& p : cast_.pools)
      pools.push_back({p.provider, p.at});
    return child_at({"health", thread_of("health"), root_budget()},
                    address<health_actor>{}, health_watch,
                    health_deps{std::move(pools),
                                settings_.monitoring.health_interval,
                                log::dropped, options_.health,
                                catalog_.gauge(metric::health, {})});
  }

  // A provider's pool and keys, as one child of the root.
  child_spec
  branch(const std::shared_ptr<const config::provider_settings>& provider,
         const cast::pool& pool) {
    const auto pool_name = "pool-" + provider->name;
    std::vector<child_spec> children;
    children.push_back(
        child_at({pool_name, thread_of(pool_name), {}}, pool.at, key_pool,
                 key_pool_deps{provider, pool.keys, cast_.router,
                               key_pool_metrics_of(catalog_, *provider),
                               seed_of(pool_name)}));
    for (key_index i = 0; i < pool.keys.size(); ++i) {
      const auto name = "key-" + provider->keys[i].id.value();
      children.push_back(
          child_at({name, thread_of(name), {}}, pool.keys[i], api_key,
                   api_key_deps{provider, i, pool.at,
                                api_key_metrics_of(catalog_, *provider, i),
                                seed_of(name)}));
    }
    const auto name = "provider-" + provider->name;
    return child_at({name, thread_of(pool_name), root_budget()},
                    address<supervisor_actor>{}, supervisor,
                    supervised(name, std::move(children)));
  }

  supervisor_deps supervised(std::string name,
                             std::vector<child_spec> children) const {
    supervisor_deps deps;
    deps.name = std::move(name);
    deps.children = std::move(children);
    deps.on_restart = [catalog = catalog_](std::string_view child) {
      catalog.actor_restarts(std::string{child}).Increment();
    };
    return deps;
  }

  static restart_budget root_budget() {
    return {root_restarts_max, root_restarts_window};
  }

  std::size_t thread_of(const std::string& name) const {
    return std::hash<std::string>{}(name) % options_.threads;
  }

  // Another one for each, so that no two draw alike.
  std::uint64_t seed_of(const std::string& name) const {
    return options_.seed ^ std::hash<std::string>{}(name);
  }

  const config::settings& settings_;
  metric_catalog catalog_;
  cast_options options_;
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
