// An actor system ends, whatever is still on its way. Each test leaves
// something behind on purpose and destroys the system; that it returns, and
// what ASan says afterwards, is the proof.

#include "tests/support/scheduled_system.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/io/all.hpp>

#include <array>
#include <memory>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::await;
using testing::scheduled_config;
using testing::scheduled_system;

/// Lives for ever, with a timer far away.
caf::behavior patient(caf::event_based_actor* self) {
  self->delayed_send(self, 1h, caf::tick_atom_v);
  return {
      [](caf::tick_atom) {},
      [](std::int32_t x) { return x; },
  };
}

void hold_up(asio_scheduler& scheduler, std::size_t index,
             std::future<void> until) {
  auto shared = std::make_shared<std::future<void>>(std::move(until));
  boost::asio::post(scheduler.context(index),
                    [shared] { shared->wait_for(testing::deadline); });
}

TEST(shutdown, ends_with_nothing_to_do) {
  scheduled_system system{2};
}

TEST(shutdown, waits_for_actors_that_are_not_hidden) {
  std::promise<void> done;
  {
    scheduled_system system{1};
    system->spawn([&](caf::event_based_actor* self) -> caf::behavior {
      self->delayed_send(self, 10ms, caf::tick_atom_v);
      return {[&, self](caf::tick_atom) {
        done.set_value();
        self->quit();
      }};
    });
  }
  EXPECT_EQ(done.get_future().wait_for(0s), std::future_status::ready);
}

// More than the clock's mailbox (64) can take at once.
TEST(shutdown, ends_with_timers_and_requests_pending_for_an_hour) {
  scheduled_system system{2};
  for (auto i = 0; i < 200; ++i) {
    const auto hidden = system->spawn<caf::hidden>(patient);
    system->spawn<caf::hidden>([hidden](caf::event_based_actor* self) {
      self->request(hidden, 60min, std::int32_t{1}).then([](std::int32_t) {});
    });
  }
}

TEST(shutdown, ends_with_work_queued_for_hidden_actors) {
  std::promise<void> go;
  scheduled_system system{2};
  hold_up(system.scheduler(), 0, go.get_future());
  for (auto i = 0; i < 100; ++i) {
    const auto hidden = system.scheduler().spawn_on<caf::hidden>(0, patient);
    for (std::int32_t n = 0; n < 20; ++n)
      caf::anon_send(hidden, n);
  }
  go.set_value();
}

TEST(shutdown, ends_while_hidden_actors_flood_each_other) {
  scheduled_system system{2};
  for (std::size_t i = 0; i < 2; ++i)
    system.scheduler().spawn_on<caf::hidden>(
        i, [](caf::event_based_actor* self) -> caf::behavior {
          self->send(self, caf::tick_atom_v);
          return {[self](caf::tick_atom) {
            self->send(self, caf::tick_atom_v);
          }};
        });
}

TEST(shutdown, handlers_that_hold_the_last_handle_of_an_actor_are_destroyed) {
  scheduled_system system{2};
  for (auto i = 0; i < 200; ++i) {
    const auto hidden = system->spawn<caf::hidden>(patient);
    const auto index = static_cast<std::size_t>(i % 2);
    auto timer = std::make_shared<boost::asio::steady_timer>(
        system.scheduler().context(index), 1h);
    timer->async_wait([timer, hidden](auto) {});
  }
}

TEST(shutdown, a_handler_may_hold_a_socket_of_another_thread) {
  using socket = boost::asio::local::stream_protocol::socket;
  scheduled_system system{2};
  for (std::size_t i = 0; i < 2; ++i) {
    auto& mine = system.scheduler().context(i);
    auto& other = system.scheduler().context(1 - i);
    auto left = std::make_shared<socket>(other);
    auto right = std::make_shared<socket>(other);
    boost::asio::local::connect_pair(*left, *right);
    auto byte = std::make_shared<char>();
    left->async_read_some(boost::asio::buffer(byte.get(), 1),
                          [left, byte](auto, std::size_t) {});
    auto timer = std::make_shared<boost::asio::steady_timer>(mine, 1h);
    timer->async_wait([timer, left, right](auto) {});
  }
}

TEST(shutdown, a_handler_that_dies_may_still_send) {
  struct parting {
    caf::actor to;
    ~parting() { caf::anon_send(to, std::int32_t{1}); }
  };
  scheduled_system system{1};
  const auto hidden = system->spawn<caf::hidden>(patient);
  auto words = std::make_shared<parting>(hidden);
  auto timer = std::make_shared<boost::asio::steady_timer>(
      system.scheduler().context(0), 1h);
  timer->async_wait([timer, words](auto) {});
}

TEST(shutdown, ends_with_detached_actors_that_wait) {
  scheduled_system system{1};
  for (auto i = 0; i < 4; ++i)
    caf::anon_send_exit(system->spawn<caf::detached>(patient),
                        caf::exit_reason::user_shutdown);
}

/// A life in small: foreign senders, timers, time-outs, threads of their own,
/// a death, and all kinds of things left over.
void live_a_round(bool with_middleman) {
  scheduled_config config{2};
  if (with_middleman)
    config.load<caf::io::middleman>();
  scheduled_system system{std::move(config)};
  const auto echo = system->spawn(patient);
  if (with_middleman) {
    EXPECT_TRUE(system->middleman().publish(echo, 0, "127.0.0.1"));
  }
  std::promise<void> worked;
  system->spawn<caf::detached>([&](caf::event_based_actor* self) {
    self->request(echo, testing::deadline, std::int32_t{1})
        .then([&](std::int32_t) { worked.set_value(); });
  });
  system->spawn([echo](caf::event_based_actor* self) {
    self->request(echo, 60min, std::int32_t{2}).then([](std::int32_t) {});
  });
  boost::asio::post(system.scheduler().context(1),
                    [echo] { caf::anon_send(echo, std::int32_t{3}); });
  const auto hidden = system->spawn<caf::hidden>(patient);
  for (std::int32_t n = 0; n < 100; ++n)
    caf::anon_send(hidden, n);
  auto timer = std::make_shared<boost::asio::steady_timer>(
      system.scheduler().context(0), 1h);
  timer->async_wait([timer, hidden](auto) {});
  EXPECT_NO_THROW(await(worked.get_future()));
  caf::anon_send_exit(echo, caf::exit_reason::kill);
}

TEST(shutdown, fifty_systems_start_work_and_stop) {
  for (auto round = 0; round < 50; ++round)
    live_a_round(round % 2 == 0);
}

}  // namespace
}  // namespace troupe
