// Names are shared, and are gone with the last job that bears them.

#include "actors/queue/name_roll.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

TEST(NameRoll, who_goes_by_the_same_name_shares_it) {
  name_roll names;
  const auto one = names.enter("mail");
  EXPECT_EQ(one->text, "mail");
  EXPECT_EQ(names.enter("mail"), one);
  EXPECT_NE(names.enter("bill"), one);
}

TEST(NameRoll, a_name_is_kept_as_long_as_anybody_bears_it) {
  name_roll names;
  auto one = names.enter("mail");
  auto other = names.enter("mail");
  one.reset();
  EXPECT_EQ(names.size(), 1u);
  EXPECT_EQ(other->text, "mail");
  other.reset();
  EXPECT_EQ(names.size(), 0u);
  EXPECT_EQ(names.enter("mail")->text, "mail");
}

TEST(NameRoll, no_name_takes_no_room) {
  name_roll names;
  EXPECT_EQ(names.enter(""), nullptr);
  EXPECT_EQ(names.size(), 0u);
}

}  // namespace
}  // namespace troupe
