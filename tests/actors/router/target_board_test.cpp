// What is known of targets: breakers, probes, latencies, over reloads too.

#include "actors/router/target_board.hpp"
#include "tests/support/routes.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using verdict = target_board::verdict;
using milliseconds = std::chrono::milliseconds;

constexpr double no_jitter = 0.5;

class target_board_test : public ::testing::Test {
protected:
  target_board_test() { board.adopt(routes); }

  target_index at(const std::string& provider) const {
    return testing::target_at(*routes, provider);
  }

  target_report report(const std::string& provider, fault f,
                       bool probe = false) const {
    return {.routes = routes,
            .target = at(provider),
            .fault = f,
            .retry_after = {},
            .probe = probe};
  }

  verdict judge(const target_report& r) {
    return board.judge(r, now, no_jitter).what;
  }

  void open(const std::string& provider) {
    for (int i = 0; i < 5; ++i)
      judge(report(provider, fault::transient));
    ASSERT_TRUE(board.is_open(at(provider)));
  }

  // Opens it, waits out the cool-down and sends the probe.
  void probe(const std::string& provider) {
    open(provider);
    now = *board.admits_at(at(provider));
    ASSERT_TRUE(board.admits(at(provider), now));
    ASSERT_TRUE(board.lend(at(provider), now));
  }

  void measure(const std::string& provider, milliseconds first_byte) {
    auto r = report(provider, fault::none);
    r.first_byte = first_byte;
    judge(r);
  }

  void reload(const config::settings& s) {
    routes = testing::routes_of(s);
    board.adopt(routes);
  }

  routing_ptr routes = testing::routes_of(testing::serving(2));
  target_board board;
  time_point now{1h};
};

TEST_F(target_board_test, only_faults_that_blame_the_target_count) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(fault::count_); ++i) {
    const auto f = static_cast<fault>(i);
    reload(testing::serving(1));
    target_board fresh;
    board = fresh;
    board.adopt(routes);
    auto last = verdict::nothing;
    for (int n = 0; n < 5; ++n)
      last = judge(report("a", f));
    EXPECT_EQ(last == verdict::opened, rule_of(f).blames_target) << name_of(f);
    EXPECT_EQ(board.admits(at("a"), now), !rule_of(f).blames_target);
  }
}

TEST_F(target_board_test, the_fifth_fault_in_a_row_opens_and_others_stay) {
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(judge(report("a", fault::transient)), verdict::nothing);
  EXPECT_TRUE(board.is_suspect(at("a")));
  EXPECT_EQ(judge(report("a", fault::malformed)), verdict::opened);
  EXPECT_FALSE(board.admits(at("a"), now));
  EXPECT_TRUE(board.admits(at("b"), now));
  EXPECT_FALSE(board.is_suspect(at("b")));
}

TEST_F(target_board_test, success_in_between_ends_the_row) {
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(judge(report("a", i % 5 == 4 ? fault::none : fault::transient)),
              verdict::nothing);
}

TEST_F(target_board_test, one_probe_after_the_cool_down_and_its_end_decides) {
  probe("a");
  EXPECT_FALSE(board.admits(at("a"), now));
  EXPECT_FALSE(board.admits_at(at("a"))) << "depends on the probe";
  EXPECT_EQ(judge(report("a", fault::none)), verdict::nothing)
      << "an older call says nothing new";
  EXPECT_FALSE(board.admits(at("a"), now));
  EXPECT_EQ(judge(report("a", fault::none, true)), verdict::closed);
  EXPECT_TRUE(board.admits(at("a"), now));
  EXPECT_FALSE(board.lend(at("a"), now));
}

TEST_F(target_board_test, a_failed_probe_opens_for_twice_as_long) {
  probe("a");
  EXPECT_EQ(judge(report("a", fault::transient, true)), verdict::opened);
  EXPECT_EQ(*board.admits_at(at("a")) - now, 30s);
}

TEST_F(target_board_test, a_probe_that_says_nothing_gives_its_place_back) {
  for (const auto f :
       {fault::rate, fault::credential, fault::client, fault::abandoned}) {
    board = {};
    board.adopt(routes);
    probe("a");
    EXPECT_EQ(judge(report("a", f, true)), verdict::nothing) << name_of(f);
    EXPECT_TRUE(board.admits(at("a"), now)) << name_of(f);
    EXPECT_TRUE(board.lend(at("a"), now)) << "the next one is the probe";
  }
}

