// A flight seen from both ends, on one thread: bytes go out once, everybody
// gets all of them, late or early, slow or gone, and memory has an edge.

#include "http/cache/flight.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace troupe::http {
namespace {

using stage = flight::stage;

/// A coroutine that reads to the end, if `stop_after` bytes do not come first.
struct reader {
  reader(asio::io_context& io, flight_ptr f,
         std::size_t stop = std::string::npos)
      : from(std::move(f)), ring(std::make_shared<bell>(io.get_executor())),
        seat(std::make_unique<flight::seat>(from, ring)), stop_after(stop) {
    asio::co_spawn(io.get_executor(), read(),
                   [](std::exception_ptr why) { EXPECT_FALSE(why); });
  }

  task<> read() {
    while (*seat && got.size() < stop_after) {
      const auto stands = from->now();
      const auto part = seat->next();
      got += part.bytes;
      ++reads;
      if (part.bytes.empty() && stands > stage::flowing) {
        end = stands;
        break;
      }
      if (part.bytes.empty())
        co_await ring->heard();
    }
    if (got.size() >= stop_after)
      seat.reset();
  }

  flight_ptr from;
  bell_ptr ring;
  std::unique_ptr<flight::seat> seat;
  std::size_t stop_after;
  std::string got;
  std::size_t reads = 0;
  stage end = stage::waiting;
};

class flight_test : public ::testing::Test {
protected:
  flight_test()
      : pilot_(std::make_shared<bell>(io_.get_executor())),
        flight_(std::make_shared<flight>(flight_shape{}, pilot_)) {}

  void begin() {
    flight_head head;
    head.status = 200;
    flight_->begin(std::move(head));
  }

  void finish() { flight_->end(stage::finished, {}); }

  /// Lets everybody go as far as there is something to do.
  void settle() {
    io_.restart();
    io_.poll();
  }

  reader& reading(std::size_t stop = std::string::npos) {
    readers_.push_back(std::make_unique<reader>(io_, flight_, stop));
    return *readers_.back();
  }

  /// Whether the pilot was called back since it was asked to wait.
  bool pilot_is_rung() {
    bool rung = false;
    asio::co_spawn(
        io_.get_executor(), [this] { return pilot_->heard(); },
        [&rung](std::exception_ptr) { rung = true; });
    settle();
    return rung;
  }

  asio::io_context io_;
  bell_ptr pilot_;
  flight_ptr flight_;
  std::vector<std::unique_ptr<reader>> readers_;
};

TEST_F(flight_test, gives_a_follower_what_comes_while_it_comes) {
  auto& one = reading();
  begin();
  flight_->append("Hel");
  settle();
  EXPECT_EQ(one.got, "Hel");
  flight_->append("lo");
  finish();
  settle();
  EXPECT_EQ(one.got, "Hello");
  EXPECT_EQ(one.end, stage::finished);
}

TEST_F(flight_test, gives_a_late_follower_what_came_before_and_then_the_rest) {
  begin();
  std::string all(3 * flight_block_size + 17, 'x');
  flight_->append(all);
  auto& late = reading();
  settle();
  EXPECT_EQ(late.got, all);
  flight_->append("y");
  finish();
  settle();
  EXPECT_EQ(late.got, all + "y");
}

TEST_F(flight_test, gives_all_to_one_who_comes_after_the_end) {
  begin();
  flight_->append("all of it");
  finish();
  auto& late = reading();
  settle();
  EXPECT_EQ(late.got, "all of it");
  EXPECT_EQ(late.end, stage::finished);
}

TEST_F(flight_test, gives_many_small_pieces_to_a_late_one_in_few_large_ones) {
  begin();
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    const auto piece = std::to_string(i) + ',';
    flight_->append(piece);
    all += piece;
  }
  finish();
  auto& late = reading();
  settle();
  EXPECT_EQ(late.got, all);
  EXPECT_LE(late.reads, all.size() / flight_block_size + 2);
}

TEST_F(flight_test, gives_a_whole_answer_in_one_piece) {
  begin();
  flight_->append(std::string(5 * flight_block_size, 'w'));
  finish();
  const auto ring = std::make_shared<bell>(io_.get_executor());
  flight::seat seat{flight_, ring};
  EXPECT_EQ(seat.next().bytes.size(), 5 * flight_block_size);
  EXPECT_TRUE(seat.next().bytes.empty());
}

TEST_F(flight_test, tells_everybody_of_a_reset_and_of_a_loss) {
  auto& one = reading();
  begin();
  flight_->append("half");
  flight_->end(stage::reset, {});
  settle();
  EXPECT_EQ(one.got, "half");
  EXPECT_EQ(one.end, stage::reset);

  flight_ = std::make_shared<flight>(flight_shape{}, pilot_);
  auto& other = reading();
  flight_->end(stage::lost, {});
  settle();
  EXPECT_EQ(other.end, stage::lost);
  EXPECT_EQ(flight_->head(), nullptr);
}

