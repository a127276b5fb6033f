// One client on a flight: what it is told, and what it is spared.

#include "http/cache/passenger.hpp"
#include "tests/support/fake_responder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

namespace troupe::http {
namespace {

using tests::fake_responder;
using namespace std::chrono_literals;

class passenger_test : public ::testing::Test {
protected:
  passenger_test()
      : reactor_(io_), flight_(std::make_shared<flight>(
                           flight_shape{.streams = true},
                           std::make_shared<bell>(io_.get_executor()))) {}

  /// A client who boards now and rides as far as there is something to see.
  struct rider {
    rider(passenger_test& t, fare how, bool leaves = false)
        : client(t.io_.get_executor()) {
      client.leaves = leaves;
      const auto due = std::chrono::steady_clock::now() + t.patience_;
      asio::co_spawn(t.io_.get_executor(), ride(t, how, due),
                     [this](std::exception_ptr why) {
                       threw = static_cast<bool>(why);
                       over = true;
                     });
    }

    task<> ride(passenger_test& t, fare how, time_point due) {
      passenger me{t.reactor_.wheel, client, t.flight_};
      const auto got = co_await me.ride(how, due, record);
      end = got;
    }

    fake_responder client;
    exchange_record record;
    std::optional<arrival> end;
    bool threw = false;
    bool over = false;
  };

  rider& board(fare how, bool leaves = false) {
    riders_.push_back(std::make_unique<rider>(*this, how, leaves));
    settle();
    return *riders_.back();
  }

  void settle() {
    io_.restart();
    io_.poll();
  }

  void answer(unsigned status, std::string_view body) {
    begin(status, true);
    flight_->append(body);
    flight_->end(flight::stage::finished, {});
    settle();
  }

  void begin(unsigned status, bool whole = false) {
    flight_head head;
    head.status = status;
    head.headers.add("x-troupe-cache", "miss");
    head.headers.add("x-troupe-attempts", "3");
    head.headers.add("x-troupe-model", "m");
    head.whole = whole;
    flight_->begin(std::move(head));
    settle();
  }

  void write(std::string_view bytes) {
    flight_->append(bytes);
    settle();
  }

  void end(flight::stage how) {
    flight_->end(how, {});
    settle();
  }

