#include "actors/worker_branch.hpp"

#include "actors/worker_pool/worker_pool.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace troupe {

namespace {

// Of one queue. @pre it is there.
std::shared_ptr<const config::queue_settings>
settings_of(const config::settings& all, const std::string& name) {
  return *std::ranges::find(all.queues, name, &config::queue_settings::name);
}

child_spec pool_recipe(const stage& on, const std::string& name,
                       const queue_place& place,
                       std::shared_ptr<published<settings_ptr>> published,
                       std::span<const job_carrier_slot> carriers) {
  const auto child = "workers-" + name;
  const auto thread = on.thread_of(child);
  auto* count = &on.metrics.gauge(metric::worker_count, {name});
  auto* restarts = &on.metrics.counter(metric::worker_restarts_total, {name});
  auto deps = [name, queue = place.queue, published = std::move(published),
               carriers, thread, count, restarts] {
    const auto now = *published->get();
    worker_pool_deps made;
    made.queue = queue;
    made.settings = settings_of(*now, name);
    made.workers = now->workers;
    made.carriers = carriers;
    made.first_thread = thread;
    made.grace = now->http.shutdown_grace;
    made.count = count;
    made.restarts = restarts;
    return made;
  };
  return child_made_at({child, thread, {}}, place.pool, worker_pool,
                       std::move(deps));
}

}  // namespace

bool has_workers(const config::queue_settings& queue) {
  return queue.handler != config::queue_handler::external;
}

child_spec
worker_branch_recipe(const stage& on, queue_directory_ptr queues,
                     std::shared_ptr<published<settings_ptr>> published,
                     std::span<const job_carrier_slot> carriers) {
  supervisor_deps deps;
  deps.name = "workers";
  deps.on_restart = on.restart_counter();
  for (const auto& q : (*published->get())->queues)
    if (has_workers(*q))
      deps.children.push_back(
          pool_recipe(on, q->name, queues->at(q->name), published, carriers));
  child_place place{deps.name, on.thread_of(deps.name), stage::root_budget()};
  return child_at(std::move(place), address<supervisor_actor>{}, supervisor,
                  std::move(deps));
}

}  // namespace troupe
