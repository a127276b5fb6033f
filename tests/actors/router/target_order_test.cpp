// Who is asked first, by each strategy; draws by their distribution.

#include "actors/router/target_order.hpp"
#include "tests/support/routes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using config::strategy;

class target_order_test : public ::testing::Test {
protected:
  config::target_settings& target(std::size_t i) {
    return settings.models[0].targets[i];
  }

  void price(std::size_t i, double input, double output) {
    target(i).price =
        config::target_price_settings{{.input = input, .output = output}};
  }

  /// The order of the targets, as in "bac".
  std::string order() {
    const auto routes = testing::routes_of(settings);
    const auto found = routes->find("m", config::protocol::openai);
    const auto listed = order_of(
        *routes, **found,
        {.tokens_in = tokens_in,
         .tokens_out = tokens_out,
         .latency =
             [&](target_index t) -> std::optional<std::chrono::milliseconds> {
           const auto at = latency.find(routes->provider_of(t).settings->name);
           if (at == latency.end())
             return std::nullopt;
           return at->second;
         },
         .random =
             [&] {
               return draw();
             }});
    std::string result;
    for (const auto t : listed)
      result += routes->provider_of(t).settings->name;
    return result;
  }

  /// Part of the calls whose order begins with `first`.
  std::map<std::string, double> shares(std::size_t letters = 1) {
    std::map<std::string, double> result;
    constexpr int calls = 10'000;
    for (int i = 0; i < calls; ++i)
      result[order().substr(0, letters)] += 1.0 / calls;
    return result;
  }

  double draw() {
    return fixed ? *fixed : std::generate_canonical<double, 32>(random);
  }

  config::settings settings = testing::serving(3);
  std::uint64_t tokens_in = 1000;
  std::uint64_t tokens_out = 1000;
  std::map<std::string, std::chrono::milliseconds> latency;
  std::optional<double> fixed;
  std::mt19937 random{1};
};

TEST_F(target_order_test, priority_is_the_smallest_number_first) {
  target(0).priority = 3;
  target(1).priority = 1;
  target(2).priority = 2;
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(order(), "bca");
}

TEST_F(target_order_test, equal_priorities_share_by_weight) {
  target(0).priority = target(1).priority = 1;
  target(2).priority = 2;
  target(0).weight = 3;
  const auto got = shares();
  EXPECT_NEAR(got.at("a"), 0.75, 0.02);
  EXPECT_NEAR(got.at("b"), 0.25, 0.02);
  EXPECT_FALSE(got.contains("c"));
}

TEST_F(target_order_test, weights_are_the_part_of_the_calls) {
  settings.models[0].strategy = strategy::weighted;
  target(0).weight = 70;
  target(1).weight = 20;
  target(2).weight = 10;
  const auto got = shares();
  EXPECT_NEAR(got.at("a"), 0.7, 0.02);
  EXPECT_NEAR(got.at("b"), 0.2, 0.02);
  EXPECT_NEAR(got.at("c"), 0.1, 0.02);
}

TEST_F(target_order_test, those_that_follow_share_by_weight_too) {
  settings.models[0].strategy = strategy::weighted;
  target(0).weight = 70;
  target(1).weight = 20;
  target(2).weight = 10;
  const auto got = shares(2);
  EXPECT_NEAR(got.at("ab"), 0.7 * 20 / 30, 0.02);
  EXPECT_NEAR(got.at("ac"), 0.7 * 10 / 30, 0.02);
  EXPECT_NEAR(got.at("ba"), 0.2 * 70 / 80, 0.02);
  EXPECT_NEAR(got.at("ca"), 0.1 * 70 / 90, 0.02);
}

TEST_F(target_order_test, every_draw_is_an_order_at_its_edges_too) {
  settings.models[0].strategy = strategy::weighted;
  for (const double edge : {0.0, 0.5, std::nextafter(1.0, 0.0)}) {
    fixed = edge;
    EXPECT_EQ(order(), "abc") << "equals stay as they are configured";
  }
}

TEST_F(target_order_test, cost_is_that_of_this_very_call) {
  settings.models[0].strategy = strategy::cost;
  price(0, 1, 10);
  price(1, 4, 4);
  price(2, 10, 1);
  struct row {
    std::uint64_t in, out;
    const char* order;
  };
  for (const auto& [in, out, expected] : {
           row{10'000, 100, "abc"},  // 11 000, 40 400, 100 100
           row{100, 10'000, "cba"},
           row{1000, 1000, "bac"},  // a and c cost the same
           row{0, 0, "abc"},
       }) {
    tokens_in = in;
    tokens_out = out;
    EXPECT_EQ(order(), expected) << in << ' ' << out;
  }
}

TEST_F(target_order_test, a_target_without_a_price_is_the_last) {
  settings.models[0].strategy = strategy::cost;
  price(1, 500, 500);
  price(2, 400, 400);
  EXPECT_EQ(order(), "cba");
}

TEST_F(target_order_test, latency_is_the_fastest_first) {
  settings.models[0].strategy = strategy::latency;
  latency = {{"a", 900ms}, {"b", 200ms}, {"c", 400ms}};
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(order(), "bca");
}

TEST_F(target_order_test, what_is_not_measured_is_tried_by_a_few_calls) {
  settings.models[0].strategy = strategy::latency;
  latency = {{"a", 900ms}, {"b", 200ms}};
  const auto got = shares(3);
  EXPECT_NEAR(got.at("cba"), exploring_share, 0.01);
  EXPECT_NEAR(got.at("bac"), 1 - exploring_share, 0.01);
}

TEST_F(target_order_test, before_any_measurement_it_is_as_configured) {
  settings.models[0].strategy = strategy::latency;
  EXPECT_EQ(shares(3).size(), 1u);
}

TEST_F(target_order_test, a_single_target_needs_no_draw) {
  settings = testing::serving(1, strategy::weighted);
  const auto before = random;
  EXPECT_EQ(order(), "a");
  EXPECT_EQ(random, before);
}

}  // namespace
}  // namespace troupe
