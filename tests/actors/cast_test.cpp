// The whole cast under its supervisors: it plays, and plays on after deaths.

#include "actors/cast.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/scheduled_system.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace troupe {
namespace {

using namespace std::chrono_literals;

class cast_test : public testing::actor_test {
protected:
  cast_test() {
    for (const auto& [name, spoken] :
         {std::pair{"acme", config::protocol::openai},
          std::pair{"claude", config::protocol::anthropic}}) {
      auto p = std::make_shared<config::provider_settings>();
      p->name = name;
      p->protocol = spoken;
      for (const auto* n : {"-1", "-2"})
        p->keys.push_back({key_id{p->name + n}, "secret"});
      settings.providers.push_back(std::move(p));
    }
    company = start_cast(system(), settings, catalog, {.threads = 3});
    adopt(company.root);
    settle();
  }

  using answer = std::shared_ptr<std::optional<caf::expected<lease>>>;

  answer admit(config::protocol spoken = config::protocol::openai) {
    auto to = send(spoken);
    settle();
    return to;
  }

  /// Sends a call on its way and does not wait for its answer.
  answer send(config::protocol spoken = config::protocol::openai) {
    auto to = std::make_shared<std::optional<caf::expected<lease>>>();
    auto c = std::make_shared<call>();
    c->protocol = spoken;
    c->model = "some-model";
    const call_ticket ticket{std::move(c), [to](caf::expected<lease>&& x) {
                               *to = std::move(x);
                             }};
    const auto& door = company.ingresses[turn++ % company.ingresses.size()];
    caf::anon_send(door.current(), atom::admit_v, ticket);
    return to;
  }

  bool serves(config::protocol spoken = config::protocol::openai) {
    const auto a = admit(spoken);
    return *a && **a;
  }

  template <class Handle>
  void kill(const Handle& hdl) {
    caf::anon_send_exit(hdl, caf::exit_reason::kill);
    settle();
  }

