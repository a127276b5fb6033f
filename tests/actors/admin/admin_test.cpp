// Changes while calls are under way, in virtual time: the whole cast plays, and
// nobody may notice but by what has changed.

#include "actors/cast.hpp"
#include "tests/support/actor_test.hpp"

#include <prometheus/text_serializer.h>

#include <map>
#include <set>

namespace troupe {
namespace {

using namespace std::chrono_literals;
using config::protocol;

class admin_test : public testing::actor_test {
protected:
  admin_test() {
    wanted.providers = {provider("acme", {"a", "b"}),
                        provider("claude", {"c"}, protocol::anthropic)};
    company = start_cast(system(), wanted, catalog, {.threads = 2});
    adopt(company.root);
    settle();
  }

  using provider_ptr = std::shared_ptr<const config::provider_settings>;

  static provider_ptr
  provider(const std::string& name, std::vector<std::string> secrets,
           protocol speaks = protocol::openai,
           const std::function<void(config::provider_settings&)>& edit = {}) {
    auto p = std::make_shared<config::provider_settings>();
    p->name = name;
    p->protocol = speaks;
    p->breaker.open_after = 1;
    for (auto& s : secrets)
      p->keys.push_back(
          {key_id{name + '-' + std::to_string(p->keys.size() + 1)},
           std::move(s)});
    if (edit)
      edit(*p);
    return p;
  }

  using answer = std::shared_ptr<std::optional<caf::expected<lease>>>;

  answer admit(protocol spoken = protocol::openai, std::string model = "m",
               std::string credential = "") {
    auto to = std::make_shared<std::optional<caf::expected<lease>>>();
    auto c = std::make_shared<call>();
    c->protocol = spoken;
    c->model = std::move(model);
    c->credential_sha256 = std::move(credential);
    const call_ticket ticket{std::move(c), [to](caf::expected<lease>&& x) {
                               *to = std::move(x);
                             }};
    const auto& door = company.ingresses[turn++ % company.ingresses.size()];
    caf::anon_send(door.current(), atom::admit_v, ticket);
    settle();
    return to;
  }

  lease lend(protocol spoken = protocol::openai) {
    const auto got = admit(spoken);
    if (*got && **got)
      return ***got;
    ADD_FAILURE() << "no lease";
    return {};
  }

  /// One of the key with this secret; others are given back.
  lease lend_with(const std::string& secret) {
    for (int i = 0; i < 100; ++i) {
      auto l = lend();
      if (l.secret == secret)
        return l;
      give_back(l);
    }
    ADD_FAILURE() << "it is not lent";
    return {};
  }

  void give_back(const lease& l, fault f = fault::none) {
    lease_report report;
    report.id = l.id;
    report.fault = f;
    caf::anon_send(l.settle_with, atom::settle_v, report);
    settle();
  }

  /// The keys that lend, by what they are asked often enough.
  std::set<std::string> lenders(protocol spoken = protocol::openai) {
    std::set<std::string> found;
    for (int i = 0; i < 60; ++i) {
      const auto l = lend(spoken);
      found.insert(l.secret);
      give_back(l);
    }
    return found;
  }

  admin_actor admin() { return company.admin.current(); }

  caf::expected<std::string> reload() {
    return ask<std::string>(admin(), atom::reload_v,
                            std::make_shared<const config::settings>(wanted));
  }

  std::map<std::string, std::string> conditions() {
    std::map<std::string, std::string> result;
    const auto all = ask<std::vector<key_status>>(admin(), atom::status_v);
    for (const auto& k : *all)
      result[k.key] = k.condition;
    return result;
  }

  template <class Handle>
  void kill(const Handle& hdl) {
    caf::anon_send_exit(hdl, caf::exit_reason::kill);
    settle();
  }

