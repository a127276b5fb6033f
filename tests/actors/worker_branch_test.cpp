// Which queues have workers of troupe's own, and what they are made of.

#include "actors/worker_branch.hpp"
#include "tests/actors/worker/doubles.hpp"

#include <prometheus/registry.h>

#include <array>

namespace troupe {
namespace {

/// What outlives the actors: they look for it when they end.
struct branch_room {
  scripted_queue queue;
  patient_carrier carrier;
  std::array<job_carrier_slot, 1> slots{};
  queue_directory_ptr queues;
};

class worker_branch_test : protected branch_room, public testing::actor_test {
protected:
  worker_branch_test() { settings.queues.clear(); }

  ~worker_branch_test() override {
    queue.wishes.clear();
    carrier.errands.clear();
    for (const auto& [name, place] : *queues) {
      place.queue.replace({});
      place.pool.replace({});
    }
  }

  void add(std::string name, config::queue_handler by) {
    auto made = std::make_shared<config::queue_settings>();
    made->name = std::move(name);
    made->handler = by;
    settings.queues.push_back(std::move(made));
  }

  /// Starts the branch; one and the same queue stands for all.
  caf::actor start() {
    queue_directory places;
    for (const auto& q : settings.queues)
      places.try_emplace(q->name);
    queues = std::make_shared<const queue_directory>(std::move(places));
    const queue_actor stands =
        spawn([this](queue_actor::pointer) { return queue.behavior(); });
    for (const auto& [name, place] : *queues)
      place.queue.replace(stands);
    slots[0] = &carrier;
    now->put(std::make_shared<const config::settings>(settings));
    const auto branch =
        worker_branch_recipe(stage{catalog, 1, 1}, queues, now, slots)
            .start(system());
    adopt(branch);
    settle();
    return branch;
  }

  pool_size size_of(const std::string& name) {
    return *ask<pool_size>(queues->at(name).pool.current(), atom::status_v);
  }

  config::settings settings;
  std::shared_ptr<published<settings_ptr>> now =
      std::make_shared<published<settings_ptr>>();
  prometheus::Registry registry;
  metric_catalog catalog{registry};
};

TEST_F(worker_branch_test, each_queue_has_workers_whose_jobs_troupe_does) {
  add("chat", config::queue_handler::completion);
  add("hooks", config::queue_handler::webhook);
  add("mail", config::queue_handler::external);
  start();
  EXPECT_EQ(size_of("chat").workers, 5u);
  EXPECT_EQ(size_of("hooks").workers, 5u);
  EXPECT_EQ(queues->at("mail").pool.current(), nullptr);
  EXPECT_EQ(queue.waiting(), 10u);
  EXPECT_EQ(catalog.gauge(metric::worker_count, {"chat"}).Value(), 5.0);
}

TEST_F(worker_branch_test, a_pool_that_is_replaced_has_the_settings_of_then) {
  add("chat", config::queue_handler::completion);
  start();
  settings.workers.count = 7;
  now->put(std::make_shared<const config::settings>(settings));
  caf::anon_send_exit(queues->at("chat").pool.current(),
                      caf::exit_reason::kill);
  settle();
  EXPECT_EQ(size_of("chat").workers, 7u);
  EXPECT_EQ(queue.waiting(), 7u);
}

TEST_F(worker_branch_test, ends_with_all_its_workers) {
  add("chat", config::queue_handler::completion);
  const auto branch = start();
  caf::anon_send_exit(branch, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(exit_reason_of(branch), caf::exit_reason::user_shutdown);
  EXPECT_EQ(queue.waiting(), 0u);
}

}  // namespace
}  // namespace troupe
