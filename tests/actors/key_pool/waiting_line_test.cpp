// Who goes first, who has to go, and that the line does not forget anybody.

#include "actors/key_pool/waiting_line.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;

constexpr time_point now{1h};
constexpr auto tokens_any = ~0ull;

call_ptr call_of(std::string name, std::string client = "a",
                 std::uint8_t priority = priority_normal,
                 std::uint64_t tokens = 10) {
  auto c = std::make_shared<call>();
  c->id = std::move(name);
  c->client = std::move(client);
  c->priority = priority;
  c->tokens_estimated = tokens;
  return c;
}

waiting_line::guest guest_of(waiting_line& line, call_ptr c,
                             time_point until = now + 60s) {
  return {call_ticket{std::move(c),
                      [](auto&&) {
                      }},
          {.number = line.arrive(), .turn = 0, .since = now, .until = until},
          now};
}

// Who had to go for it.
std::string join(waiting_line& line, call_ptr c, time_point until = now + 60s) {
  const auto shed = line.join(guest_of(line, std::move(c), until));
  return shed ? shed->ticket.matter()->id : "";
}

std::string name_of(const std::optional<waiting_line::guest>& g) {
  return g ? g->ticket.matter()->id : "-";
}

// All that are in line, in the order they are taken.
std::string order(waiting_line& line) {
  std::string result;
  while (const auto g = line.take(tokens_any))
    result += g->ticket.matter()->id;
  return result;
}

TEST(waiting_line, first_come_first_served) {
  waiting_line line{10};
  for (const auto* name : {"1", "2", "3"})
    join(line, call_of(name));
  EXPECT_EQ(order(line), "123");
  EXPECT_TRUE(line.empty());
}

TEST(waiting_line, larger_priorities_go_first) {
  waiting_line line{10};
  join(line, call_of("l", "a", 0));
  join(line, call_of("n", "b", 5));
  join(line, call_of("c", "c", 10));
  join(line, call_of("x", "d", 255));
  EXPECT_EQ(order(line), "cxnl") << "what is beyond critical is critical";
}

TEST(waiting_line, clients_take_turns) {
  waiting_line line{20};
  for (const auto* name : {"1", "2", "3", "4", "5"})
    join(line, call_of(name, "many"));
  join(line, call_of("a", "few"));
  join(line, call_of("b", "few"));
  join(line, call_of("z", "one"));
  EXPECT_EQ(order(line), "1az2b345");
}

TEST(waiting_line, turns_are_taken_within_a_priority) {
  waiting_line line{20};
  join(line, call_of("1", "a", 5));
  join(line, call_of("2", "a", 9));
  join(line, call_of("3", "b", 5));
  EXPECT_EQ(order(line), "213") << "a more urgent call costs no turn";
}

TEST(waiting_line, who_comes_back_has_its_old_place_and_its_client_its_turn) {
  waiting_line line{20};
  for (const auto* name : {"1", "2"})
    join(line, call_of(name, "a"));
  for (const auto* name : {"x", "y"})
    join(line, call_of(name, "b"));
  auto first = line.take(tokens_any);
  EXPECT_EQ(name_of(first), "1");
  line.join(std::move(*first));
  EXPECT_EQ(order(line), "1x2y");
}

TEST(waiting_line, who_comes_back_to_an_empty_line_is_served) {
  waiting_line line{20};
  join(line, call_of("1"));
  auto first = line.take(tokens_any);
  EXPECT_TRUE(line.empty());
  line.join(std::move(*first));
  EXPECT_EQ(order(line), "1");
}

TEST(waiting_line, who_fits_is_not_kept_waiting_by_who_does_not) {
  waiting_line line{20};
  join(line, call_of("1", "a", 9, 500));
  join(line, call_of("2", "a", 5, 100));
  join(line, call_of("3", "a", 5, 20));
  join(line, call_of("4", "b", 5, 30));
  EXPECT_EQ(line.smallest(), 20u);
  EXPECT_EQ(name_of(line.take(19)), "-");
  EXPECT_EQ(name_of(line.take(99)), "3");
  EXPECT_EQ(name_of(line.take(99)), "4");
  EXPECT_EQ(name_of(line.take(99)), "-");
  EXPECT_EQ(name_of(line.take(500)), "1");
  EXPECT_EQ(line.smallest(), 100u);
}

TEST(waiting_line, an_empty_estimate_takes_something) {
  waiting_line line{20};
  join(line, call_of("1", "a", 5, 0));
  EXPECT_EQ(name_of(line.take(0)), "-");
  EXPECT_EQ(name_of(line.take(1)), "1");
}

TEST(waiting_line, takes_only_who_is_important_enough_if_asked_so) {
  waiting_line line{20};
  join(line, call_of("1", "a", 5));
  EXPECT_EQ(name_of(line.take(tokens_any, 6)), "-");
  EXPECT_EQ(name_of(line.take(tokens_any, 5)), "1");
}

TEST(waiting_line, when_full_the_newest_of_the_least_important_goes) {
  waiting_line line{3};
  join(line, call_of("1", "a", 5));
  join(line, call_of("2", "a", 1));
  join(line, call_of("3", "b", 1));
  EXPECT_EQ(join(line, call_of("4", "a", 1)), "4") << "the newest is itself";
  EXPECT_EQ(join(line, call_of("5", "a", 0)), "5");
  EXPECT_EQ(join(line, call_of("6", "a", 9)), "3");
  EXPECT_EQ(join(line, call_of("7", "a", 5)), "2");
  EXPECT_EQ(join(line, call_of("8", "a", 5)), "8");
  EXPECT_EQ(order(line), "617");
}

