// What the states of keys mean for the node: one row a judgement.

#include "actors/health/health_board.hpp"
#include "actors/queue_contracts.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

std::vector<key_status> keys(const std::vector<std::string>& conditions) {
  std::vector<key_status> all;
  for (const auto& c : conditions)
    all.push_back({"acme", "acme-" + std::to_string(all.size() + 1), c, 0, 0});
  return all;
}

TEST(health_board, a_provider_is_as_well_as_its_keys) {
  const std::pair<std::vector<std::string>, health> rows[] = {
      {{"usable"}, health::healthy},
      {{"usable", "usable"}, health::healthy},
      {{"usable", "cooling"}, health::degraded},
      {{"usable", "dead"}, health::degraded},
      {{"spent"}, health::unhealthy},
      {{"cooling", "dead"}, health::unhealthy},
      {{"dead", "dead"}, health::critical},
  };
  for (const auto& [conditions, expected] : rows)
    EXPECT_EQ(check_provider("acme", keys(conditions)).status, expected);
}

TEST(health_board, a_pool_that_does_not_answer_is_critical) {
  EXPECT_EQ(check_provider("acme", std::nullopt).status, health::critical);
}

TEST(health_board, a_check_names_every_key_and_its_condition) {
  const auto check = check_provider("acme", keys({"usable", "cooling"}));
  EXPECT_EQ(check.component, "provider:acme");
  EXPECT_EQ(check.details.at("acme-2"), "cooling");
}

TEST(health_board, dropped_log_lines_degrade) {
  EXPECT_EQ(check_log(0).status, health::healthy);
  EXPECT_EQ(check_log(3).status, health::degraded);
}

TEST(health_board, the_worst_part_is_the_whole) {
  health_report report;
  EXPECT_EQ(report.overall(), health::healthy);
  report.checks = {{"a", health::degraded, "", {}},
                   {"b", health::critical, "", {}},
                   {"c", health::healthy, "", {}}};
  EXPECT_EQ(report.overall(), health::critical);
}

TEST(health_board, queues_are_well_when_all_of_them_take_jobs_in) {
  const auto refusing = [](const std::string& why) {
    queue_statistics numbers;
    numbers.refuses = why;
    return std::optional{numbers};
  };
  const auto well = check_queues({{"a", refusing("")}, {"b", refusing("")}});
  EXPECT_EQ(well.component, "queues");
  EXPECT_EQ(well.status, health::healthy);
  EXPECT_EQ(check_queues({{"a", refusing(std::string{queue_starting})}}).status,
            health::healthy);
  const auto full =
      check_queues({{"a", refusing("")}, {"b", refusing("store_full: x")}});
  EXPECT_EQ(full.status, health::degraded);
  EXPECT_EQ(full.details.at("b"), "store_full: x");
  EXPECT_EQ(check_queues({{"a", std::nullopt}}).status, health::degraded);
}

}  // namespace
}  // namespace troupe