  asio::io_context io_;
  reactor reactor_;
  flight_ptr flight_;
  std::chrono::milliseconds patience_ = 10min;
  std::vector<std::unique_ptr<rider>> riders_;
};

TEST_F(passenger_test, gives_starter_and_follower_the_same_answer) {
  auto& first = board(fare::starter);
  auto& other = board(fare::follows);
  answer(200, "the answer");
  for (auto* r : {&first, &other}) {
    EXPECT_EQ(r->end, arrival::answered);
    EXPECT_EQ(r->client.body(), "the answer");
    EXPECT_EQ(r->record.status, 200U);
    EXPECT_EQ(r->record.bytes_out, 10U);
    EXPECT_FALSE(r->client.streamed);
  }
}

TEST_F(passenger_test, says_to_followers_that_the_call_was_shared) {
  auto& first = board(fare::starter);
  auto& other = board(fare::follows);
  answer(200, "{}");
  EXPECT_EQ(first.client.header("x-troupe-cache"), "miss");
  EXPECT_EQ(first.client.header("x-troupe-attempts"), "3");
  EXPECT_EQ(other.client.header("x-troupe-cache"), "coalesced");
  EXPECT_EQ(other.client.header("x-troupe-attempts"), "0");
  EXPECT_EQ(other.client.header("x-troupe-model"), "m");
}

TEST_F(passenger_test, passes_a_stream_on_as_it_comes) {
  auto& one = board(fare::follows);
  begin(200);
  write("data: 1\n\n");
  EXPECT_EQ(one.client.body(), "data: 1\n\n");
  EXPECT_FALSE(one.client.finished);
  auto& late = board(fare::follows);
  write("data: 2\n\n");
  end(flight::stage::finished);
  for (auto* r : {&one, &late}) {
    EXPECT_EQ(r->client.body(), "data: 1\n\ndata: 2\n\n");
    EXPECT_TRUE(r->client.streamed);
    EXPECT_TRUE(r->client.finished);
    EXPECT_TRUE(r->record.streamed);
  }
}

TEST_F(passenger_test, cuts_everybody_when_the_answer_is_cut) {
  auto& one = board(fare::starter);
  auto& other = board(fare::follows);
  begin(200);
  write("half");
  end(flight::stage::reset);
  for (auto* r : {&one, &other}) {
    EXPECT_TRUE(r->client.was_reset);
    EXPECT_FALSE(r->client.finished);
    EXPECT_EQ(r->end, arrival::answered);
  }
}

// -- faults
// ----------------------------------------------------------------------

TEST_F(passenger_test, shares_what_is_wrong_with_the_request) {
  auto& other = board(fare::follows);
  answer(400, "no such field");
  EXPECT_EQ(other.end, arrival::answered);
  EXPECT_EQ(other.client.status_sent, 400U);
}

TEST_F(passenger_test, gives_another_fault_to_the_starter_only) {
  auto& first = board(fare::starter);
  auto& other = board(fare::follows);
  answer(503, "no luck");
  EXPECT_EQ(first.client.status_sent, 503U);
  EXPECT_EQ(other.client.status_sent, 0U);
  flight_->land();  // Nobody waits for ever.
  settle();
}

TEST_F(passenger_test, lets_followers_ask_again_once_the_cache_knows) {
  auto& other = board(fare::follows);
  answer(429, "no luck");
  EXPECT_FALSE(other.over);
  flight_->land();
  settle();
  EXPECT_EQ(other.end, arrival::again);
}

TEST_F(passenger_test, gives_any_fault_to_one_who_has_asked_often_enough) {
  auto& other = board(fare::last);
  answer(503, "no luck");
  EXPECT_EQ(other.client.status_sent, 503U);
  EXPECT_EQ(other.client.header("x-troupe-cache"), "coalesced");
}

TEST_F(passenger_test, lets_everybody_ask_again_when_a_flight_is_lost) {
  auto& first = board(fare::starter);
  auto& other = board(fare::last);
  end(flight::stage::lost);
  flight_->land();
  settle();
  EXPECT_EQ(first.end, arrival::again);
  EXPECT_EQ(other.end, arrival::again);
}

TEST(speaks_of_request, holds_for_answers_that_another_asker_would_get_too) {
  for (const auto status : {200U, 400U, 404U, 405U, 413U, 415U, 422U})
    EXPECT_TRUE(speaks_of_request(status)) << status;
  for (const auto status :
       {401U, 402U, 403U, 408U, 409U, 429U, 500U, 502U, 503U, 504U, 529U})
    EXPECT_FALSE(speaks_of_request(status)) << status;
}

// -- leaving, and time
// -----------------------------------------------------------

TEST_F(passenger_test, ends_with_its_client) {
  auto& leaver = board(fare::follows, true);
  EXPECT_TRUE(leaver.threw);
  EXPECT_EQ(leaver.client.status_sent, 0U);
}

TEST_F(passenger_test, does_not_take_others_along_when_its_client_leaves) {
  auto& stays = board(fare::follows);
  board(fare::starter, true);
  answer(200, "for the others");
  EXPECT_EQ(stays.client.body(), "for the others");
}

TEST_F(passenger_test, is_too_late_when_its_own_time_is_over) {
  patience_ = 0ms;
  riders_.push_back(std::make_unique<rider>(*this, fare::follows));
  io_.restart();
  io_.run();  // To the wheel's next tick.
  EXPECT_EQ(riders_.back()->end, arrival::too_late);
  EXPECT_EQ(riders_.back()->client.status_sent, 0U);
}

}  // namespace
}  // namespace troupe::http
