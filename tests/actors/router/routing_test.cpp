// Which targets serve a model.

#include "actors/router/routing.hpp"
#include "config/embedder_provider.hpp"
#include "runtime/errc.hpp"
#include "tests/support/routes.hpp"

#include <gtest/gtest.h>

namespace troupe {
namespace {

using config::protocol;

config::settings three_providers() {
  config::settings s;
  testing::add_provider(s, "claude", protocol::anthropic);
  testing::add_provider(s, "gpt");
  testing::add_provider(s, "spare");
  s.models.push_back(
      {.name = "fast",
       .targets = {{.provider = "gpt",
                    .model = "gpt-6",
                    .weight = 3,
                    .priority = 2,
                    .context = 8000,
                    .price = {}},
                   {.provider = "spare", .model = "mini", .price = {}}},
       .price = {},
       .hedge = {}});
  s.models.push_back(
      {.name = "deep",
       .targets = {{.provider = "claude", .model = "opus", .price = {}}},
       .price = {},
       .hedge = {}});
  return s;
}

// The names of what serves `model`, or of the error.
std::vector<std::string> names_of(const routing& r, const std::string& model,
                                  protocol spoken) {
  const auto found = r.find(model, spoken);
  if (!found)
    return {std::string{name_of(code_of(found))}};
  std::vector<std::string> result;
  for (const auto t : (*found)->targets)
    result.push_back(r.targets()[t].name);
  return result;
}

using names = std::vector<std::string>;

TEST(routing, a_model_goes_to_what_is_configured_for_it) {
  const auto r = testing::routes_of(three_providers());
  EXPECT_EQ(names_of(*r, "fast", protocol::openai),
            (names{"gpt/gpt-6", "spare/mini"}));
  EXPECT_EQ(names_of(*r, "deep", protocol::anthropic), names{"claude/opus"});
}

TEST(routing, a_configured_name_is_found_whatever_the_client_speaks) {
  const auto r = testing::routes_of(three_providers());
  EXPECT_EQ(names_of(*r, "deep", protocol::openai), names{"claude/opus"});
  EXPECT_EQ(names_of(*r, "deep", protocol::gemini), names{"claude/opus"});
}

TEST(routing, any_other_goes_to_the_first_that_speaks_the_clients_protocol) {
  const auto r = testing::routes_of(three_providers());
  EXPECT_EQ(names_of(*r, "gpt-7", protocol::openai), names{"gpt/*"});
  EXPECT_EQ(names_of(*r, "claude-6", protocol::openai), names{"gpt/*"})
      << "also if its maker is another: this one may serve it as well";
  EXPECT_EQ(names_of(*r, "whatever", protocol::anthropic), names{"claude/*"});
  const auto found = r->find("gpt-7", protocol::openai);
  EXPECT_EQ(r->targets()[(*found)->targets[0]].model, "")
      << "as the client named it";
}

TEST(routing, where_nobody_speaks_it_the_models_maker_is_asked) {
  const auto r = testing::routes_of(three_providers());
  EXPECT_EQ(names_of(*r, "gpt-7", protocol::gemini), names{"gpt/*"});
  EXPECT_EQ(names_of(*r, "claude-6", protocol::gemini), names{"claude/*"});
  EXPECT_EQ(names_of(*r, "gemini-4", protocol::gemini), names{"no_provider"});
  EXPECT_EQ(names_of(*r, "whatever", protocol::gemini), names{"no_provider"});
}

TEST(routing, names_the_protocol_that_nobody_speaks) {
  const auto r = testing::routes_of(three_providers());
  const auto found = r->find("gemini-4", protocol::gemini);
  ASSERT_EQ(code_of(found), errc::no_provider);
  EXPECT_EQ(found.error().context().get_as<std::string>(0), "gemini");
}

TEST(routing, knows_makers_by_their_models_names) {
  struct row {
    std::string_view model;
    std::optional<protocol> maker;
  };
  for (const auto& [model, maker] : {
           row{"claude-opus-5", protocol::anthropic},
           row{"gemini-4-pro", protocol::gemini},
           row{"gemma-3", protocol::gemini},
           row{"gpt-6", protocol::openai},
           row{"chatgpt-6", protocol::openai},
           row{"o3-mini", protocol::openai},
           row{"claude", std::nullopt},
           row{"llama-4", std::nullopt},
           row{"", std::nullopt},
       })
    EXPECT_EQ(maker_of(model), maker) << model;
}

TEST(routing, a_target_has_what_is_configured_for_it) {
  const auto r = testing::routes_of(three_providers());
  const auto found = r->find("fast", protocol::openai);
  const auto t = (*found)->targets[0];
  EXPECT_EQ(r->targets()[t].weight, 3u);
  EXPECT_EQ(r->targets()[t].priority, 2u);
  EXPECT_EQ(r->targets()[t].context, 8000u);
  EXPECT_EQ(r->provider_of(t).settings->name, "gpt");
}

TEST(routing, a_targets_price_is_its_own_or_else_its_models) {
  auto s = three_providers();
  auto& fast = s.models[0];
  fast.price = config::price_settings{.input = 1, .output = 2};
  fast.targets[1].price = config::target_price_settings{{.input = 7}};
  const auto r = testing::routes_of(s);
  const auto found = r->find("fast", protocol::openai);
  EXPECT_EQ(r->targets()[(*found)->targets[0]].price->output, 2);
  EXPECT_EQ(r->targets()[(*found)->targets[1]].price->input, 7);
  const auto deep = r->find("deep", protocol::openai);
  EXPECT_FALSE(r->targets()[(*deep)->targets[0]].price);
}

TEST(routing, the_embedders_provider_serves_its_one_name_and_is_no_default) {
  config::settings s;
  s.semantic_cache.embedder.kind = config::embedder_kind::openai;
  s.semantic_cache.embedder.base_url.at = {"127.0.0.1", 9};
  s.semantic_cache.embedder.model = "minilm";
  config::add_embedder_provider(s, s.semantic_cache.embedder);
  const auto alone = testing::routes_of(s);
  EXPECT_EQ(names_of(*alone, "gpt-6", protocol::openai), names{"no_provider"});
  EXPECT_EQ(
      names_of(*alone, std::string{config::embedder_model}, protocol::openai),
      names{"troupe:embedder/minilm"});
  testing::add_provider(s, "gpt");
  const auto both = testing::routes_of(s);
  EXPECT_EQ(names_of(*both, "gpt-6", protocol::openai), names{"gpt/*"});
}

TEST(routing, a_lexical_embedder_needs_no_provider) {
  config::settings s;
  config::add_embedder_provider(s, s.semantic_cache.embedder);
  EXPECT_TRUE(s.providers.empty());
}

}  // namespace
}  // namespace troupe