TEST_F(flight_test, tells_what_the_call_took) {
  begin();
  token_usage cost;
  cost.out_text = 42;
  flight_->end(stage::finished, cost);
  EXPECT_EQ(flight_->cost().output(), 42U);
}

// -- who leaves
// ------------------------------------------------------------------

TEST_F(flight_test, goes_on_when_one_of_two_leaves) {
  bool gone = false;
  flight_->watch([&gone] { gone = true; });
  auto& leaves = reading(3);
  auto& stays = reading();
  begin();
  flight_->append("abc");
  settle();
  EXPECT_EQ(leaves.seat, nullptr);
  flight_->append("def");
  finish();
  settle();
  EXPECT_FALSE(gone);
  EXPECT_EQ(stays.got, "abcdef");
}

TEST_F(flight_test, tells_the_call_once_when_the_last_one_leaves) {
  int times = 0;
  flight_->watch([&times] { ++times; });
  reading(3);
  reading(3);
  begin();
  flight_->append("abc");
  settle();
  EXPECT_EQ(times, 1);
}

TEST_F(flight_test, tells_a_call_that_begins_to_listen_after_the_last_left) {
  { flight::seat brief{flight_, pilot_}; }
  settle();
  bool gone = false;
  flight_->watch([&gone] { gone = true; });
  settle();
  EXPECT_TRUE(gone);
}

TEST_F(flight_test, says_nothing_if_somebody_comes_just_after_the_last_left) {
  bool gone = false;
  flight_->watch([&gone] { gone = true; });
  { flight::seat brief{flight_, pilot_}; }
  auto& next = reading();
  settle();
  EXPECT_FALSE(gone);
  EXPECT_TRUE(*next.seat);
}

TEST_F(flight_test, has_no_seat_once_the_call_knows_that_nobody_follows) {
  flight_->watch([] {});
  { flight::seat brief{flight_, pilot_}; }
  settle();
  EXPECT_FALSE(*reading().seat);
}

TEST_F(flight_test, says_nothing_of_leaving_after_the_end) {
  bool gone = false;
  flight_->watch([&gone] { gone = true; });
  reading(3);
  begin();
  flight_->append("abc");
  finish();
  settle();
  EXPECT_FALSE(gone);
}

// -- the edge
// --------------------------------------------------------------------

TEST_F(flight_test, keeps_all_for_newcomers_up_to_the_edge) {
  begin();
  flight_->append(std::string(flight_bytes_max, 'x'));
  EXPECT_TRUE(flight_->has_room());
  auto& late = reading();
  settle();
  EXPECT_EQ(late.got.size(), flight_bytes_max);
}

TEST_F(flight_test, has_no_seat_beyond_the_edge) {
  auto& early = reading();
  begin();
  flight_->append(std::string(flight_bytes_max, 'x'));
  flight_->append("y");
  EXPECT_FALSE(*reading().seat);
  finish();
  settle();
  EXPECT_EQ(early.got.size(), flight_bytes_max + 1);
}

TEST_F(flight_test, makes_the_pilot_wait_for_the_slowest) {
  auto& quick = reading();
  flight::seat slow{flight_, std::make_shared<bell>(io_.get_executor())};
  begin();
  const std::string mib(1u << 20, 'x');
  for (int i = 0; i < 5; ++i)
    flight_->append(mib);
  settle();
  EXPECT_EQ(quick.got.size(), 5 * mib.size());
  EXPECT_FALSE(flight_->has_room());
  slow.next();
  EXPECT_FALSE(flight_->has_room());  // It has it, and has not passed it on.
  slow.next();
  EXPECT_TRUE(pilot_is_rung());
  EXPECT_TRUE(flight_->has_room());
}

TEST_F(flight_test, waits_no_more_for_a_slow_one_who_leaves) {
  auto& quick = reading();
  auto slow = std::make_unique<flight::seat>(
      flight_, std::make_shared<bell>(io_.get_executor()));
  begin();
  flight_->append(std::string(flight_bytes_max + 1, 'x'));
  settle();
  EXPECT_FALSE(flight_->has_room());
  slow.reset();
  EXPECT_TRUE(pilot_is_rung());
  EXPECT_TRUE(flight_->has_room());
  EXPECT_EQ(quick.got.size(), flight_bytes_max + 1);
}

TEST_F(flight_test, never_waits_when_nobody_follows) {
  begin();
  flight_->append(std::string(2 * flight_bytes_max, 'x'));
  EXPECT_TRUE(flight_->has_room());
}

}  // namespace
}  // namespace troupe::http
