// What the router's body adds: sending, waiting, counting, reloads. The pools
// are doubles that keep what they are sent, for the test to answer.

#include "actors/router/router.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/routes.hpp"

#include <prometheus/text_serializer.h>

#include <map>

namespace troupe {
namespace {

using namespace std::chrono_literals;

using tickets = std::shared_ptr<std::vector<call_ticket>>;

key_pool_actor::behavior_type pool_double(key_pool_actor::pointer,
                                          const tickets& kept) {
  return {
      [kept](atom::lend, const call_ticket& t) { kept->push_back(t); },
      [](atom::decline, const call_ticket&, const key_standing&) {},
      [](atom::stand, const key_standing&) {},
      [](atom::adopt, const roster_ptr&) {},
      [](atom::sweep) {},
      [](atom::status) { return std::vector<key_status>{}; },
  };
}

class router_alone_test : public testing::actor_test {
protected:
  using answer = std::shared_ptr<std::optional<caf::expected<lease>>>;

  void start(std::size_t targets) {
    settings = testing::serving(targets);
    start();
  }

  void start() {
    publish();
    at = spawn(router,
               router_deps{.routes = routes, .metrics = catalog, .seed = 1});
  }

  // Makes a routing of `settings`, with a double for each provider.
  routing_ptr publish() {
    std::vector<address<key_pool_actor>> pools;
    for (const auto& p : settings.providers) {
      auto& [pool, kept] = doubles[p->name];
      if (!kept) {
        kept = std::make_shared<std::vector<call_ticket>>();
        pool.replace(spawn(pool_double, kept));
      }
      pools.push_back(pool);
    }
    const auto made = std::make_shared<const routing>(settings, pools);
    routes->put(made);
    return made;
  }

  call_ticket ticket_for(const call_ptr& c) {
    last = std::make_shared<std::optional<caf::expected<lease>>>();
    return call_ticket{c, [to = last](caf::expected<lease>&& x) {
                         *to = std::move(x);
                       }};
  }

  call_ptr route() {
    auto c = std::make_shared<call>();
    c->model = "m";
    caf::anon_send(at, atom::route_v, ticket_for(c));
    settle();
    return c;
  }

  void fail(const call_ptr& c, fault f) {
    ++c->attempts;
    caf::anon_send(at, atom::retry_v, ticket_for(c),
                   attempt_result{.fault = f});
    settle();
  }

  void judge(const routing_ptr& of, target_index t, fault f,
             bool probe = false) {
    target_report r;
    r.routes = of;
    r.target = t;
    r.fault = f;
    r.probe = probe;
    caf::anon_send(at, atom::judge_v, r);
    settle();
  }

  void open(const std::string& provider) {
    const auto of = *routes->get();
    for (int i = 0; i < 5; ++i)
      judge(of, testing::target_at(*of, provider), fault::transient);
  }

  // What the pool of `provider` was sent last; it forgets it.
  call_ticket take(const std::string& provider) {
    auto& kept = *doubles[provider].second;
    EXPECT_FALSE(kept.empty()) << provider << " was sent nothing";
    auto result = kept.back();
    kept.pop_back();
    return result;
  }

  std::size_t held_by(const std::string& provider) {
    return doubles[provider].second->size();
  }

  void postpone(const call_ticket& t, time_point usable_at) {
    caf::anon_send(at, atom::postpone_v, t, usable_at);
    settle();
  }

  double exported(const std::string& line) {
    const auto text =
        prometheus::TextSerializer{}.Serialize(registry.Collect());
    const auto found = text.find("\n" + line + " ");
    return found == std::string::npos
               ? -1
               : std::stod(text.substr(found + line.size() + 2));
  }

