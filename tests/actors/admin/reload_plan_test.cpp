// What another configuration makes of those who play: who stays, comes, goes.

#include "actors/admin/reload_plan.hpp"
#include "runtime/errc.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace troupe {
namespace {

using enum key_fate;
using fates = std::vector<key_fate>;
using ids = std::vector<std::string>;
using config::protocol;
using config::queue_handler;
using provider = config::provider_settings;

provider make(const std::string& name, std::vector<std::string> secrets,
              protocol speaks = protocol::openai) {
  provider p;
  p.name = name;
  p.protocol = speaks;
  for (auto& s : secrets)
    p.keys.push_back(
        {key_id{name + '-' + std::to_string(p.keys.size() + 1)}, std::move(s)});
  return p;
}

config::settings settings_with(std::vector<provider> providers) {
  config::settings s;
  for (auto& p : providers)
    s.providers.push_back(std::make_shared<const provider>(std::move(p)));
  return s;
}

config::model_settings model(const std::string& name) {
  config::model_settings m;
  m.name = name;
  return m;
}

std::shared_ptr<const config::queue_settings>
queue(const std::string& name, queue_handler handler, std::uint8_t priority) {
  config::queue_settings q;
  q.name = name;
  q.handler = handler;
  q.priority = priority;
  return std::make_shared<const config::queue_settings>(std::move(q));
}

/// A node that was started with `acme` (keys a, b) and `claude` (key c).
class reload_plan_test : public ::testing::Test {
protected:
  reload_plan_test()
      : now(settings_with({make("acme", {"a", "b"}),
                           make("claude", {"c"}, protocol::anthropic)})) {
    for (const auto& p : now.providers)
      present.push_back(standing_of(p));
  }

  /// Both providers, with other keys for acme.
  static config::settings with_keys(std::vector<std::string> secrets) {
    return settings_with({make("acme", std::move(secrets)),
                          make("claude", {"c"}, protocol::anthropic)});
  }

  /// Plans, and takes the plan for done.
  reload_plan follow(const config::settings& next) {
    auto plan = plan_reload(now, present, next);
    EXPECT_TRUE(plan);
    for (const auto i : plan->leaving)
      present[i].fate = provider_fate::leaves;
    for (const auto& p : plan->providers)
      if (p.present)
        present[*p.present] = p.next;
      else
        present.push_back(p.next);
    now = *plan->settings;
    return std::move(*plan);
  }

  static ids ids_of(const provider_standing& s) {
    ids result;
    for (const auto& k : s.settings->keys)
      result.push_back(k.id.value());
    return result;
  }

