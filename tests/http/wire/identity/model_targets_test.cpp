// Another model behind the same name is another request.

#include "tests/http/wire/identity/asked.hpp"

#include <gtest/gtest.h>

#include <set>

namespace troupe::http::wire {

namespace {

TEST(identity, changes_with_what_stands_behind_the_models_name) {
  asked a{endpoint::chat_completions, R"({"model":"m","messages":[]})"};
  const auto unlisted = a.identity().digest;
  ASSERT_FALSE(unlisted.empty());
  auto& other = a.models.emplace_back();
  other.name = "other";
  other.targets.emplace_back().model = "x";
  EXPECT_EQ(a.identity().digest, unlisted);
  auto& own = a.models.emplace_back();
  own.name = "m";
  own.targets.emplace_back().model = "x";
  const auto to_x = a.identity().digest;
  own.targets.front().model = "y";
  const auto to_y = a.identity().digest;
  own.targets.front().provider = "p";
  EXPECT_EQ((std::set{unlisted, to_x, to_y, a.identity().digest}.size()), 4u);
}

}  // namespace
}  // namespace troupe::http::wire
