// Which thread an actor lives on, and what that allows.

#include "tests/support/scheduled_system.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::await;
using testing::scheduled_system;

using place = std::optional<std::size_t>;

place here(caf::local_actor* self) {
  return asio_scheduler::of(self->system()).current_index();
}

/// Tells where it runs, each time it is asked.
caf::behavior locating(caf::event_based_actor* self) {
  return {
      [self](caf::get_atom) {
        return static_cast<std::int32_t>(here(self).value_or(99));
      },
  };
}

using typed_locating_actor =
    caf::typed_actor<caf::replies_to<caf::get_atom>::with<std::int32_t>>;

typed_locating_actor::behavior_type
typed_locating(typed_locating_actor::pointer self, std::int32_t offset) {
  return {
      [self, offset](caf::get_atom) {
        return offset + static_cast<std::int32_t>(here(self).value_or(99));
      },
  };
}

template <class Handle>
std::int32_t locate(caf::actor_system& system, const Handle& hdl) {
  caf::scoped_actor self{system};
  std::int32_t index = -1;
  self->request(hdl, caf::duration{testing::deadline}, caf::get_atom_v)
      .receive([&](std::int32_t x) { index = x; }, [](const caf::error&) {});
  return index;
}

TEST(placement, runs_as_many_threads_as_it_is_told) {
  EXPECT_EQ(scheduled_system{1}.scheduler().size(), 1u);
  EXPECT_EQ(scheduled_system{3}.scheduler().size(), 3u);
}

TEST(placement, runs_one_thread_a_core_when_told_nothing) {
  EXPECT_EQ(scheduled_system{0}.scheduler().size(),
            std::thread::hardware_concurrency());
}

TEST(placement, is_found_only_where_it_runs) {
  scheduled_system ours{1};
  EXPECT_EQ(asio_scheduler::find(*ours), &ours.scheduler());
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("testing"));
  caf::actor_system stock{config};
  EXPECT_EQ(asio_scheduler::find(stock), nullptr);
}

TEST(placement, refuses_threads_it_does_not_have) {
  scheduled_system system{2};
  EXPECT_THROW(system.scheduler().context(2), std::out_of_range);
  EXPECT_THROW(system.scheduler().spawn_on(2, locating), std::out_of_range);
}

TEST(placement, an_actor_runs_where_it_is_spawned_on) {
  scheduled_system system{3};
  for (std::int32_t i = 0; i < 3; ++i) {
    const auto index = static_cast<std::size_t>(i);
    EXPECT_EQ(locate(*system, system.scheduler().spawn_on(index, locating)), i);
    EXPECT_EQ(locate(*system,
                     system.scheduler().spawn_on(index, typed_locating, 100)),
              100 + i);
    EXPECT_EQ(locate(*system, system.scheduler().spawn_on<caf::lazy_init>(
                                  index, locating)),
              i);
    EXPECT_EQ(locate(*system, spawn_pinned(*system, index, locating)), i);
  }
}

TEST(placement, unplaced_actors_are_spread_over_the_threads) {
  scheduled_system system{2};
  std::set<std::int32_t> seen;
  for (auto i = 0; i < 4; ++i)
    seen.insert(locate(*system, system->spawn(locating)));
  EXPECT_EQ(seen, (std::set<std::int32_t>{0, 1}));
}

TEST(placement, an_actor_never_leaves_the_thread_of_its_first_run) {
  scheduled_system system{3};
  const auto hdl = system->spawn(locating);
  const auto home = locate(*system, hdl);
  for (std::size_t i = 0; i < 3; ++i) {
    std::promise<std::int32_t> answer;
    system.scheduler().spawn_on(i, [&](caf::event_based_actor* self) {
      self->request(hdl, testing::deadline, caf::get_atom_v)
          .then([&](std::int32_t x) { answer.set_value(x); });
    });
    EXPECT_EQ(await(answer.get_future()), home);
    EXPECT_EQ(locate(*system, hdl), home);
  }
}

TEST(placement, a_child_starts_on_its_parents_thread) {
  scheduled_system system{2};
  for (std::size_t i = 0; i < 2; ++i) {
    std::promise<place> born;
    system.scheduler().spawn_on(i, [&](caf::event_based_actor* self) {
      self->spawn(
          [&](caf::event_based_actor* child) { born.set_value(here(child)); });
    });
    EXPECT_EQ(await(born.get_future()), i);
  }
}

TEST(placement, what_a_handler_spawns_lives_on_its_thread) {
  scheduled_system system{2};
  for (std::size_t i = 0; i < 2; ++i) {
    std::promise<place> born;
    boost::asio::post(system.scheduler().context(i), [&] {
      system->spawn(
          [&](caf::event_based_actor* self) { born.set_value(here(self)); });
    });
    EXPECT_EQ(await(born.get_future()), i);
  }
}

TEST(placement, knows_its_own_threads_from_all_others) {
  scheduled_system ours{2};
  scheduled_system other{1};
  EXPECT_EQ(ours.scheduler().current_index(), std::nullopt);
  std::promise<std::pair<place, place>> seen;
  boost::asio::post(ours.scheduler().context(1), [&] {
    seen.set_value(
        {ours.scheduler().current_index(), other.scheduler().current_index()});
  });
  EXPECT_EQ(await(seen.get_future()), std::pair(place{1}, place{}));
}

