// References to variables, and the names of those that override knobs.

#include "config/environment.hpp"

#include <gtest/gtest.h>

namespace troupe::config {
namespace {

const environment some =
    fixed_environment({{"A", "one"}, {"_b2", "${A}"}, {"EMPTY", ""}});

std::string expanded(std::string_view text) {
  const auto result = expand(text, some);
  if (const auto* c = std::get_if<complaint>(&result))
    return "complaint: " + c->text;
  return std::get<std::string>(result);
}

TEST(environment, puts_variables_in_anywhere_in_a_text) {
  EXPECT_EQ(expanded("plain $A $ {A} }"), "plain $A $ {A} }");
  EXPECT_EQ(expanded("${A}"), "one");
  EXPECT_EQ(expanded("x${A}y${A}${EMPTY}z"), "xoneyonez");
}

TEST(environment, does_not_expand_what_came_out_of_a_variable) {
  EXPECT_EQ(expanded("${_b2}"), "${A}");
}

TEST(environment, names_the_variable_that_is_not_set) {
  EXPECT_EQ(expanded("${A} ${NOBODY}"),
            "complaint: environment variable NOBODY is not set");
}

TEST(environment, refuses_an_opening_without_a_name_and_an_end) {
  for (const auto* text : {"${", "${}", "${A", "${1A}", "${A B}", "${A-x}"})
    EXPECT_TRUE(expanded(text).starts_with("complaint: has a ${")) << text;
}

TEST(environment, bounds_what_a_text_may_grow_to) {
  const auto large = fixed_environment({{"L", std::string(600'000, 'x')}});
  EXPECT_TRUE(std::holds_alternative<std::string>(expand("${L}", large)));
  EXPECT_TRUE(std::holds_alternative<complaint>(expand("${L}${L}", large)));
}

TEST(environment, recognizes_an_entry_that_is_only_a_reference) {
  EXPECT_EQ(sole_reference("${A_1}"), "A_1");
  for (const auto* text : {"", "${", "${}", "A", "${A}x", "x${A}", "${A}${B}"})
    EXPECT_FALSE(sole_reference(text)) << text;
}

TEST(environment, names_overrides_after_the_path) {
  EXPECT_EQ(override_name("http.listen"), "TROUPE_HTTP_LISTEN");
  EXPECT_EQ(override_name("node.data_dir"), "TROUPE_NODE_DATA_DIR");
}

TEST(environment, counts_an_empty_variable_as_not_set_where_it_would_override) {
  EXPECT_EQ(find_nonempty(some, "A"), "one");
  EXPECT_FALSE(find_nonempty(some, "EMPTY"));
  EXPECT_FALSE(find_nonempty(some, "NOBODY"));
}

}  // namespace
}  // namespace troupe::config