  config::settings settings;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  cast company;
  std::size_t turn = 0;
};

TEST_F(cast_test,
       has_an_ingress_for_every_thread_and_a_pool_for_every_provider) {
  EXPECT_EQ(company.ingresses.size(), 3u);
  ASSERT_EQ(company.pools.size(), 2u);
  EXPECT_EQ(company.pools[0].provider, "acme");
  EXPECT_EQ(company.pools[1].provider, "claude");
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(serves()) << "whichever door";
}

TEST_F(cast_test, is_complete_when_everybody_is_there) {
  EXPECT_TRUE(is_complete(company));
  const auto unborn = start_cast(system(), settings, catalog, {});
  EXPECT_FALSE(is_complete(unborn)) << "its supervisors have not run yet";
  adopt(unborn.root);
  settle();
  EXPECT_TRUE(is_complete(unborn));
}

TEST_F(cast_test, each_protocol_goes_to_its_own_provider) {
  EXPECT_EQ((**admit())->provider->name, "acme");
  EXPECT_EQ((**admit(config::protocol::anthropic))->provider->name, "claude");
}

TEST_F(cast_test, plays_on_after_the_death_of_any_role) {
  kill(company.router.current());
  advance(10s);
  EXPECT_TRUE(serves()) << "router";
  kill(company.pools[0].at.current());
  advance(10s);
  EXPECT_TRUE(serves()) << "pool";
  for (const auto& door : company.ingresses)
    kill(door.current());
  advance(10s);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(serves()) << "ingress";
  kill((**admit())->settle_with);
  advance(10s);
  for (int i = 0; i < 4; ++i)
    EXPECT_TRUE(serves()) << "key";
}

// What http does with a lost question is to ask again.
TEST_F(cast_test, a_death_under_traffic_costs_a_call_at_most_one_question) {
  const auto key = (**admit())->settle_with;
  const std::vector<std::pair<const char*, std::function<caf::actor()>>> roles{
      {"ingress",
       [&] {
         return caf::actor_cast<caf::actor>(company.ingresses[0].current());
       }},
      {"router",
       [&] {
         return caf::actor_cast<caf::actor>(company.router.current());
       }},
      {"pool",
       [&] {
         return caf::actor_cast<caf::actor>(company.pools[0].at.current());
       }},
      {"key", [&] {
         return key;
       }}};
  int lost = 0;
  for (const auto& [role, who] : roles) {
    caf::anon_send_exit(who(), caf::exit_reason::kill);
    std::vector<answer> asked;
    for (int i = 0; i < 20; ++i)
      asked.push_back(send());
    advance(10s);
    for (const auto& a : asked) {
      ASSERT_TRUE(*a) << role << ": a call was not answered";
      if (**a)
        continue;
      EXPECT_EQ(code_of(**a), errc::actor_lost) << role;
      EXPECT_TRUE(serves()) << role;
      ++lost;
    }
  }
  EXPECT_GT(lost, 0) << "nobody died with a call in hand";
}

TEST_F(cast_test, counts_restarts_by_child) {
  kill(company.router.current());
  advance(10s);
  EXPECT_EQ(catalog.actor_restarts("router").Value(), 1);
}

TEST_F(cast_test, a_provider_that_keeps_dying_does_not_disturb_the_others) {
  for (int i = 0; i < 20; ++i) {
    kill(company.pools[0].at.current());
    advance(1s);
    ASSERT_TRUE(serves(config::protocol::anthropic)) << i;
  }
  advance(1min);
  EXPECT_TRUE(serves()) << "and comes back";
}

TEST_F(cast_test, the_end_of_the_root_is_the_end_of_all) {
  const auto key = (**admit())->settle_with;
  caf::anon_send_exit(company.root, caf::exit_reason::user_shutdown);
  settle();
  EXPECT_FALSE(is_running(company.router.current()));
  EXPECT_FALSE(is_running(company.pools[0].at.current()));
  EXPECT_FALSE(is_running(company.ingresses[0].current()));
  EXPECT_FALSE(is_running(key));
}

// On real threads, so that a sanitizer sees what virtual time cannot show.
TEST(cast_on_threads, every_one_of_many_calls_is_answered_once) {
  constexpr int calls = 2000;
  prometheus::Registry registry;
  const metric_catalog catalog{registry};
  config::settings settings;
  auto p = std::make_shared<config::provider_settings>();
  p->name = "acme";
  p->limits.concurrent = 50;
  for (int i = 1; i <= 4; ++i)
    p->keys.push_back({key_id{"acme-" + std::to_string(i)}, "secret"});
  settings.providers = {p};
  struct tally {
    std::atomic<int> left{calls};
    std::atomic<int> served{0};
    std::atomic<int> refused{0};
    std::promise<void> done;
  };
  const auto count = std::make_shared<tally>();
  testing::scheduled_system system{2};
  const auto company =
      start_cast(*system, settings, catalog, {.threads = 2, .seed = 7});
  const auto patience = std::chrono::steady_clock::now() + testing::deadline;
  while (!is_complete(company)) {
    ASSERT_LT(std::chrono::steady_clock::now(), patience);
    std::this_thread::yield();
  }
  for (int i = 0; i < calls; ++i) {
    auto c = std::make_shared<call>();
    c->model = "m";
    const call_ticket ticket{std::move(c), [count](caf::expected<lease>&& got) {
                               if (got) {
                                 ++count->served;
                                 lease_report report;
                                 report.id = got->id;
                                 caf::anon_send(got->settle_with,
                                                atom::settle_v, report);
                               }
                               if (--count->left == 0)
                                 count->done.set_value();
                             }};
    caf::anon_send(company.ingresses[static_cast<std::size_t>(i) % 2].current(),
                   atom::admit_v, ticket);
  }
  testing::await(count->done.get_future());
  EXPECT_GT(count->served, 0);
  EXPECT_EQ(count->served + count->refused, calls) << "nobody was lost";
  caf::anon_send_exit(company.root, caf::exit_reason::user_shutdown);
}

}  // namespace
}  // namespace troupe