  config::settings wanted;
  prometheus::Registry registry;
  metric_catalog catalog{registry};
  cast company;
  std::size_t turn = 0;
};

TEST_F(admin_test, says_how_every_key_of_every_provider_stands) {
  EXPECT_EQ(conditions(),
            (std::map<std::string, std::string>{{"acme-1", "usable"},
                                                {"acme-2", "usable"},
                                                {"claude-1", "usable"}}));
}

TEST_F(admin_test, a_key_that_is_added_lends) {
  const auto id = ask<std::string>(admin(), atom::add_v, std::string{"acme"},
                                   key_secret{"x"});
  EXPECT_EQ(id, std::string{"acme-3"});
  EXPECT_EQ(lenders(), (std::set<std::string>{"a", "b", "x"}));
  EXPECT_EQ(ask<std::string>(admin(), atom::add_v, std::string{"acme"},
                             key_secret{"x"}),
            std::string{"acme-3"})
      << "twice is once";
  EXPECT_EQ(conditions().size(), 4u);
}

TEST_F(admin_test, refuses_what_it_does_not_know_or_cannot_use) {
  EXPECT_EQ(code_of(ask<std::string>(admin(), atom::add_v,
                                     std::string{"nobody"}, key_secret{"x"})),
            errc::unknown_provider);
  EXPECT_EQ(code_of(ask<std::string>(admin(), atom::add_v, std::string{"acme"},
                                     key_secret{"new\r\nline"})),
            errc::invalid_setting);
  EXPECT_EQ(code_of(ask<void>(admin(), atom::drain_v, std::string{"acme-9"})),
            errc::unknown_key);
  EXPECT_EQ(code_of(ask<void>(admin(), atom::remove_v, std::string{"a"})),
            errc::unknown_key)
      << "a secret is no id";
  EXPECT_EQ(code_of(ask<void>(admin(), atom::change_v, std::string{"acme-1"},
                              key_secret{"b"})),
            errc::invalid_setting)
      << "another key has it";
  EXPECT_EQ(code_of(ask<void>(admin(), atom::change_v, std::string{"acme-9"},
                              key_secret{"x"})),
            errc::unknown_key);
}

TEST_F(admin_test, a_key_that_drains_lends_no_more_and_its_leases_settle) {
  const auto begun = lend_with("a");
  EXPECT_TRUE(ask<void>(admin(), atom::drain_v, std::string{"acme-1"}));
  EXPECT_EQ(lenders(), std::set<std::string>{"b"});
  give_back(begun);
  advance(1min);
  EXPECT_EQ(conditions().count("acme-1"), 1u) << "it stays";
  EXPECT_TRUE(is_running(company.pools[0].keys[0].current()));
  EXPECT_EQ(
      catalog.counter(metric::api_key_strange_reports_total, {"acme", "acme-1"})
          .Value(),
      0);
  ask<std::string>(admin(), atom::add_v, std::string{"acme"}, key_secret{"a"});
  EXPECT_EQ(lenders(), (std::set<std::string>{"a", "b"})) << "wanted back";
}

TEST_F(admin_test, a_key_that_is_removed_goes_when_its_last_call_ends) {
  const auto last = lend_with("a");
  const auto key = company.pools[0].keys[0].current();
  EXPECT_TRUE(ask<void>(admin(), atom::remove_v, std::string{"acme-1"}));
  EXPECT_EQ(lenders(), std::set<std::string>{"b"});
  advance(1min);
  EXPECT_TRUE(is_running(key)) << "a call is under way";
  give_back(last);
  advance(1s);
  EXPECT_FALSE(is_running(key));
  EXPECT_EQ(conditions().count("acme-1"), 0u);
  advance(1min);
  EXPECT_EQ(catalog.actor_restarts("key-acme-1").Value(), 0);
}

TEST_F(admin_test, a_new_secret_is_lent_from_then_on) {
  EXPECT_TRUE(ask<void>(admin(), atom::change_v, std::string{"acme-1"},
                        key_secret{"new"}));
  EXPECT_EQ(lenders(), (std::set<std::string>{"new", "b"}));
  kill(company.pools[0].keys[0].current());
  advance(1s);
  EXPECT_EQ(lenders(), (std::set<std::string>{"new", "b"}))
      << "a key that is restarted has it too";
}

TEST_F(admin_test, a_reload_keeps_what_is_known_of_keys_that_stay) {
  give_back(lend_with("b"), fault::credential);
  EXPECT_EQ(conditions()["acme-2"], "dead");
  wanted.providers[0] = provider("acme", {"b", "x"});
  EXPECT_EQ(reload(), std::string{"keys +1 -1"});
  EXPECT_EQ(conditions()["acme-2"], "dead") << "wherever it stands in the list";
  EXPECT_EQ(lenders(), std::set<std::string>{"x"});
}

TEST_F(admin_test, calls_go_to_new_models_and_providers_once_they_are_there) {
  wanted.providers.push_back(provider("other", {"o"}));
  auto& target = wanted.models.emplace_back().targets.emplace_back();
  wanted.models[0].name = "fast";
  target.provider = "other";
  target.model = "fast-1";
  EXPECT_EQ(reload(), std::string{"providers +1, keys +1, models +1"});
  const auto got = admit(protocol::openai, "fast");
  ASSERT_TRUE(*got && **got);
  EXPECT_EQ((***got).provider->name, "other");
  EXPECT_EQ((***got).model, "fast-1");
}

TEST_F(admin_test, a_provider_that_leaves_ends_what_it_has_begun) {
  const auto begun = lend(protocol::anthropic);
  const auto pool = company.pools[1].at.current();
  wanted.providers.pop_back();
  EXPECT_EQ(reload(), std::string{"providers -1, keys -1"});
  EXPECT_EQ(code_of(**admit(protocol::anthropic)), errc::no_provider)
      << "calls are not routed to it any more";
  advance(5min);
  EXPECT_TRUE(is_running(pool)) << "a call is under way";
  give_back(begun);
  advance(1min);
  EXPECT_FALSE(is_running(pool));
  EXPECT_EQ(conditions().size(), 2u);
  EXPECT_EQ(lenders(), (std::set<std::string>{"a", "b"}));
}

TEST_F(admin_test, a_provider_that_comes_back_in_time_has_never_left) {
  const auto begun = lend(protocol::anthropic);
  const auto pool = company.pools[1].at.current();
  const auto claude = wanted.providers.back();
  wanted.providers.pop_back();
  reload();
  advance(10s);
  wanted.providers.push_back(claude);
  EXPECT_EQ(reload(), std::string{"providers +1, keys +1"});
  advance(10min);
  EXPECT_TRUE(is_running(pool));
  EXPECT_EQ(lend(protocol::anthropic).settle_with, begun.settle_with);
}

TEST_F(admin_test, a_provider_may_go_and_come_again_for_ever) {
  const auto claude = wanted.providers.back();
  for (int i = 0; i < 5; ++i) {
    wanted.providers.pop_back();
    reload();
    advance(3min);
    EXPECT_EQ(conditions().size(), 2u) << i;
    wanted.providers.push_back(claude);
    reload();
    give_back(lend(protocol::anthropic));
  }
}

TEST_F(admin_test, another_protocol_under_the_same_name_is_another_provider) {
  wanted.providers[1] = provider("claude", {"c"}, protocol::gemini);
  EXPECT_EQ(reload(), std::string{"providers +1 -1, keys +1 -1"});
  EXPECT_EQ(lend(protocol::gemini).provider->protocol, protocol::gemini);
  EXPECT_EQ(lend(protocol::gemini).key.value(), "claude-2");
}

TEST_F(admin_test, clients_are_those_of_the_last_configuration) {
  wanted.auth.mode = config::auth_mode::required;
  wanted.auth.clients = {{"web", "hash", "acme"}};
  EXPECT_EQ(reload(), std::string{"clients +1, auth.mode"});
  EXPECT_EQ(code_of(**admit()), errc::unauthorized);
  EXPECT_EQ(code_of(**admit()), errc::unauthorized) << "at every door";
  kill(company.ingresses[0].current());
  kill(company.ingresses[1].current());
  EXPECT_EQ(code_of(**admit()), errc::unauthorized) << "also after a restart";
  EXPECT_TRUE(**admit(protocol::openai, "m", "hash"));
}

TEST_F(admin_test, a_configuration_that_is_refused_changes_nothing) {
  wanted.providers.clear();
  EXPECT_EQ(code_of(reload()), errc::invalid_setting);
  EXPECT_EQ(lenders(), (std::set<std::string>{"a", "b"}));
  EXPECT_EQ(conditions().size(), 3u);
}

TEST_F(admin_test, whoever_is_restarted_plays_by_the_last_configuration) {
  wanted.providers[0] = provider("acme", {"b", "x"}, protocol::openai,
                                 [](auto& p) { p.timeouts.total = 77s; });
  reload();
  advance(1s);
  const std::set<std::string> expected{"b", "x"};
  kill(company.pools[0].at.current());
  advance(1s);
  EXPECT_EQ(lenders(), expected) << "pool";
  kill(company.router.current());
  advance(1s);
  EXPECT_EQ(lenders(), expected) << "router";
  kill(lend().settle_with);
  advance(1s);
  EXPECT_EQ(lenders(), expected) << "key";
  for (int i = 0; i < 8; ++i)  // More than its branch forgives.
    kill(company.pools[0].at.current()), advance(1s);
  advance(10s);
  EXPECT_EQ(lenders(), expected) << "branch";
  EXPECT_EQ(lend().provider->timeouts.total, 77s);
}

TEST_F(admin_test, goes_on_after_its_own_death) {
  lease begun = lend();
  ASSERT_TRUE(ask<void>(admin(), atom::remove_v, begun.key.value()));
  kill(admin());
  advance(1s);
  EXPECT_EQ(conditions().size(), 3u) << "a call is under way";
  give_back(begun);
  advance(1s);
  EXPECT_EQ(conditions().size(), 2u);
}

TEST_F(admin_test, what_cannot_be_done_now_is_done_when_it_can) {
  kill(company.pools[0].at.current());
  kill(company.pools[0].at.current());
  kill(company.pools[0].at.current());  // Waits for its restart.
  const auto added = request<std::string>(admin(), atom::add_v,
                                          std::string{"acme"}, key_secret{"x"});
  EXPECT_FALSE(*added) << "its pool has not heard of it";
  advance(2s);
  ASSERT_TRUE(*added);
  EXPECT_EQ(**added, std::string{"acme-3"});
  EXPECT_EQ(lenders(), (std::set<std::string>{"a", "b", "x"}));
}

TEST_F(admin_test, no_secret_leaves_the_node_in_a_message) {
  const auto shown = caf::deep_to_string(caf::make_message(
      key_secret{"sk-secret"},
      key_brief{wanted.providers[0], wanted.providers[0]->keys[0]}));
  EXPECT_EQ(shown.find("sk-secret"), std::string::npos) << shown;
}

}  // namespace
}  // namespace troupe
