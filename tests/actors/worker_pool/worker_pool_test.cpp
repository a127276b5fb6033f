// What the body adds: workers that live and die, looks, health, the end.

#include "actors/worker_pool/worker_pool.hpp"
#include "tests/actors/worker/doubles.hpp"

#include <array>

namespace troupe {
namespace {

using namespace std::chrono_literals;

/// What outlives the actors: they look for it when they end.
struct pool_room {
  scripted_queue queue;
  patient_carrier carrier;
  std::array<job_carrier_slot, 2> slots{};
  address<queue_actor> place;
};

class worker_pool_test : protected pool_room, public testing::actor_test {
protected:
  ~worker_pool_test() override {
    carrier.errands.clear();
    queue.wishes.clear();
    queue.changes.clear();
    place.replace({});
  }

  worker_pool_actor start() {
    place.replace(
        spawn([this](queue_actor::pointer) { return queue.behavior(); }));
    for (auto& s : slots)
      s = &carrier;
    auto queue_settings = std::make_shared<config::queue_settings>();
    queue_settings->name = "chat";
    worker_pool_deps deps;
    deps.queue = place;
    deps.settings = queue_settings;
    deps.workers = settings;
    deps.carriers = slots;
    deps.grace = 20s;
    deps.first_thread = 1;
    deps.hire = [this](caf::actor_system& system, std::size_t thread,
                       worker_deps its) {
      hired.push_back(thread);
      return hire(system, thread, std::move(its));
    };
    deps.count = &count;
    deps.restarts = &restarts;
    return spawn(worker_pool, std::move(deps));
  }

  pool_size size_of(const worker_pool_actor& pool) {
    return *ask<pool_size>(pool, atom::status_v);
  }

  /// Gives the worker that has waited longest a job; returns that worker.
  worker_actor offer(const std::string& id) {
    queue.next_wish().answer(leased_jobs{leased(id)});
    settle();
    return carrier.errands.back().whom;
  }

  void end_errands() {
    for (const auto& e : carrier.errands)
      caf::anon_send(e.whom, atom::done_v, e.what.number,
                     job_outcome{job_outcome::kind::completed, {}, 0});
    carrier.errands.clear();
    settle();
    while (!queue.changes.empty()) {
      queue.changes.front().answer(
          change_receipts(queue.changes.front().matter().size()));
      queue.changes.pop_front();
      settle();
    }
  }

