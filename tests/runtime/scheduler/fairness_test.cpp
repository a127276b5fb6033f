// One thread, an actor that never stops sending to itself, and the sockets,
// timers and other actors that still want their turn.

#include "tests/support/scheduled_system.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <functional>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using testing::await;
using testing::scheduled_system;

/// Keeps its thread busy for as long as it lives.
caf::behavior flooding(caf::event_based_actor* self) {
  self->send(self, caf::tick_atom_v);
  return {[self](caf::tick_atom) {
    self->send(self, caf::tick_atom_v);
  }};
}

class fairness : public ::testing::Test {
protected:
  fairness() {
    for (auto i = 0; i < floods; ++i)
      flood_.push_back(system_.scheduler().spawn_on(0, flooding));
  }

  ~fairness() override {
    for (auto& each : flood_)
      caf::anon_send_exit(each, caf::exit_reason::kill);
  }

  static constexpr auto floods = 3;
  scheduled_system system_{1};
  std::vector<caf::actor> flood_;
};

TEST_F(fairness, a_flood_does_not_starve_another_actor) {
  std::promise<void> done;
  system_.scheduler().spawn_on(
      0, [&](caf::event_based_actor*) { done.set_value(); });
  EXPECT_NO_THROW(await(done.get_future()));
}

TEST_F(fairness, a_flood_does_not_starve_a_timer) {
  std::promise<void> done;
  boost::asio::steady_timer timer{system_.scheduler().context(0), 1ms};
  timer.async_wait([&](auto) { done.set_value(); });
  EXPECT_NO_THROW(await(done.get_future()));
}

TEST_F(fairness, a_flood_does_not_starve_caf_timers) {
  std::promise<void> done;
  system_.scheduler().spawn_on(
      0, [&](caf::event_based_actor* self) -> caf::behavior {
        self->delayed_send(self, 1ms, caf::get_atom_v);
        return {[&, self](caf::get_atom) {
          done.set_value();
          self->quit();
        }};
      });
  EXPECT_NO_THROW(await(done.get_future()));
}

TEST_F(fairness, a_flood_does_not_starve_messages_from_other_threads) {
  const auto hdl = system_.scheduler().spawn_on(
      0, [](caf::event_based_actor*) -> caf::behavior {
        return {[](std::int32_t x) {
          return x;
        }};
      });
  caf::scoped_actor self{*system_};
  for (std::int32_t i = 0; i < 100; ++i) {
    auto answer = -1;
    self->request(hdl, caf::duration{testing::deadline}, i)
        .receive([&](std::int32_t x) { answer = x; }, [](const caf::error&) {});
    EXPECT_EQ(answer, i);
  }
}

TEST_F(fairness, a_flood_does_not_starve_a_socket) {
  using socket = boost::asio::local::stream_protocol::socket;
  constexpr auto rounds = 100;
  auto& context = system_.scheduler().context(0);
  socket left{context};
  socket right{context};
  boost::asio::local::connect_pair(left, right);
  std::promise<void> done;
  auto round = 0;
  char byte = 'x';
  // A byte goes round: written on the left, read on the right.
  std::function<void()> turn = [&] {
    boost::asio::write(left, boost::asio::buffer(&byte, 1));
    right.async_read_some(boost::asio::buffer(&byte, 1),
                          [&](auto error, std::size_t) {
                            if (error || ++round == rounds)
                              return done.set_value();
                            turn();
                          });
  };
  boost::asio::post(context, turn);
  EXPECT_NO_THROW(await(done.get_future()));
  EXPECT_EQ(round, rounds);
}

}  // namespace
}  // namespace troupe
