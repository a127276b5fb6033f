#include "actors/cast.hpp"

#include "actors/admin/admin.hpp"
#include "actors/admin/company.hpp"
#include "actors/health/health.hpp"
#include "actors/ingress/ingress.hpp"
#include "actors/router/router.hpp"
#include "runtime/log.hpp"
#include "runtime/supervision/child_spec.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace troupe {

namespace {

/// Writes the recipes down and remembers the addresses they fill.
class director {
public:
  director(const config::settings& settings, const metric_catalog& catalog,
           const cast_options& options)
      : stage_{catalog, options.threads, options.seed}, options_(options) {
    cast_.ingresses.resize(options.threads);
    cast_.cache_desks.resize(options.threads);
    cast_.embedders.resize(options.threads);
    book_ = std::make_shared<company>(
        stage_, std::make_shared<const config::settings>(settings),
        cast_.router, cast_.ingresses);
    for (const auto& m : book_->members) {
      const auto& roster = *m->who->roster();
      cast_.pools.push_back({roster.provider->name, m->who->pool(), {}});
      for (const auto& place : roster.places)
        cast_.pools.back().keys.push_back(place.at);
    }
    interval_ = settings.monitoring.health_interval;
  }

  cast start(caf::actor_system& system) {
    auto children = ingresses();
    children.push_back(router_child());
    for (const auto& m : book_->members)
      children.push_back(branch::recipe(m->who));
    if (options_.health != nullptr)
      children.push_back(health_child());
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

  child_spec health_child() {
    return child_at(place_of("health"), address<health_actor>{}, health_watch,
                    health_deps{book_->routes_published, interval_,
                                log::dropped, options_.health,
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
         && is_there(company.admin)
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