TEST(waiting_line, a_line_without_places_takes_nobody) {
  waiting_line line{0};
  EXPECT_EQ(join(line, call_of("1")), "1");
}

TEST(waiting_line, a_smaller_bound_sends_nobody_away_but_lets_nobody_in) {
  waiting_line line{2};
  join(line, call_of("1"));
  join(line, call_of("2"));
  line.resize(1);
  EXPECT_EQ(line.size(), 2u);
  EXPECT_EQ(join(line, call_of("3")), "3");
  EXPECT_EQ(order(line), "12");
}

TEST(waiting_line, names_the_next_whose_time_is_over_and_takes_them_out) {
  waiting_line line{10};
  EXPECT_EQ(line.next_overdue(), std::nullopt);
  join(line, call_of("1"), now + 30s);
  join(line, call_of("2"), now + 10s);
  EXPECT_EQ(line.next_overdue(), now + 10s);
  EXPECT_EQ(name_of(line.take_overdue(now + 10s - 1ns)), "-");
  EXPECT_EQ(name_of(line.take_overdue(now + 10s)), "2");
  EXPECT_EQ(name_of(line.take_overdue(now + 10s)), "-");
  EXPECT_EQ(line.next_overdue(), now + 30s);
}

TEST(waiting_line, somebody_whose_time_is_over_costs_its_client_no_turn) {
  waiting_line line{10};
  join(line, call_of("1", "a"), now + 1s);
  join(line, call_of("2", "a"));
  join(line, call_of("x", "b"));
  EXPECT_EQ(name_of(line.take_overdue(now + 1s)), "1");
  EXPECT_EQ(order(line), "2x");
}

TEST(waiting_line, drops_whom_nobody_waits_for_when_it_meets_them) {
  waiting_line line{10};
  auto gone = guest_of(line, call_of("1", "a"));
  auto later = guest_of(line, call_of("2", "a"));
  const auto ticket = gone.ticket;
  line.join(std::move(gone));
  line.join(std::move(later));
  join(line, call_of("x", "b"));
  ticket.answer(errc::deadline_exceeded);
  EXPECT_EQ(name_of(line.take(tokens_any)), "2") << "it costs no turn either";
  const auto left = line.left();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].ticket.matter()->id, "1");
  EXPECT_TRUE(line.left().empty()) << "once";
}

TEST(waiting_line, a_line_of_the_gone_does_not_turn_away_the_living) {
  constexpr std::size_t places = 100;
  waiting_line line{places};
  std::vector<call_ticket> gone;
  for (std::size_t i = 0; i < places; ++i) {
    auto g = guest_of(line, call_of("gone"));
    gone.push_back(g.ticket);
    line.join(std::move(g));
  }
  for (const auto& t : gone)
    t.answer(errc::deadline_exceeded);
  for (std::size_t i = 0; i < places; ++i)
    EXPECT_EQ(join(line, call_of("new")), "") << i;
  EXPECT_EQ(line.left().size(), places);
}

TEST(waiting_line, whatever_happens_everybody_leaves_exactly_once) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random{seed};
    waiting_line line{1 + random() % 30};
    std::size_t in = 0;
    std::size_t out = 0;
    auto at = now;
    for (int i = 0; i < 500; ++i) {
      at += std::chrono::milliseconds{random() % 100};
      if (random() % 2 == 0) {
        auto g = guest_of(line,
                          call_of("x", std::string(1, 'a' + random() % 4),
                                  static_cast<std::uint8_t>(random() % 11),
                                  random() % 50),
                          at + std::chrono::milliseconds{random() % 3000});
        if (random() % 10 == 0)
          g.ticket.answer(errc::deadline_exceeded);
        ++in;
        out += line.join(std::move(g)) ? 1 : 0;
      } else if (auto g = line.take(random() % 50); g && random() % 4 == 0) {
        out += line.join(std::move(*g)) ? 1 : 0;
      } else {
        out += g ? 1 : 0;
      }
      while (line.take_overdue(at))
        ++out;
      out += line.left().size();
      ASSERT_EQ(line.size(), in - out);
      ASSERT_TRUE(!line.next_overdue() || *line.next_overdue() > at);
    }
  }
}

// The time-out of the test is the bound: were a step not O(log n), this would
// take minutes, and a million calls hours.
TEST(waiting_line, a_great_many_calls_are_no_trouble) {
  constexpr std::uint64_t calls = 30'000;
  waiting_line line{calls};
  const auto c = call_of("x");
  const call_ticket ticket{c, [](auto&&) {
                           }};
  for (std::uint64_t i = 0; i < calls; ++i) {
    c->client = std::to_string(i % 1000);
    c->tokens_estimated = i % 977;
    ASSERT_FALSE(line.join({ticket,
                            {.number = line.arrive(),
                             .turn = 0,
                             .since = now,
                             .until = now + std::chrono::milliseconds{i}},
                            now}));
  }
  std::uint64_t taken = 0;
  while (line.take(500))
    ++taken;
  EXPECT_GT(taken, calls / 2);
  while (line.take_overdue(now + 1h))
    ++taken;
  EXPECT_EQ(taken, calls);
}

}  // namespace
}  // namespace troupe
