#include "actors/queue_branch.hpp"

#include "actors/queue/queue.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/store/store_reader.hpp"
#include "runtime/store/store_writer.hpp"
#include "runtime/supervision/apart.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

namespace {

/// A commit takes a disk 0.1 ms, or a second when it is not well.
const std::vector<double> commit_buckets{0.0001, 0.0003, 0.001, 0.003, 0.01,
                                         0.03,   0.1,    0.3,   1,     3};

store_metrics store_metrics_of(const metric_catalog& catalog) {
  using enum errc;
  return {catalog.histogram(metric::store_commit_seconds, {}, commit_buckets),
          catalog.counter(metric::store_changes_total, {}),
          catalog.counters(metric::store_failures_total, {},
                           label_values<errc>({overloaded, store_full,
                                               store_corrupt, store_failed}))};
}

// Of one queue. @pre it is there.
queue_settings_ptr settings_of(const config::settings& all,
                               const std::string& name) {
  return *std::ranges::find(all.queues, name, &config::queue_settings::name);
}

void add_store(std::vector<child_spec>& to, const stage& on,
               const queue_branch& branch) {
  to.push_back(child_made_apart(
      "store-writer", branch.writer, store_writer,
      [where = branch.state.jobs, metrics = store_metrics_of(on.metrics)] {
        return store_writer_deps{where, metrics};
      }));
  to.push_back(child_made_apart(
      "store-reader", branch.reader, store_reading,
      [where = branch.state.jobs] { return store_reader_deps{where}; }));
}

child_spec queue_recipe(const stage& on, const std::string& name,
                        const queue_branch& branch,
                        std::shared_ptr<published<settings_ptr>> published) {
  const auto child = "queue-" + name;
  auto deps = [name, writer = branch.writer, reader = branch.reader,
               queues = branch.queues,
               why_not =
                   branch.state.jobs ? caf::error{} : branch.state.why_not,
               published = std::move(published),
               metrics = queue_metrics{on.metrics, name}] {
    return queue_deps{.settings = settings_of(**published->get(), name),
                      .writer = writer,
                      .reader = reader,
                      .queues = queues,
                      .no_store = why_not,
                      .metrics = metrics,
                      .seed = std::random_device{}()};
  };
  return child_made_at({child, on.thread_of(child), {}},
                       branch.queues->at(name).queue, queue, std::move(deps));
}

}  // namespace

queue_branch queue_branch_for(const config::settings& settings,
                              durable_state state) {
  queue_directory places;
  for (const auto& q : settings.queues)
    places.try_emplace(q->name);
  return {std::make_shared<const queue_directory>(std::move(places)),
          {},
          {},
          std::move(state)};
}

child_spec
queue_branch_recipe(const stage& on, const queue_branch& branch,
                    std::shared_ptr<published<settings_ptr>> published) {
  supervisor_deps deps;
  deps.name = "queues";
  deps.on_restart = on.restart_counter();
  if (branch.state.jobs)
    add_store(deps.children, on, branch);
  for (const auto& [name, place] : *branch.queues)
    deps.children.push_back(queue_recipe(on, name, branch, published));
  child_place place{deps.name, on.thread_of(deps.name), stage::root_budget()};
  return child_at(std::move(place), address<supervisor_actor>{}, supervisor,
                  std::move(deps));
}

bool is_complete(const queue_branch& branch) {
  const auto is_there = [](const auto& at) {
    return at.current() != nullptr;
  };
  return std::ranges::all_of(
             *branch.queues,
             [&](const auto& each) { return is_there(each.second.queue); })
         && (!branch.state.jobs
             || (is_there(branch.writer) && is_there(branch.reader)));
}

}  // namespace troupe
