// A flight with a pilot and crowds on threads of their own: followers come and
// go at any moment, and each that stays has every byte, in order.

#include "http/cache/flight.hpp"
#include "http/cache/flight_board.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace troupe::http {
namespace {

constexpr std::size_t threads_count = 4;
constexpr std::size_t followers_each = 25;
constexpr std::uint64_t token = 7;

/// Beyond the edge, so that dropping and waiting happen too.
constexpr std::size_t answer_size = flight_bytes_max + flight_bytes_max / 2;

const std::string& answer() {
  static const std::string all = [] {
    std::mt19937 dice{3};
    std::string made(answer_size, ' ');
    for (auto& c : made)
      c = static_cast<char>('a' + dice() % 26);
    return made;
  }();
  return all;
}

struct tally {
  std::atomic<std::size_t> whole{0};
  std::atomic<std::size_t> left{0};
  std::atomic<std::size_t> refused{0};
  std::atomic<std::size_t> wrong{0};

  std::size_t all() const { return whole + left + refused + wrong; }
};

/// Finds the flight, checks every byte, leaves after `stay` of them.
task<> follow(flight_board& board, executor where, std::size_t stay,
              tally& count) {
  const auto ring = std::make_shared<bell>(where);
  auto f = board.find(token, ring);
  while (f == nullptr) {
    co_await ring->heard();
    f = board.find(token, ring);
  }
  flight::seat seat{f, ring};
  if (!seat) {
    ++count.refused;
    co_return;
  }
  std::size_t got = 0;
  bool right = true;
  bool ended = false;
  while (got < stay && !ended) {
    const auto stands = f->now();
    const auto part = seat.next();
    right = right && answer().compare(got, part.bytes.size(), part.bytes) == 0;
    got += part.bytes.size();
    ended = part.bytes.empty() && stands > flight::stage::flowing;
    if (part.bytes.empty() && !ended)
      co_await ring->heard();
  }
  if (!right || (ended && got != answer_size))
    ++count.wrong;
  else if (ended)
    ++count.whole;
  else
    ++count.left;
}

/// Writes the answer in pieces of many sizes. `aboard` stays all the way, so
/// that nobody is told that all have left, and is never behind.
task<> fly(flight_ptr f, bell_ptr ring, flight::seat& aboard) {
  std::mt19937 dice{11};
  flight_head head;
  head.status = 200;
  f->begin(std::move(head));
  std::size_t at = 0;
  while (at < answer_size) {
    const auto piece =
        std::string_view{answer()}.substr(at, 1 + dice() % 20'000);
    f->append(piece);
    at += piece.size();
    while (!aboard.next().bytes.empty()) {
    }
    while (!f->has_room())
      co_await ring->heard();
    co_await asio::post(ring->where(), use_task);  // Others have their turn.
  }
  f->end(flight::stage::finished, {});
}

TEST(flight_threads, gives_every_byte_to_everybody_who_stays) {
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  for (std::size_t i = 0; i <= threads_count; ++i)
    contexts.push_back(std::make_unique<asio::io_context>(1));
  flight_board board;
  tally count;
  std::mt19937 dice{5};
  for (std::size_t i = 0; i < threads_count * followers_each; ++i) {
    const auto where = contexts[i % threads_count]->get_executor();
    const bool stays = dice() % 3 != 0;
    asio::co_spawn(where,
                   follow(board, where,
                          stays ? std::string::npos : dice() % answer_size,
                          count),
                   [](std::exception_ptr why) { EXPECT_FALSE(why); });
  }
  const auto pilot =
      std::make_shared<bell>(contexts[threads_count]->get_executor());
  const auto f = std::make_shared<flight>(flight_shape{}, pilot);
  flight::seat aboard{f, pilot};
  asio::co_spawn(pilot->where(), fly(f, pilot, aboard),
                 [](std::exception_ptr why) { EXPECT_FALSE(why); });
  board.announce(token, f);
  std::vector<std::thread> threads;
  for (const auto& c : contexts)
    threads.emplace_back([&c] {
      const auto busy = asio::make_work_guard(*c);
      c->run();
    });
  while (count.all() < threads_count * followers_each)
    std::this_thread::yield();
  for (const auto& c : contexts)
    c->stop();
  for (auto& t : threads)
    t.join();
  EXPECT_EQ(count.wrong, 0U);
  EXPECT_GT(count.whole, 0U);
  EXPECT_GT(count.left, 0U);
  EXPECT_EQ(f->now(), flight::stage::finished);
}

}  // namespace
}  // namespace troupe::http