  config::settings now;
  std::vector<provider_standing> present;
};

TEST_F(reload_plan_test, the_same_configuration_changes_nothing) {
  const auto plan = follow(with_keys({"a", "b"}));
  EXPECT_FALSE(plan.routing_changed || plan.gate_changed);
  EXPECT_FALSE(plan.providers[0].is_changed || plan.providers[1].is_changed);
  EXPECT_EQ(plan.changes.summary(), "nothing changed");
}

TEST_F(reload_plan_test, a_configuration_without_providers_is_refused) {
  const auto plan = plan_reload(now, present, {});
  EXPECT_EQ(code_of(plan), errc::invalid_setting);
}

struct keys_case {
  const char* what;
  std::vector<std::string> secrets;
  fates expected;
  ids named;
  const char* summary;
};

class reload_keys_test : public reload_plan_test,
                         public ::testing::WithParamInterface<keys_case> {};

TEST_P(reload_keys_test, keys_are_known_by_their_secrets) {
  const auto& c = GetParam();
  const auto plan = follow(with_keys(c.secrets));
  EXPECT_EQ(plan.providers[0].next.keys, c.expected);
  EXPECT_EQ(ids_of(plan.providers[0].next), c.named);
  EXPECT_EQ(plan.changes.summary(), c.summary);
  EXPECT_FALSE(plan.providers[1].is_changed);
}

INSTANTIATE_TEST_SUITE_P(
    all, reload_keys_test,
    ::testing::Values(
        keys_case{"same",
                  {"a", "b"},
                  {lends, lends},
                  {"acme-1", "acme-2"},
                  "nothing changed"},
        keys_case{"turned",
                  {"b", "a"},
                  {lends, lends},
                  {"acme-1", "acme-2"},
                  "nothing changed"},
        keys_case{"added",
                  {"x", "a", "b"},
                  {lends, lends, lends},
                  {"acme-1", "acme-2", "acme-3"},
                  "keys +1"},
        keys_case{
            "removed", {"b"}, {leaves, lends}, {"acme-1", "acme-2"}, "keys -1"},
        keys_case{"replaced",
                  {"a", "x"},
                  {lends, leaves, lends},
                  {"acme-1", "acme-2", "acme-3"},
                  "keys +1 -1"},
        keys_case{"all",
                  {"x", "y"},
                  {leaves, leaves, lends, lends},
                  {"acme-1", "acme-2", "acme-3", "acme-4"},
                  "keys +2 -2"}),
    [](const auto& c) { return std::string{c.param.what}; });

TEST_F(reload_plan_test, a_key_that_leaves_and_is_wanted_again_lends_again) {
  follow(with_keys({"b"}));
  const auto plan = follow(with_keys({"b", "a"}));
  EXPECT_EQ(present[0].keys, (fates{lends, lends}));
  EXPECT_EQ(plan.changes.summary(), "keys +1");
}

TEST_F(reload_plan_test, a_key_that_is_gone_comes_back_as_a_new_one) {
  follow(with_keys({"b"}));
  auto stripped = std::make_shared<provider>(*present[0].settings);
  stripped->keys[0].secret.clear();
  present[0].settings = stripped;
  present[0].keys[0] = gone;
  follow(with_keys({"b", "a"}));
  EXPECT_EQ(present[0].keys, (fates{gone, lends, lends}));
  EXPECT_EQ(ids_of(present[0]), (ids{"acme-1", "acme-2", "acme-3"}));
}

TEST_F(reload_plan_test, the_configuration_outranks_the_operator) {
  present[0].keys[0] = drains;
  EXPECT_EQ(add_key(present[0], "extra"), 2u);
  const auto plan = follow(with_keys({"a", "b"}));
  EXPECT_EQ(present[0].keys, (fates{lends, lends, leaves}));
  EXPECT_EQ(plan.changes.summary(), "keys -1 ~1");
}

TEST_F(reload_plan_test, an_added_key_that_is_known_lends_again) {
  present[0].keys[1] = drains;
  EXPECT_EQ(add_key(present[0], "b"), 1u);
  EXPECT_EQ(present[0].keys, (fates{lends, lends}));
}

TEST_F(reload_plan_test, other_limits_keep_the_keys) {
  auto next = make("acme", {"b", "a"});
  next.limits.rpm = 7;
  const auto plan =
      follow(settings_with({next, make("claude", {"c"}, protocol::anthropic)}));
  EXPECT_TRUE(plan.providers[0].is_changed && plan.routing_changed);
  EXPECT_EQ(present[0].settings->limits.rpm, 7u);
  EXPECT_EQ(ids_of(present[0]), (ids{"acme-1", "acme-2"}));
  EXPECT_EQ(present[0].settings->keys[0].secret, "a")
      << "keys keep their place";
  EXPECT_EQ(plan.changes.summary(), "providers ~1");
}

TEST_F(reload_plan_test, providers_come_and_go_by_name) {
  const auto plan = follow(
      settings_with({make("acme", {"a", "b"}), make("other", {"o", "p"})}));
  EXPECT_EQ(plan.leaving, std::vector<std::size_t>{1});
  EXPECT_EQ(plan.providers[1].present, std::nullopt);
  EXPECT_TRUE(plan.routing_changed);
  EXPECT_EQ(plan.changes.summary(), "providers +1 -1, keys +2 -1");
  const auto again = follow(with_keys({"a", "b"}));
  EXPECT_EQ(again.providers[1].present, 1u) << "it had not gone yet";
  EXPECT_EQ(present[1].fate, provider_fate::plays);
  EXPECT_TRUE(again.routing_changed);
  EXPECT_EQ(again.changes.summary(), "providers +1 -1, keys +1 -2");
}

TEST_F(reload_plan_test, a_provider_that_is_being_stopped_is_not_asked_back) {
  follow(settings_with({make("acme", {"a", "b"})}));
  present[1].fate = provider_fate::goes;
  const auto plan = follow(with_keys({"a", "b"}));
  EXPECT_EQ(plan.providers[1].present, std::nullopt);
  EXPECT_EQ(ids_of(present[2]), ids{"claude-2"}) << "ids are not used twice";
  EXPECT_TRUE(plan.leaving.empty());
}

TEST_F(reload_plan_test, another_protocol_is_another_provider) {
  const auto plan =
      follow(settings_with({make("acme", {"a", "b"}, protocol::gemini),
                            make("claude", {"c"}, protocol::anthropic)}));
  EXPECT_EQ(plan.providers[0].present, std::nullopt);
  EXPECT_EQ(plan.leaving, std::vector<std::size_t>{0});
  EXPECT_EQ(ids_of(plan.providers[0].next), (ids{"acme-3", "acme-4"}));
}

TEST_F(reload_plan_test, another_order_of_providers_is_another_routing) {
  const auto plan = follow(settings_with(
      {make("claude", {"c"}, protocol::anthropic), make("acme", {"a", "b"})}));
  EXPECT_TRUE(plan.routing_changed);
  EXPECT_FALSE(plan.providers[0].is_changed || plan.providers[1].is_changed);
}

TEST_F(reload_plan_test, models_and_clients_are_counted_by_name) {
  now.models = {model("stays"), model("changes"), model("goes")};
  now.auth.clients = {{"web", "1", ""}};
  auto next = with_keys({"a", "b"});
  next.models = {model("stays"), model("changes"), model("comes"),
                 model("too")};
  next.models[1].strategy = config::strategy::latency;
  next.auth.clients = {{"web", "2", ""}, {"app", "3", ""}};
  next.auth.mode = config::auth_mode::required;
  next.routing.retry_budget = 0.5;
  const auto plan = follow(next);
  EXPECT_TRUE(plan.routing_changed && plan.gate_changed);
  EXPECT_EQ(plan.changes.summary(),
            "models +2 -1 ~1, clients +1 ~1, auth.mode, "
            "routing.retry_budget");
}

TEST_F(reload_plan_test, gives_the_caches_other_bounds_but_not_other_shards) {
  auto next = with_keys({"a", "b"});
  next.cache.ttl = std::chrono::minutes{5};
  next.cache.shards = 7;
  next.semantic_cache.threshold = 0.5;
  next.semantic_cache.embedder.kind = config::embedder_kind::openai;
  const auto plan = follow(next);
  EXPECT_TRUE(plan.caches_changed);
  EXPECT_EQ(plan.changes.summary(),
            "cache, semantic_cache, needs a restart: cache.shards "
            "semantic_cache.embedder");
  EXPECT_EQ(plan.settings->cache.ttl, std::chrono::minutes{5});
  EXPECT_EQ(plan.settings->cache.shards, config::cache_settings{}.shards);
  EXPECT_EQ(plan.settings->semantic_cache.threshold, 0.5);
  EXPECT_EQ(plan.settings->semantic_cache.embedder,
            config::embedder_settings{});
}

TEST_F(reload_plan_test, gives_queues_other_settings) {
  auto next = with_keys({"a", "b"});
  std::ranges::reverse(next.queues);
  next.queues[0] = queue("translation-review", queue_handler::external, 9);
  const auto plan = follow(next);
  EXPECT_TRUE(plan.queues_changed);
  EXPECT_EQ(plan.changes.summary(), "queues ~1");
  ASSERT_EQ(plan.settings->queues.size(), 4u);
  EXPECT_EQ(plan.settings->queues[0]->name, "ai-response")
      << "in its old place";
  EXPECT_EQ(*plan.settings->queues[3], *next.queues[0]);
  EXPECT_FALSE(follow(*plan.settings).queues_changed);
}

TEST_F(reload_plan_test, neither_makes_nor_ends_queues_nor_changes_handlers) {
  const auto before = now.queues;
  const auto queues_after = [&](auto&& change) {
    auto next = with_keys({"a", "b"});
    change(next.queues);
    const auto plan = follow(next);
    EXPECT_FALSE(plan.queues_changed);
    EXPECT_EQ(plan.changes.summary(),
              "nothing changed, needs a restart: queues");
    return plan.settings->queues;
  };
  EXPECT_EQ(queues_after([](auto& q) { q.pop_back(); }), before);
  EXPECT_EQ(queues_after([](auto& q) {
              q.push_back(queue("new", queue_handler::external, 5));
            }),
            before);
  EXPECT_EQ(queues_after([](auto& q) {
              q[0] = queue("ai-response", queue_handler::webhook, 9);
            }),
            before);
}

TEST_F(reload_plan_test, gives_pools_another_size_in_the_same_place) {
  auto next = with_keys({"a", "b"});
  next.queues = now.queues;
  next.workers.count = 7;
  next.node.data_dir = "/elsewhere";
  const auto queues = now.queues;
  const auto plan = follow(next);
  EXPECT_TRUE(plan.queues_changed);
  EXPECT_EQ(plan.changes.summary(), "workers, needs a restart: node.data_dir");
  EXPECT_EQ(plan.settings->workers.count, 7u);
  EXPECT_EQ(plan.settings->queues, queues);
  EXPECT_EQ(plan.settings->node, config::node_settings{});
}

TEST_F(reload_plan_test, names_what_needs_a_restart_and_keeps_it) {
  auto next = with_keys({"a", "b", "x"});
  next.http.listen.port = 9999;
  next.http.tls.emplace();
  next.log.level = "trace";
  next.node.threads = 7;
  next.monitoring.health_interval = std::chrono::seconds{1};
  const auto plan = follow(next);
  EXPECT_EQ(plan.changes.summary(),
            "keys +1, needs a restart: node.threads http.listen http.tls "
            "monitoring.health_interval log.level");
  EXPECT_EQ(plan.settings->http, config::http_settings{});
  EXPECT_EQ(plan.settings->log, config::log_settings{});
  EXPECT_EQ(follow(next).changes.restart.size(), 5u) << "still true";
}

}  // namespace
}  // namespace troupe
