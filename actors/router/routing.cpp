#include "actors/router/routing.hpp"

#include "config/embedder_provider.hpp"
#include "runtime/errc.hpp"

#include <cassert>

namespace troupe {

namespace {

struct maker {
  std::string_view prefix;
  config::protocol protocol;
};

constexpr std::array makers{
    maker{"claude-", config::protocol::anthropic},
    maker{"gemini-", config::protocol::gemini},
    maker{"gemma-", config::protocol::gemini},
    maker{"gpt-", config::protocol::openai},
    maker{"chatgpt-", config::protocol::openai},
    maker{"o1", config::protocol::openai},
    maker{"o3", config::protocol::openai},
    maker{"o4", config::protocol::openai},
};

}  // namespace

std::optional<config::protocol> maker_of(std::string_view model) noexcept {
  for (const auto& m : makers)
    if (model.starts_with(m.prefix))
      return m.protocol;
  return std::nullopt;
}

routing::routing(const config::settings& settings,
                 std::vector<address<key_pool_actor>> pools)
    : retry_budget_(settings.routing.retry_budget) {
  assert(pools.size() == settings.providers.size());
  for (std::size_t i = 0; i < pools.size(); ++i)
    providers_.push_back({settings.providers[i], std::move(pools[i])});
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    const auto& p = *providers_[i].settings;
    if (p.name == config::embedder_provider) {
      add_embedder(settings.semantic_cache.embedder.model);
      continue;
    }
    auto& first = unlisted_[static_cast<std::size_t>(p.protocol)];
    if (first)
      continue;
    first.emplace().is_listed = false;
    first->targets = {static_cast<target_index>(targets_.size())};
    targets_.push_back({.provider = i,
                        .model = {},
                        .price = std::nullopt,
                        .name = p.name + "/*"});
  }
  for (const auto& m : settings.models)
    add_model(m);
}

// Serves the gateway itself, under a name of its own, and nobody else.
void routing::add_embedder(const std::string& its_model) {
  config::model_settings made;
  made.name = config::embedder_model;
  auto& only = made.targets.emplace_back();
  only.provider = config::embedder_provider;
  only.model = its_model;
  add_model(made);
}

void routing::add_model(const config::model_settings& m) {
  model made;
  made.strategy = m.strategy;
  made.hedge = m.hedge;
  for (const auto& t : m.targets) {
    const auto at = provider_named(t.provider);
    if (!at)
      continue;
    auto price = m.price;
    if (t.price)
      price = *t.price;
    made.targets.push_back(static_cast<target_index>(targets_.size()));
    targets_.push_back({.provider = *at,
                        .model = t.model,
                        .weight = t.weight,
                        .priority = t.priority,
                        .context = t.context,
                        .price = price,
                        .name = t.provider + '/' + t.model});
  }
  if (!made.targets.empty())
    models_.emplace(m.name, std::move(made));
}

std::optional<std::size_t>
routing::provider_named(const std::string& name) const {
  for (std::size_t i = 0; i < providers_.size(); ++i)
    if (providers_[i].settings->name == name)
      return i;
  return std::nullopt;
}

caf::expected<const routing::model*>
routing::find(const std::string& name, config::protocol spoken) const {
  if (const auto found = models_.find(name); found != models_.end())
    return &found->second;
  if (const auto& own = unlisted_[static_cast<std::size_t>(spoken)])
    return &*own;
  if (const auto by = maker_of(name))
    if (const auto& theirs = unlisted_[static_cast<std::size_t>(*by)])
      return &*theirs;
  return caf::make_error(errc::no_provider, std::string{name_of(spoken)});
}

}  // namespace troupe
