// What the body adds: tickets, the carrier, timers, death.

#include "actors/worker/worker.hpp"
#include "tests/actors/worker/doubles.hpp"

namespace troupe {
namespace {

using namespace std::chrono_literals;

/// What outlives the actors: they look for it when they end.
struct worker_room {
  scripted_queue queue;
  patient_carrier carrier;
  job_carrier_slot slot{nullptr};
  address<queue_actor> place;
  std::shared_ptr<published<config::queue_settings>> settings =
      std::make_shared<published<config::queue_settings>>();
  std::shared_ptr<busy_count> busy = std::make_shared<busy_count>(0);
};

class worker_test : protected worker_room, public testing::actor_test {
protected:
  ~worker_test() override {
    carrier.errands.clear();
    queue.wishes.clear();
    queue.changes.clear();
    place.replace({});
  }

  worker_actor start() {
    place.replace(
        spawn([this](queue_actor::pointer) { return queue.behavior(); }));
    slot = &carrier;
    settings->put({});
    return spawn(job_worker, worker_deps{"w-1", place, settings, &slot, busy});
  }

  void offer(const std::string& id) {
    queue.next_wish().answer(leased_jobs{leased(id)});
    settle();
  }

  /// What the worker said last, which is then heard.
  job_changes hear() {
    EXPECT_FALSE(queue.changes.empty());
    auto t = queue.changes.front();
    queue.changes.pop_front();
    t.answer(change_receipts(t.matter().size()));
    settle();
    return t.matter();
  }

  /// Ends the errand that was begun last.
  void end(job_outcome::kind how) {
    const auto& e = carrier.errands.back();
    caf::anon_send(e.whom, atom::done_v, e.what.number,
                   job_outcome{how, shared_bytes{"{}"}, 0});
    settle();
  }
};

TEST_F(worker_test, has_a_job_carried_and_says_how_it_ended) {
  start();
  EXPECT_EQ(queue.wishes.front().matter().worker, "w-1");
  EXPECT_EQ(queue.wishes.front().matter().max, 1u);
  offer("7");
  ASSERT_EQ(carrier.errands.size(), 1u);
  EXPECT_EQ(carrier.errands[0].what.job.id, "7");
  EXPECT_NE(carrier.errands[0].what.queue, nullptr);
  EXPECT_EQ(busy->load(), 1u);
  end(job_outcome::kind::completed);
  EXPECT_EQ(hear().back().verb, job_verb::complete);
  EXPECT_EQ(busy->load(), 0u);
  EXPECT_EQ(queue.waiting(), 1u);
}

TEST_F(worker_test, beats_while_the_courier_is_away) {
  start();
  offer("7");
  advance(3s - 1ms);
  EXPECT_TRUE(queue.changes.empty());
  advance(1ms);
  EXPECT_EQ(hear().front().verb, job_verb::heartbeat);
  advance(3s);
  EXPECT_EQ(hear().front().verb, job_verb::heartbeat);
}

TEST_F(worker_test, brings_output_to_the_queue) {
  start();
  offer("7");
  const auto& e = carrier.errands.back();
  caf::anon_send(e.whom, atom::output_v, e.what.number,
                 job_output{"token", shared_bytes{"{\"text\":\"a\"}"}});
  settle();
  const auto said = hear();
  EXPECT_EQ(said.front().verb, job_verb::append);
  EXPECT_EQ(said.front().value.view(), "{\"text\":\"a\"}");
}

TEST_F(worker_test, cuts_what_takes_too_long) {
  start();
  auto job = leased("7");
  job.timeout_ms = 60'000;
  queue.next_wish().answer(leased_jobs{job});
  settle();
  advance(60s - 1ms);
  EXPECT_TRUE(carrier.dropped.empty());
  queue.changes.clear();
  advance(1ms);
  EXPECT_EQ(carrier.dropped, (std::vector{carrier.errands.back().what.number}));
  EXPECT_EQ(hear().back().verb, job_verb::fail);
}

TEST_F(worker_test, says_its_last_word_again_when_the_queue_dies_with_it) {
  start();
  offer("7");
  end(job_outcome::kind::completed);
  queue.changes.clear();  // The ticket is lost, and answers itself.
  settle();
  advance(settle_pause);
  EXPECT_EQ(hear().back().verb, job_verb::complete);
}

TEST_F(worker_test, asks_again_when_its_wish_is_lost) {
  start();
  queue.wishes.clear();
  settle();
  EXPECT_EQ(queue.waiting(), 0u);
  advance(idle_rest);
  EXPECT_EQ(queue.waiting(), 1u);
}

TEST_F(worker_test, hands_back_while_nobody_can_carry) {
  const auto w = start();
  slot = nullptr;
  offer("7");
  EXPECT_EQ(hear().back().verb, job_verb::release);
  EXPECT_TRUE(is_running(w));
}

TEST_F(worker_test, takes_its_wish_back_when_it_is_drained) {
  const auto w = start();
  caf::anon_send(w, atom::drain_v);
  settle();
  EXPECT_EQ(queue.waiting(), 0u);
  EXPECT_EQ(exit_reason_of(w), caf::exit_reason::user_shutdown);
}

TEST_F(worker_test, ends_what_it_has_in_hand_when_it_is_drained) {
  const auto w = start();
  offer("7");
  caf::anon_send(w, atom::drain_v);
  settle();
  EXPECT_TRUE(is_running(w));
  end(job_outcome::kind::completed);
  EXPECT_EQ(hear().back().verb, job_verb::complete);
  EXPECT_FALSE(is_running(w));
}

TEST_F(worker_test, hands_back_what_it_has_in_hand_when_it_is_stopped) {
  const auto w = start();
  offer("7");
  caf::anon_send_exit(w, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_EQ(carrier.dropped.size(), 1u);
  EXPECT_EQ(hear().back().verb, job_verb::release);
  EXPECT_EQ(exit_reason_of(w), caf::exit_reason::user_shutdown);
  EXPECT_EQ(busy->load(), 0u);
}

TEST_F(worker_test, a_killed_one_leaves_no_wish_behind) {
  const auto w = start();
  caf::anon_send_exit(w, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST_F(worker_test, a_killed_one_has_its_errand_cut) {
  const auto w = start();
  offer("7");
  caf::anon_send_exit(w, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(carrier.dropped.size(), 1u);
  EXPECT_TRUE(queue.changes.empty());
  EXPECT_EQ(busy->load(), 0u);
}

TEST_F(worker_test, tells_what_it_has_in_hand) {
  const auto w = start();
  EXPECT_EQ(ask<std::uint64_t>(w, atom::status_v), 0u);
  offer("7");
  EXPECT_EQ(ask<std::uint64_t>(w, atom::status_v),
            carrier.errands[0].what.number);
}

TEST_F(worker_test, an_idle_one_has_no_timer) {
  start();
  EXPECT_FALSE(clock().has_pending_timeout());
}

TEST_F(worker_test, timers_do_not_pile_up) {
  start();
  for (int i = 0; i < 200; ++i) {
    offer(std::to_string(i));
    advance(50ms);
    end(job_outcome::kind::completed);
    hear();
  }
  EXPECT_LT(clock().schedule().size(), 250u);
  advance(worker_state::sweep_far);
  EXPECT_FALSE(clock().has_pending_timeout());
}

}  // namespace
}  // namespace troupe