  config::settings settings;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  std::shared_ptr<published<routing_ptr>> routes =
      std::make_shared<published<routing_ptr>>();
  std::map<std::string, std::pair<address<key_pool_actor>, tickets>> doubles;
  router_actor at;
  answer last;
};

TEST_F(router_alone_test, sends_a_call_to_its_targets_pool) {
  start(2);
  route();
  EXPECT_EQ(held_by("a"), 1u);
  EXPECT_EQ(exported(R"(troupe_router_fallbacks_total{provider="b"})"), 0);
}

TEST_F(router_alone_test, a_postponed_call_goes_to_the_next_and_is_counted) {
  start(2);
  route();
  postpone(take("a"), now() + 9s);
  EXPECT_EQ(held_by("b"), 1u);
  EXPECT_EQ(exported(R"(troupe_router_fallbacks_total{provider="b"})"), 1);
}

TEST_F(router_alone_test, a_paused_call_is_sent_when_its_time_has_come) {
  start(1);
  const auto c = route();
  take("a");
  fail(c, fault::transient);
  EXPECT_EQ(exported(R"(troupe_router_waits_total{provider="a"})"), 1);
  EXPECT_EQ(
      exported(
          R"(troupe_router_retries_total{fault="transient",provider="a"})"),
      1);
  advance(999ms);
  EXPECT_EQ(held_by("a"), 0u);
  advance(1ms);
  EXPECT_EQ(held_by("a"), 1u);
}

TEST_F(router_alone_test, refusals_are_answered_and_counted) {
  start(1);
  const auto c = route();
  take("a");
  fail(c, fault::client);
  ASSERT_TRUE(*last);
  EXPECT_EQ(code_of(**last), errc::retries_spent);
  EXPECT_EQ(exported(R"(troupe_router_refusals_total{reason="retries_spent"})"),
            1);
}

TEST_F(router_alone_test, a_breaker_is_seen_to_open_and_to_close) {
  start(2);
  open("a");
  EXPECT_EQ(exported(R"(troupe_target_usable{model="m-a",provider="a"})"), 0);
  advance(20s);
  const auto c = route();
  ASSERT_TRUE(c->probes_target);
  judge(c->routes, c->candidates[c->turn].target, fault::none, true);
  EXPECT_EQ(exported(R"(troupe_target_usable{model="m-a",provider="a"})"), 1);
  EXPECT_EQ(
      exported(
          R"(troupe_target_breaker_openings_total{model="m-a",provider="a"})"),
      1);
}

TEST_F(router_alone_test, a_probe_nobody_waits_for_gives_its_place_back) {
  for (const bool was_tried : {false, true}) {
    start(2);
    open("a");
    advance(20s);
    const auto c = route();
    ASSERT_TRUE(c->probes_target);
    const auto ticket = take("a");
    ticket.answer(errc::deadline_exceeded);
    if (was_tried)
      caf::anon_send(at, atom::retry_v, ticket,
                     attempt_result{.fault = fault::rate});
    else
      caf::anon_send(at, atom::postpone_v, ticket, now() + 1s);
    settle();
    EXPECT_TRUE(route()->probes_target) << was_tried;
  }
}

TEST_F(router_alone_test, after_a_reload_calls_go_on_with_the_new_targets) {
  start(2);
  const auto c = route();
  take("a");
  // The provider they came from is gone, and the numbers are others.
  settings.models[0].targets.erase(settings.models[0].targets.begin());
  settings.providers.erase(settings.providers.begin());
  caf::anon_send(at, atom::adopt_v, publish());
  settle();
  fail(c, fault::transient);
  EXPECT_EQ(held_by("b"), 1u);
  take("b");
  fail(c, fault::transient);
  advance(1s);
  EXPECT_EQ(held_by("b"), 1u);
}

TEST_F(router_alone_test, a_router_that_is_restarted_has_the_latest_routing) {
  start(1);
  settings = testing::serving(2);
  settings.models[0].targets.erase(settings.models[0].targets.begin());
  publish();
  at = spawn(router,
             router_deps{.routes = routes, .metrics = catalog, .seed = 1});
  route();
  EXPECT_EQ(held_by("b"), 1u);
}

TEST_F(router_alone_test, what_the_budget_refuses_is_counted_apart) {
  settings = testing::serving(1);
  testing::provider_at(settings, 0).breaker.open_after = 100;
  start();
  for (int i = 0; i < 12; ++i) {
    const auto c = route();
    take("a");
    fail(c, fault::transient);
  }
  EXPECT_EQ(exported("troupe_router_retry_budget_spent_total"), 2);
}

}  // namespace
}  // namespace troupe
