// Codes keep their names and survive the way through `caf::error`.

#include "runtime/errc.hpp"

#include <caf/sec.hpp>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace troupe {
namespace {

constexpr auto codes = static_cast<std::uint8_t>(errc::count_);

TEST(errc, every_code_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (std::uint8_t i = 0; i < codes; ++i)
    EXPECT_TRUE(names.insert(name_of(static_cast<errc>(i))).second);
  EXPECT_FALSE(names.contains(""));
  EXPECT_FALSE(names.contains("unrecognized"));
}

// The numbers go over the wire: these pairs may be added to, never changed.
TEST(errc, numbers_do_not_move) {
  constexpr std::pair<int, std::string_view> known[] = {
      {0, "none"},
      {1, "invalid_setting"},
      {2, "unauthorized"},
      {3, "unknown_model"},
      {4, "no_provider"},
      {5, "keys_cooling"},
      {6, "keys_dead"},
      {7, "deadline_exceeded"},
      {8, "overloaded"},
      {9, "shutting_down"},
      {10, "actor_lost"},
      {11, "unknown_child"},
      {12, "restart_budget_spent"},
      {13, "retries_spent"},
  };
  for (const auto& [number, name] : known)
    EXPECT_EQ(name_of(static_cast<errc>(number)), name);
}

TEST(errc, a_number_from_a_newer_node_is_unrecognized) {
  EXPECT_EQ(name_of(static_cast<errc>(codes)), "unrecognized");
  EXPECT_EQ(name_of(static_cast<errc>(255)), "unrecognized");
}

TEST(errc, survives_the_way_through_an_error) {
  for (std::uint8_t i = 1; i < codes; ++i) {
    const auto code = static_cast<errc>(i);
    EXPECT_EQ(code_of(caf::make_error(code, "context")), code);
    EXPECT_EQ(code_of(caf::expected<int>{caf::make_error(code)}), code);
  }
}

TEST(errc, is_none_for_success_and_for_the_errors_of_others) {
  EXPECT_EQ(code_of(caf::error{}), errc::none);
  EXPECT_EQ(code_of(caf::expected<int>{1}), errc::none);
  EXPECT_EQ(code_of(caf::make_error(caf::sec::request_timeout)), errc::none);
}

TEST(errc, prints_as_its_name) {
  std::ostringstream out;
  out << errc::overloaded;
  EXPECT_EQ(out.str(), "overloaded");
  EXPECT_EQ(to_string(errc::overloaded), "overloaded");
}

}  // namespace
}  // namespace troupe