  config::worker_settings settings;
  recruiter hire = recruit;
  std::vector<std::size_t> hired;  // On which threads.
  prometheus::Gauge count;
  prometheus::Counter restarts;
};

TEST_F(worker_pool_test, begins_with_its_workers_asking_for_jobs) {
  const auto pool = start();
  EXPECT_EQ(queue.waiting(), 5u);
  EXPECT_EQ(count.Value(), 5.0);
  const auto size = size_of(pool);
  EXPECT_EQ(size.queue, "chat");
  EXPECT_EQ(size.workers, 5u);
  EXPECT_EQ(size.busy, 0u);
  EXPECT_EQ(size.wanted, 5u);
  EXPECT_EQ(size.min, 5u);
  EXPECT_EQ(size.max, 10u);
}

TEST_F(worker_pool_test, more_come_when_a_crowd_waits) {
  const auto pool = start();
  queue.statistics.waiting = 101;
  advance(look_interval);
  EXPECT_EQ(size_of(pool).workers, 7u);
  advance(look_interval);
  EXPECT_EQ(size_of(pool).workers, 10u);
  EXPECT_EQ(queue.waiting(), 10u);
}

TEST_F(worker_pool_test, some_go_when_it_is_calm_and_take_their_wish_along) {
  const auto pool = start();
  queue.statistics.waiting = 101;
  advance(2 * look_interval);
  queue.statistics.waiting = 0;
  advance(calm_looks * look_interval);
  EXPECT_EQ(size_of(pool).workers, 9u);
  advance(100 * calm_looks * look_interval);
  EXPECT_EQ(size_of(pool).workers, 5u);
}

TEST_F(worker_pool_test, one_that_is_let_go_ends_its_job_first) {
  settings.min = 1;
  settings.count = 2;
  const auto pool = start();
  offer("1");
  offer("2");
  EXPECT_EQ(size_of(pool).busy, 2u);
  EXPECT_EQ(ask<pool_size>(pool, atom::scale_v, std::uint32_t{1})->wanted, 1u);
  EXPECT_EQ(size_of(pool).workers, 2u);
  EXPECT_EQ(count.Value(), 1.0);
  end_errands();
  EXPECT_EQ(size_of(pool).workers, 1u);
  EXPECT_EQ(restarts.Value(), 0.0);
}

TEST_F(worker_pool_test, as_many_live_as_somebody_says) {
  const auto pool = start();
  const auto size = ask<pool_size>(pool, atom::scale_v, std::uint32_t{8});
  EXPECT_EQ(size->wanted, 8u);
  EXPECT_EQ(size_of(pool).workers, 8u);
  EXPECT_EQ(ask<pool_size>(pool, atom::scale_v, std::uint32_t{99})->wanted,
            10u);
}

TEST_F(worker_pool_test, a_dead_one_is_replaced) {
  const auto pool = start();
  caf::anon_send_exit(offer("1"), caf::exit_reason::unhandled_exception);
  settle();
  advance(0s);
  EXPECT_EQ(size_of(pool).workers, 5u);
  EXPECT_EQ(queue.waiting(), 5u);
  EXPECT_EQ(restarts.Value(), 1.0);
  EXPECT_EQ(size_of(pool).restarts, 1u);
  EXPECT_EQ(size_of(pool).busy, 0u);
}

TEST_F(worker_pool_test, what_kills_every_worker_does_not_kill_the_pool) {
  settings.min = settings.count = 1;
  const auto pool = start();
  for (std::uint32_t i = 0; i <= settings.restarts.max; ++i) {
    caf::anon_send_exit(offer(std::to_string(i)),
                        caf::exit_reason::unhandled_exception);
    settle();
    advance(3s);
  }
  EXPECT_TRUE(is_running(pool));
  EXPECT_EQ(size_of(pool).workers, 0u);
  EXPECT_EQ(count.Value(), 0.0);
  advance(settings.restarts.per);
  EXPECT_EQ(size_of(pool).workers, 1u);
}

/// Takes a job and is never heard of again.
worker_actor::behavior_type stuck(worker_actor::pointer self) {
  return {
      [](atom::work, std::uint64_t, const leased_jobs&) {},
      [](atom::alter, std::uint64_t, const change_receipts&) {},
      [](atom::output, std::uint64_t, const job_output&) {},
      [](atom::done, std::uint64_t, const job_outcome&) {},
      [](atom::drain) {},
      [self](atom::status) -> caf::result<std::uint64_t> {
        return self->make_response_promise<std::uint64_t>();
      },
      [](atom::sweep) {},
  };
}

TEST_F(worker_pool_test, a_stuck_one_is_replaced_without_waiting_for_it) {
  settings.min = settings.count = 1;
  hire = [](caf::actor_system& system, std::size_t, worker_deps) {
    return system.spawn(stuck);
  };
  const auto pool = start();
  EXPECT_EQ(queue.waiting(), 0u);
  hire = recruit;
  advance(settings.health_interval + health_patience - 1ms);
  EXPECT_EQ(queue.waiting(), 0u);
  advance(1ms);
  EXPECT_EQ(size_of(pool).workers, 1u);
  EXPECT_EQ(queue.waiting(), 1u);
  EXPECT_EQ(restarts.Value(), 1.0);
}

TEST_F(worker_pool_test, workers_are_spread_over_the_threads) {
  start();
  EXPECT_EQ(hired, (std::vector<std::size_t>{1, 0, 1, 0, 1}));
}

TEST_F(worker_pool_test, those_who_are_well_stay) {
  const auto pool = start();
  offer("1");
  advance(3 * settings.health_interval);
  EXPECT_EQ(restarts.Value(), 0.0);
  EXPECT_EQ(size_of(pool).workers, 5u);
}

TEST_F(worker_pool_test, lives_on_while_its_queue_is_away) {
  const auto pool = start();
  place.replace({});
  queue.wishes.clear();
  advance(30s);
  EXPECT_EQ(size_of(pool).workers, 5u);
}

TEST_F(worker_pool_test, a_drain_lets_all_end_what_they_have) {
  const auto pool = start();
  offer("1");
  caf::anon_send(pool, atom::drain_v);
  settle();
  EXPECT_EQ(size_of(pool).workers, 1u);
  EXPECT_EQ(queue.waiting(), 0u);
  end_errands();
  EXPECT_EQ(size_of(pool).workers, 0u);
  queue.statistics.waiting = 1'000;
  advance(look_interval);
  EXPECT_EQ(size_of(pool).workers, 0u);
}

TEST_F(worker_pool_test, a_drain_hands_back_what_takes_longer_than_its_grace) {
  const auto pool = start();
  offer("1");
  caf::anon_send(pool, atom::drain_v);
  advance(20s - 1ms);
  EXPECT_EQ(size_of(pool).workers, 1u);
  queue.changes.clear();
  advance(1ms);
  EXPECT_EQ(size_of(pool).workers, 0u);
  ASSERT_FALSE(queue.changes.empty());
  EXPECT_EQ(queue.changes.back().matter().back().verb, job_verb::release);
}

TEST_F(worker_pool_test, told_to_exit_it_waits_for_its_workers) {
  const auto pool = start();
  offer("1");
  caf::anon_send_exit(pool, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(exit_reason_of(pool), caf::exit_reason::user_shutdown);
  ASSERT_FALSE(queue.changes.empty());
  EXPECT_EQ(queue.changes.back().matter().back().verb, job_verb::release);
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST_F(worker_pool_test, a_killed_one_takes_its_workers_along) {
  const auto pool = start();
  const auto w = offer("1");
  caf::anon_send_exit(pool, caf::exit_reason::kill);
  settle();
  EXPECT_FALSE(is_running(w));
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST_F(worker_pool_test, other_settings_reach_the_next_errand) {
  const auto pool = start();
  auto other = std::make_shared<config::settings>();
  auto chat = std::make_shared<config::queue_settings>();
  chat->name = "chat";
  chat->url = "https://example.test/hook";
  other->queues = {chat};
  other->workers = settings;
  other->workers.count = 6;
  caf::anon_send(pool, atom::adopt_v, settings_ptr{other});
  settle();
  EXPECT_EQ(size_of(pool).workers, 6u);
  offer("1");
  EXPECT_EQ(carrier.errands.back().what.queue->url,
            "https://example.test/hook");
}

}  // namespace
}  // namespace troupe
