// Which provider serves a model.

#include "actors/router/route_table.hpp"
#include "runtime/errc.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

using config::protocol;

config::settings two_providers() {
  config::settings s;
  for (const auto& [name, spoken] : {std::pair{"claude", protocol::anthropic},
                                     std::pair{"gpt", protocol::openai},
                                     std::pair{"spare", protocol::openai}}) {
    auto p = std::make_shared<config::provider_settings>();
    p->name = name;
    p->protocol = spoken;
    s.providers.push_back(std::move(p));
  }
  s.models.push_back(
      {.name = "fast",
       .targets =
           {{.provider = "gpt", .model = "gpt-6", .priority = 2, .price = {}},
            {.provider = "spare", .model = "mini", .priority = 1, .price = {}}},
       .price = {},
       .hedge = {}});
  s.models.push_back({.name = "deep",
                      .targets = {{.provider = "claude",
                                   .model = "claude-opus-5",
                                   .price = {}}},
                      .price = {},
                      .hedge = {}});
  return s;
}

TEST(route_table, a_configured_model_goes_to_its_first_target) {
  const route_table table{two_providers()};
  const auto found = table.find("fast", protocol::openai);
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->provider, 2u);
  EXPECT_EQ((*found)->model, "mini");
}

TEST(route_table,
     an_unlisted_model_goes_to_the_first_that_speaks_its_protocol) {
  const route_table table{two_providers()};
  const auto found = table.find("gpt-7-preview", protocol::openai);
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->provider, 1u);
  EXPECT_EQ((*found)->model, "") << "as the client named it";
}

TEST(route_table,
     a_model_of_another_protocol_is_unknown_and_the_error_says_why) {
  const route_table table{two_providers()};
  const auto found = table.find("deep", protocol::openai);
  ASSERT_EQ(code_of(found), errc::unknown_model);
  const auto& why = found.error().context();
  EXPECT_EQ(why.get_as<std::string>(0), "deep");
  EXPECT_EQ(why.get_as<std::string>(1),
            "this model is served in the anthropic protocol only");
  EXPECT_TRUE(table.find("deep", protocol::anthropic));
}

TEST(route_table, names_the_protocol_that_nobody_speaks) {
  const route_table table{two_providers()};
  const auto found = table.find("gemini-2.5-pro", protocol::gemini);
  ASSERT_EQ(code_of(found), errc::no_provider);
  EXPECT_EQ(found.error().context().get_as<std::string>(0), "gemini");
}

}  // namespace
}  // namespace troupe