TEST(placement, carries_messages_between_two_systems_of_one_process) {
  scheduled_system ours{1};
  scheduled_system other{1};
  const auto hdl = other->spawn(locating);
  std::promise<std::int32_t> answer;
  ours->spawn([&](caf::event_based_actor* self) {
    self->request(hdl, testing::deadline, caf::get_atom_v)
        .then([&](std::int32_t x) { answer.set_value(x); });
  });
  EXPECT_EQ(await(answer.get_future()), 0);
}

// A timer of the actor's own thread whose handler asks another actor on the
// timer's behalf, ten times over. No lock anywhere: ASan and the thread ids
// vouch for it.
struct clockwork_state {
  explicit clockwork_state(caf::stateful_actor<clockwork_state>* self)
      : self_(self), timer(asio_scheduler::of(self->system()).context(1)) {}

  void wind(const caf::actor& oracle, std::promise<bool>& done) {
    timer.expires_after(100us);
    timer.async_wait([this, oracle, &done,
                      hold = caf::strong_actor_ptr{self_->ctrl()}](auto) {
      on_one_thread = on_one_thread && here(self_) == 1u;
      self_->request(oracle, testing::deadline, caf::get_atom_v)
          .then([this, oracle, &done](std::int32_t) {
            on_one_thread = on_one_thread && here(self_) == 1u;
            if (++rounds < 10)
              return wind(oracle, done);
            done.set_value(on_one_thread);
            self_->quit();
          });
    });
  }

  caf::stateful_actor<clockwork_state>* self_;
  boost::asio::steady_timer timer;
  bool on_one_thread = true;
  int rounds = 0;
};

TEST(placement, a_handler_on_an_actors_thread_may_request_in_its_name) {
  scheduled_system system{2};
  const auto oracle = system.scheduler().spawn_on(0, locating);
  std::promise<bool> done;
  system.scheduler().spawn_on(
      1, [&](caf::stateful_actor<clockwork_state>* self) -> caf::behavior {
        self->state.wind(oracle, done);
        return {[](caf::ok_atom) {
        }};
      });
  EXPECT_TRUE(await(done.get_future()));
}

/// Counts what it gets and tells when it has all of it.
struct sink {
  explicit sink(int expected) : left(expected) {}

  void take() {
    if (--left == 0)
      full.set_value();
  }

  std::atomic<int> left;
  std::promise<void> full;
};

TEST(placement, messages_from_foreign_threads_all_arrive) {
  constexpr auto senders = 3;
  constexpr auto messages = 3000;
  scheduled_system system{2};
  sink all{(senders + 1) * messages};
  std::vector<caf::actor> actors;
  for (auto i = 0; i < 20; ++i)
    actors.push_back(
        system->spawn([&all](caf::event_based_actor*) -> caf::behavior {
          return {[&all](std::int32_t) {
            all.take();
          }};
        }));
  auto target = [&actors](int i) {
    return actors[static_cast<std::size_t>(i) % actors.size()];
  };
  std::vector<std::jthread> threads;
  for (auto s = 0; s < senders; ++s)
    threads.emplace_back([&, s] {
      for (std::int32_t i = 0; i < messages; ++i)
        caf::anon_send(target(i + s), i);
    });
  for (std::int32_t i = 0; i < messages; ++i)
    boost::asio::post(system.scheduler().context(i % 2 == 0 ? 0 : 1),
                      [&, i] { caf::anon_send(target(i), i); });
  EXPECT_NO_THROW(await(all.full.get_future()));
}

/// Returns when thread `index` has run all that was queued for it before.
void pass_through(asio_scheduler& scheduler, std::size_t index) {
  std::promise<void> passed;
  boost::asio::post(scheduler.context(index), [&] { passed.set_value(); });
  await(passed.get_future());
}

TEST(placement, counts_the_work_of_each_thread) {
  scheduled_system system{2};
  const auto before = system.scheduler().load(1);
  for (auto i = 0; i < 10; ++i)
    system.scheduler().spawn_on(1, [](caf::event_based_actor*) {});
  system->await_all_actors_done();
  const auto after = system.scheduler().load(1);
  EXPECT_GE(after.jobs - before.jobs, 10u);
  EXPECT_GE(after.batches - before.batches, 1u);
  EXPECT_GE(after.slices - before.slices, 1u);
  EXPECT_EQ(system.scheduler().load(0).jobs, 0u);
}

TEST(placement, counts_actors_that_wait_for_their_turn) {
  scheduled_system system{1};
  std::promise<void> blocked;
  std::promise<void> release;
  boost::asio::post(system.scheduler().context(0), [&] {
    blocked.set_value();
    release.get_future().wait_for(testing::deadline);
  });
  await(blocked.get_future());
  for (auto i = 0; i < 5; ++i)
    system.scheduler().spawn_on(0, [](caf::event_based_actor*) {});
  EXPECT_EQ(system.scheduler().load(0).queued, 5u);
  release.set_value();
  system->await_all_actors_done();
  pass_through(system.scheduler(), 0);
  EXPECT_EQ(system.scheduler().load(0).queued, 0u);
}

}  // namespace
}  // namespace troupe
