// What CAF offers beside scheduled actors works with our scheduler: threads of
// their own, timers, time-outs, deaths, the middleman.

#include "tests/support/scheduled_system.hpp"

#include <boost/asio/post.hpp>
#include <caf/io/all.hpp>

#include <memory>
#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::await;
using testing::scheduled_config;
using testing::scheduled_system;

caf::behavior echoing(caf::event_based_actor* self) {
  return {
      [](std::int32_t x) { return x; },
      [](caf::ok_atom) -> caf::result<std::int32_t> {
        throw std::runtime_error{"thrown on purpose"};
      },
      [self](caf::get_atom) -> caf::result<std::int32_t> {
        return self->make_response_promise();  // Never kept.
      },
  };
}

/// Asks from outside; -1 for any error.
template <class... Args>
std::int32_t ask(caf::actor_system& system, const caf::actor& hdl,
                 Args... args) {
  caf::scoped_actor self{system};
  std::int32_t answer = -1;
  self->request(hdl, caf::duration{testing::deadline}, args...)
      .receive([&](std::int32_t x) { answer = x; }, [](const caf::error&) {});
  return answer;
}

TEST(company, a_scoped_actor_asks_from_outside) {
  scheduled_system system{1};
  const auto echo = system->spawn(echoing);
  for (std::int32_t i = 0; i < 50; ++i)
    EXPECT_EQ(ask(*system, echo, i), i);
}

TEST(company, a_detached_actor_talks_to_scheduled_ones) {
  scheduled_system system{1};
  const auto echo = system->spawn(echoing);
  std::promise<std::pair<std::int32_t, bool>> done;
  system->spawn<caf::detached>([&](caf::event_based_actor* self) {
    self->request(echo, testing::deadline, std::int32_t{5})
        .then([&](std::int32_t x) {
          done.set_value({x, system.scheduler().current_index().has_value()});
        });
  });
  EXPECT_EQ(await(done.get_future()), std::pair(5, false));
}

TEST(company, a_blocking_actor_talks_to_scheduled_ones) {
  scheduled_system system{1};
  const auto echo = system->spawn(echoing);
  std::promise<std::int32_t> done;
  system->spawn([&](caf::blocking_actor* self) {
    self->request(echo, caf::duration{testing::deadline}, std::int32_t{6})
        .receive([&](std::int32_t x) { done.set_value(x); },
                 [&](const caf::error&) { done.set_value(-1); });
  });
  EXPECT_EQ(await(done.get_future()), 6);
}

TEST(company, a_delayed_message_comes_at_its_time_on_the_actors_thread) {
  scheduled_system system{2};
  const auto start = std::chrono::steady_clock::now();
  std::promise<std::optional<std::size_t>> done;
  system.scheduler().spawn_on(
      1, [&](caf::event_based_actor* self) -> caf::behavior {
        self->delayed_send(self, 20ms, caf::tick_atom_v);
        return {[&, self](caf::tick_atom) {
          done.set_value(system.scheduler().current_index());
          self->quit();
        }};
      });
  EXPECT_EQ(await(done.get_future()), 1u);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 20ms);
}

TEST(company, a_request_nobody_answers_times_out) {
  scheduled_system system{1};
  const auto echo = system->spawn(echoing);
  std::promise<caf::error> done;
  system->spawn([&](caf::event_based_actor* self) {
    self->request(echo, 20ms, caf::get_atom_v)
        .then([](std::int32_t) {},
              [&](caf::error& err) { done.set_value(std::move(err)); });
  });
  EXPECT_EQ(await(done.get_future()), caf::sec::request_timeout);
}

TEST(company, an_exception_ends_only_the_actor_that_threw) {
  scheduled_system system{1};
  const auto culprit = system->spawn(echoing);
  const auto bystander = system->spawn(echoing);
  caf::scoped_actor self{*system};
  self->monitor(culprit);
  EXPECT_EQ(ask(*system, culprit, caf::ok_atom_v), -1);
  caf::error reason;
  self->receive([&](const caf::down_msg& msg) { reason = msg.reason; },
                caf::after(testing::deadline) >> [] {});
  EXPECT_EQ(reason, caf::sec::runtime_error);
  EXPECT_EQ(ask(*system, bystander, std::int32_t{1}), 1);
}

TEST(company, an_exception_in_a_handler_is_reported_and_the_thread_goes_on) {
  scheduled_system system{2};
  const auto echo = system.scheduler().spawn_on(1, echoing);
  std::promise<std::pair<std::size_t, std::string>> report;
  system.scheduler().on_handler_exception(
      [&](std::size_t index, std::exception_ptr what) {
        try {
          std::rethrow_exception(std::move(what));
        } catch (const std::exception& e) {
          report.set_value({index, e.what()});
        }
      });
  boost::asio::post(system.scheduler().context(1),
                    [] { throw std::runtime_error{"thrown on purpose"}; });
  EXPECT_EQ(await(report.get_future()),
            std::pair(std::size_t{1}, std::string{"thrown on purpose"}));
  EXPECT_EQ(ask(*system, echo, std::int32_t{7}), 7);
}

TEST(company, whatever_a_handler_throws_the_thread_goes_on_by_default) {
  scheduled_system system{1};
  const auto echo = system->spawn(echoing);
  boost::asio::post(system.scheduler().context(0),
                    [] { throw std::runtime_error{"thrown on purpose"}; });
  boost::asio::post(system.scheduler().context(0), [] { throw 42; });
  EXPECT_EQ(ask(*system, echo, std::int32_t{8}), 8);
}

TEST(company, the_middleman_carries_messages_to_another_system) {
  scheduled_config server_config{2};
  server_config.load<caf::io::middleman>();
  scheduled_system server{std::move(server_config)};
  const auto echo = server->spawn(echoing);
  const auto port = server->middleman().publish(echo, 0, "127.0.0.1");
  ASSERT_TRUE(port);

  scheduled_config client_config{1};
  client_config.load<caf::io::middleman>();
  scheduled_system client{std::move(client_config)};
  const auto remote = client->middleman().remote_actor("127.0.0.1", *port);
  ASSERT_TRUE(remote);
  for (std::int32_t i = 0; i < 100; ++i)
    EXPECT_EQ(ask(*client, *remote, i), i);
  caf::anon_send_exit(echo, caf::exit_reason::user_shutdown);
}

}  // namespace
}  // namespace troupe
