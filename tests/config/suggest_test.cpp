// Which name is near enough to be suggested.

#include "config/suggest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace troupe::config {
namespace {

constexpr std::array<std::string_view, 4> known{"listen", "max_body", "rpm",
                                                "tpm"};

TEST(suggest, finds_the_name_that_was_meant) {
  EXPECT_EQ(nearest("lisen", known), "listen");
  EXPECT_EQ(nearest("listne", known), "listen");
  EXPECT_EQ(nearest("maxbody", known), "max_body");
  EXPECT_EQ(nearest("rpn", known), "rpm");
}

TEST(suggest, stays_silent_when_nothing_is_near) {
  EXPECT_EQ(nearest("completely_else", known), "");
  EXPECT_EQ(nearest("abc", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("listen", {}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), known), "");
}

}  // namespace
}  // namespace troupe::config