TEST_F(target_board_test, a_lost_probe_is_replaced_when_patience_is_over) {
  probe("a");
  now += target_board::probe_patience - 1ms;
  EXPECT_FALSE(board.admits(at("a"), now));
  now += 1ms;
  EXPECT_TRUE(board.admits(at("a"), now));
}

TEST_F(target_board_test, a_probe_that_comes_back_too_late_decides_nothing) {
  probe("a");
  now += target_board::probe_patience;
  ASSERT_TRUE(board.admits(at("a"), now));
  EXPECT_EQ(judge(report("a", fault::none, true)), verdict::nothing);
  EXPECT_TRUE(board.is_open(at("a")));
}

TEST_F(target_board_test, the_first_measurement_is_taken_as_it_is) {
  EXPECT_FALSE(board.latency(at("a"), now));
  measure("a", 500ms);
  EXPECT_EQ(board.latency(at("a"), now), 500ms);
  EXPECT_FALSE(board.latency(at("b"), now));
}

TEST_F(target_board_test, later_ones_move_it_by_a_fifth_of_the_difference) {
  measure("a", 500ms);
  measure("a", 1000ms);
  EXPECT_EQ(board.latency(at("a"), now), 600ms);
  measure("a", 100ms);
  EXPECT_EQ(board.latency(at("a"), now), 500ms);
}

TEST_F(target_board_test, a_latency_is_forgotten_when_it_is_old) {
  measure("a", 500ms);
  now += target_board::latency_age_max - 1ms;
  EXPECT_EQ(board.latency(at("a"), now), 500ms);
  now += 1ms;
  EXPECT_FALSE(board.latency(at("a"), now));
  measure("a", 100ms);
  EXPECT_EQ(board.latency(at("a"), now), 100ms) << "and measured anew";
}

TEST_F(target_board_test, only_answers_measure) {
  auto r = report("a", fault::transient);
  r.first_byte = 5ms;
  judge(r);
  measure("a", 0ms);
  EXPECT_FALSE(board.latency(at("a"), now));
}

TEST_F(target_board_test, a_reload_keeps_what_is_known_by_name) {
  open("b");
  measure("a", 500ms);
  auto s = testing::serving(3);
  std::swap(s.models[0].targets[0], s.models[0].targets[2]);
  reload(s);
  EXPECT_TRUE(board.is_open(at("b")));
  EXPECT_FALSE(board.is_open(at("a")));
  EXPECT_FALSE(board.is_open(at("c")));
  EXPECT_EQ(board.latency(at("a"), now), 500ms);
  EXPECT_FALSE(board.latency(at("c"), now));
}

TEST_F(target_board_test, a_probe_that_outlives_a_reload_comes_back) {
  probe("b");
  const auto of_before = report("b", fault::none, true);
  auto s = testing::serving(3);
  std::swap(s.models[0].targets[0], s.models[0].targets[1]);
  reload(s);
  EXPECT_FALSE(board.admits(at("b"), now));
  const auto found = board.judge(of_before, now, no_jitter);
  EXPECT_EQ(found.what, verdict::closed);
  EXPECT_EQ(found.target, at("b")) << "as the routing of now counts";
  EXPECT_TRUE(board.admits(at("b"), now));
}

TEST_F(target_board_test, a_target_that_is_gone_is_not_missed) {
  const auto of_before = report("b", fault::transient);
  reload(testing::serving(1));
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(judge(of_before), verdict::nothing);
  EXPECT_TRUE(board.admits(at("a"), now));
}

TEST_F(target_board_test, models_that_share_a_target_share_its_breaker) {
  auto s = testing::serving(1);
  s.models.push_back(s.models[0]);
  s.models[1].name = "alias";
  reload(s);
  const auto found = routes->find("alias", config::protocol::openai);
  const auto other = (*found)->targets[0];
  ASSERT_NE(other, at("a"));
  probe("a");
  EXPECT_TRUE(board.is_open(other));
  EXPECT_FALSE(board.admits(other, now)) << "one probe for both";
  reload(s);
  EXPECT_FALSE(board.admits(other, now));
  EXPECT_EQ(judge(report("a", fault::none, true)), verdict::closed);
  EXPECT_TRUE(board.admits(other, now));
}

TEST_F(target_board_test, other_settings_count_from_the_next_fault_on) {
  auto s = testing::serving(1);
  testing::provider_at(s, 0).breaker.open_after = 2;
  reload(s);
  EXPECT_EQ(judge(report("a", fault::transient)), verdict::nothing);
  EXPECT_EQ(judge(report("a", fault::transient)), verdict::opened);
}

}  // namespace
}  // namespace troupe
