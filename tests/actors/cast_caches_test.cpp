// The caches as a part of the cast: they lose what a death costs and no more,
// and follow the configuration.

#include "actors/cast.hpp"
#include "tests/support/actor_test.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;

class cast_caches_test : public testing::actor_test {
protected:
  cast_caches_test() {
    auto p = std::make_shared<config::provider_settings>();
    p->name = "acme";
    p->keys.push_back({key_id{"acme-1"}, "secret"});
    settings.providers.push_back(std::move(p));
    settings.cache.shards = 4;
    company = start_cast(system(), settings, catalog, {.threads = 2});
    adopt(company.root);
    settle();
  }

  static constexpr int entries = 100;

  static cache_key key(int number) {
    return {cache_space::application, "t", std::to_string(number)};
  }

  std::vector<cache_outcome> keep_all() {
    cache_changes changes;
    for (int i = 0; i < entries; ++i) {
      cache_change c;
      c.key = key(i);
      c.ttl_ms = 3'600'000;
      changes.push_back(std::move(c));
    }
    std::vector<cache_outcome> result;
    const keep_ticket t{std::move(changes),
                        [&result](keep_ticket::result&& got) {
                          for (const auto& r : *got)
                            result.push_back(r.outcome);
                        }};
    caf::anon_send(company.cache_desks[0].current(), atom::keep_v, t);
    settle();
    return result;
  }

  /// How many are found, through the other desk.
  int found() {
    cache_questions questions;
    for (int i = 0; i < entries; ++i) {
      cache_question q;
      q.key = key(i);
      questions.push_back(std::move(q));
    }
    int result = -1;
    const find_ticket t{std::move(questions),
                        [&result](find_ticket::result&& got) {
                          result = 0;
                          for (const auto& f : *got)
                            result += f.state == cache_state::fresh;
                        }};
    caf::anon_send(company.cache_desks[1].current(), atom::find_v, t);
    settle();
    return result;
  }

  caf::expected<std::string> reload() {
    return ask<std::string>(company.admin.current(), atom::reload_v,
                            std::make_shared<const config::settings>(settings));
  }

  double held() {
    return catalog.gauge(metric::cache_entries, {"application"}).Value();
  }

  config::settings settings;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  cast company;
};

TEST_F(cast_caches_test, a_shard_that_dies_loses_its_entries_and_nothing_else) {
  keep_all();
  ASSERT_EQ(found(), entries);
  const auto dead = company.cache_shards[1].current();
  caf::anon_send_exit(dead, caf::exit_reason::kill);
  settle();
  const auto left = found();
  EXPECT_GT(left, 0);
  EXPECT_LT(left, entries);
  advance(1s);
  EXPECT_EQ(held(), left);
  EXPECT_NE(company.cache_shards[1].current(), dead);
  keep_all();
  EXPECT_EQ(found(), entries);
  EXPECT_EQ(catalog.actor_restarts("cache-shard-1").Value(), 1);
}

TEST_F(cast_caches_test, shards_that_keep_dying_take_nobody_with_them) {
  const auto router = company.router.current();
  for (int i = 0; i < 30; ++i) {
    caf::anon_send_exit(company.cache_shards[0].current(),
                        caf::exit_reason::kill);
    advance(1s);
  }
  advance(1min);
  keep_all();
  EXPECT_EQ(found(), entries);
  EXPECT_TRUE(is_running(router));
  EXPECT_EQ(held(), entries);
}

TEST_F(cast_caches_test, other_bounds_are_followed_and_other_shards_are_not) {
  keep_all();
  settings.cache.max_entries = 40;
  settings.cache.shards = 8;
  EXPECT_EQ(reload(), std::string{"cache, needs a restart: cache.shards"});
  EXPECT_LE(found(), 40);
  EXPECT_GT(found(), 20);
  caf::anon_send_exit(company.cache_shards[2].current(),
                      caf::exit_reason::kill);
  advance(1s);
  keep_all();
  EXPECT_LE(found(), 40) << "a new incarnation knows them too";
}

}  // namespace
}  // namespace troupe
