// Requests at /api/cache, against a desk that says what the test wants: what
// reaches it, what the client hears, and what happens to those who leave.

#include "tests/http/routes/cache/cache_room.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace troupe::http {
namespace {

using nlohmann::json;

class cache_visit : public cache_room {
protected:
  static cache_finding fresh(std::string value) {
    cache_finding f;
    f.state = cache_state::fresh;
    f.entry.value = shared_bytes{std::move(value)};
    f.entry.type = "text/plain";
    f.etag = 0xab;
    f.ttl_ms = 9'000;
    return f;
  }

  static cache_finding with_lease() {
    cache_finding f;
    f.state = cache_state::lead;
    f.token = 0xcd;
    return f;
  }

  static std::string code_in(const tests::fake_responder& client) {
    return json::parse(client.body(), nullptr, false)["error"]["code"];
  }
};

TEST_F(cache_visit, gives_what_is_kept_for_the_callers_tenant) {
  find = [](const cache_question& q) {
    return fresh(q.key.name);
  };
  const auto& client = ask("GET", "/api/cache/persona%3A1");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(client.body(), "persona:1");
  EXPECT_EQ(client.header("x-troupe-cache"), "hit");
  EXPECT_EQ(client.header("etag"), "\"00000000000000ab\"");
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].key,
            (cache_key{cache_space::application, "acme", "persona:1"}));
}

TEST_F(cache_visit, refuses_strangers_before_it_reads_what_they_say) {
  welcome = errc::unauthorized;
  const auto& client = ask("GET", "/api/cache/k?nonsense=1");
  EXPECT_EQ(client.status_sent, 401u);
  EXPECT_EQ(code_in(client), "unauthorized");
  EXPECT_EQ(json::parse(client.body())["error"]["request_id"], "req_1");
  EXPECT_TRUE(questions.empty());
}

TEST_F(cache_visit, asks_nobody_when_the_question_makes_no_sense) {
  const std::pair<const char*, const char*> rows[] = {
      {"GET", "/api/cache/%ff"},      {"GET", "/api/cache/k?lease=x"},
      {"PUT", "/api/cache/k?ttl=0"},  {"PUT", "/api/cache/%00"},
      {"DELETE", "/api/cache/k?x=1"}, {"DELETE", "/api/cache/%"},
      {"DELETE", "/api/cache"},       {"POST", "/api/cache/get"},
      {"POST", "/api/cache/warm"},    {"GET", "/api/cache?x=1"},
      {"POST", "/api/cache/get?x=1"}, {"POST", "/api/cache/warm?x=1"},
  };
  for (const auto& [method, target] : rows) {
    const auto& client = ask(method, target);
    EXPECT_EQ(client.status_sent, 400u) << method << target;
    EXPECT_EQ(code_in(client), "invalid_request") << method << target;
  }
  EXPECT_TRUE(questions.empty());
  EXPECT_TRUE(changes.empty());
  EXPECT_TRUE(purges.empty());
}

TEST_F(cache_visit, tells_a_miss_from_a_lease) {
  const auto& miss = ask("GET", "/api/cache/k");
  EXPECT_EQ(miss.status_sent, 404u);
  EXPECT_EQ(code_in(miss), "not_found");
  find = [](const cache_question&) {
    return with_lease();
  };
  const auto& leader = ask("GET", "/api/cache/k?lease=2s");
  EXPECT_EQ(leader.status_sent, 404u);
  EXPECT_EQ(leader.header("x-troupe-cache-lease"), "00000000000000cd");
  EXPECT_EQ(json::parse(leader.body())["lease"]["expires_in_ms"], 2'000);
  EXPECT_EQ(questions[1].lead_ms, 2'000u);
}

TEST_F(cache_visit, tells_whoever_waited_in_vain_when_to_come_back) {
  find = [](const cache_question&) {
    cache_finding f;
    f.state = cache_state::busy;
    return f;
  };
  const auto& client = ask("GET", "/api/cache/k?lease=2s&wait=1s");
  EXPECT_EQ(client.status_sent, 409u);
  EXPECT_EQ(code_in(client), "being_computed");
  EXPECT_EQ(client.header("retry-after"), "1");
  EXPECT_EQ(client.header("x-troupe-cache-lease"), "");
}

TEST_F(cache_visit, waits_as_long_as_the_desk_does) {
  holds = true;
  find = [](const cache_question&) {
    return fresh("late");
  };
  const auto& client = ask("GET", "/api/cache/k?wait=5s");
  EXPECT_EQ(client.status_sent, 0u);
  answer_held();
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(client.body(), "late");
}

TEST_F(cache_visit, who_leaves_while_it_waits_takes_its_question_back) {
  holds = true;
  client_leaves = true;
  const auto& client = ask("GET", "/api/cache/k?lease=1s&wait=5s");
  EXPECT_EQ(client.status_sent, 0u);
  EXPECT_TRUE(thrown);
  ASSERT_EQ(held.size(), 1u);
  EXPECT_FALSE(held[0].awaited());
  answer_held();
  EXPECT_EQ(held_answered, std::vector<bool>{false});
}

TEST_F(cache_visit, a_lease_whose_asker_has_left_is_given_back) {
  holds = true;
  const auto& client = ask("GET", "/api/cache/k?lease=1s&wait=5s");
  ASSERT_EQ(held.size(), 1u);
  ASSERT_TRUE(held[0].answer(cache_findings{with_lease()}));
  ASSERT_TRUE(client.watched);
  client.watched();  // Before the answer has come to the coroutine.
  turn();
  EXPECT_EQ(client.status_sent, 0u);
  EXPECT_TRUE(thrown);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].verb, cache_verb::yield);
  EXPECT_EQ(changes[0].token, 0xcdu);
  EXPECT_EQ(changes[0].key.name, "k");
  EXPECT_EQ(changes[0].key.tenant, "acme");
}

TEST_F(cache_visit, keeps_what_is_put) {
  const auto& client = ask("PUT", "/api/cache/k?ttl=short&tags=a",
                           {{"Content-Type", "text/plain"}}, "value");
  EXPECT_EQ(client.status_sent, 204u);
  EXPECT_EQ(client.header("etag"), "\"0000000000000005\"");
  EXPECT_EQ(client.header("content-type"), "");
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].entry.value.view(), "value");
  EXPECT_EQ(changes[0].ttl_ms, 60'000u);
  EXPECT_EQ(changes[0].key.tenant, "acme");
  keep = [](const cache_change&) {
    cache_receipt r;
    r.outcome = cache_outcome::done;
    r.created = true;
    return r;
  };
  EXPECT_EQ(ask("PUT", "/api/cache/k").status_sent, 201u);
}

TEST_F(cache_visit, says_what_is_there_when_a_condition_does_not_hold) {
  keep = [](const cache_change&) {
    cache_receipt r;
    r.outcome = cache_outcome::changed;
    r.etag = 7;
    return r;
  };
  const auto& client = ask("PUT", "/api/cache/k",
                           {{"If-Match", "\"0000000000000003\""}}, "value");
  EXPECT_EQ(client.status_sent, 412u);
  EXPECT_EQ(client.header("etag"), "\"0000000000000007\"");
  EXPECT_EQ(code_in(client), "precondition_failed");
  EXPECT_EQ(changes[0].if_match, 3u);
}

TEST_F(cache_visit, a_lost_change_is_no_success) {
  keep = [](const cache_change&) {
    return cache_receipt{};
  };
  const auto& client = ask("PUT", "/api/cache/k", {}, "value");
  EXPECT_EQ(client.status_sent, 503u);
  EXPECT_EQ(client.header("retry-after"), "1");
  EXPECT_EQ(ask("DELETE", "/api/cache/k").status_sent, 503u);
  EXPECT_EQ(ask("DELETE", "/api/cache?tag=x").status_sent, 503u);
}

TEST_F(cache_visit, removes_one_or_gives_its_lease_up) {
  EXPECT_EQ(ask("DELETE", "/api/cache/k").status_sent, 204u);
  EXPECT_EQ(changes[0].verb, cache_verb::remove);
  keep = [](const cache_change&) {
    cache_receipt r;
    r.outcome = cache_outcome::lead_lost;
    return r;
  };
  const auto& late = ask("DELETE", "/api/cache/k",
                         {{"x-troupe-cache-lease", "00000000000000cd"}});
  EXPECT_EQ(late.status_sent, 409u);
  EXPECT_EQ(code_in(late), "lease_lost");
  EXPECT_EQ(changes[1].verb, cache_verb::yield);
  EXPECT_EQ(changes[1].token, 0xcdu);
}

TEST_F(cache_visit, counts_what_a_purge_took) {
  purged.outcome = cache_outcome::done;
  purged.count = 12;
  const auto& client = ask("DELETE", "/api/cache?pattern=persona%3A*");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(json::parse(client.body()), json({{"deleted", 12}}));
  ASSERT_EQ(purges.size(), 1u);
  EXPECT_EQ(purges[0].pattern, "persona:*");
  EXPECT_EQ(purges[0].tenant, "acme");
}

TEST_F(cache_visit, forgets_answers_of_models_by_their_tag_too) {
  purged.outcome = cache_outcome::done;
  purged.count = 3;
  const auto& client = ask("DELETE", "/api/cache?tag=persona");
  EXPECT_EQ(json::parse(client.body()), json({{"deleted", 6}}));
  ASSERT_EQ(purges.size(), 2u);
  EXPECT_EQ(purges[0].space, cache_space::application);
  EXPECT_EQ(purges[1].space, cache_space::completion);
  for (const auto& p : purges) {
    EXPECT_EQ(p.tag, "persona");
    EXPECT_EQ(p.tenant, "acme");
  }
}

TEST_F(cache_visit, asks_for_many_with_one_question) {
  find = [](const cache_question& q) {
    return q.key.name == "a" ? fresh("1") : cache_finding{};
  };
  const auto& client =
      ask("POST", "/api/cache/get", {}, R"({"keys":["a","b"]})");
  EXPECT_EQ(client.status_sent, 200u);
  const auto all = json::parse(client.body());
  EXPECT_EQ(all["entries"]["a"]["value"], "1");
  EXPECT_EQ(all["missing"], json::array({"b"}));
  EXPECT_EQ(questions[1].key.tenant, "acme");
}

TEST_F(cache_visit, a_warming_keeps_what_it_can_and_names_the_rest) {
  keep = [](const cache_change& c) {
    cache_receipt r;
    r.outcome =
        c.key.name == "there" ? cache_outcome::changed : cache_outcome::done;
    return r;
  };
  const auto& client = ask("POST", "/api/cache/warm?only_if_absent=true",
                           {{"Content-Type", "application/x-ndjson"}},
                           "{\"key\":\"a\",\"value\":1}\n\nnonsense\n"
                           "{\"key\":\"there\",\"value\":1}\n"
                           "{\"key\":\"b\",\"value\":2,\"ttl\":0}");
  EXPECT_EQ(client.status_sent, 200u);
  const auto told = json::parse(client.body());
  EXPECT_EQ(told["kept"], 1);
  EXPECT_EQ(told["refused_count"], 3);
  EXPECT_EQ(told["refused"][0]["line"], 3);
  EXPECT_EQ(told["refused"][1]["line"], 5);
  EXPECT_EQ(told["refused"][1]["key"], "b");
  EXPECT_EQ(told["refused"][2]["line"], 4);
  EXPECT_EQ(told["refused"][2]["why"], "there is an entry already");
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_TRUE(changes[0].if_absent);
  EXPECT_EQ(changes[0].key.tenant, "acme");
  EXPECT_EQ(changes[0].ttl_ms, 3'600'000u);
}

TEST_F(cache_visit, a_large_warming_goes_in_batches) {
  json body{{"entries", json::array()}};
  for (int i = 0; i < 600; ++i)
    body["entries"].push_back({{"key", std::to_string(i)}, {"value", i}});
  const auto& client = ask("POST", "/api/cache/warm", {}, body.dump());
  EXPECT_EQ(json::parse(client.body())["kept"], 600);
  EXPECT_EQ(batches, (std::vector<std::size_t>{256, 256, 88}));
  EXPECT_EQ(changes[599].key.name, "599");
  EXPECT_EQ(changes[599].entry.value.view(), "599");
}

TEST_F(cache_visit, a_warming_has_an_edge) {
  json body{{"entries", json::array()}};
  for (std::size_t i = 0; i <= app_cache::warm_entries_max; ++i)
    body["entries"].push_back({{"key", "k"}, {"value", 1}});
  EXPECT_EQ(ask("POST", "/api/cache/warm", {}, body.dump()).status_sent, 400u);
  body["entries"].erase(0);
  EXPECT_EQ(ask("POST", "/api/cache/warm", {}, body.dump()).status_sent, 200u);
}

TEST_F(cache_visit, a_file_warms_the_tenants_that_its_lines_name) {
  const auto path = std::filesystem::path{::testing::TempDir()}
                    / "troupe_cache_visit_warm.jsonl";
  std::ofstream{path} << R"({"key":"a","value":"1","tenant":"other"})"
                      << "\nnonsense\n"
                      << R"({"key":"b","value":"2"})"
                      << "\n";
  warm_from(path);
  std::filesystem::remove(path);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].key.tenant, "other");
  EXPECT_EQ(changes[1].key.tenant, "");
  EXPECT_EQ(changes[1].entry.value.view(), "2");
  EXPECT_EQ(changes[1].ttl_ms, 3'600'000u);
}

TEST_F(cache_visit, only_a_file_may_name_a_tenant) {
  const auto& client =
      ask("POST", "/api/cache/warm", {},
          R"({"entries":[{"key":"a","value":"1","tenant":"other"}]})");
  EXPECT_EQ(json::parse(client.body())["refused_count"], 1);
  EXPECT_TRUE(changes.empty());
}

TEST_F(cache_visit, counts_the_callers_tenant_and_everybody) {
  const auto& client = ask("GET", "/api/cache");
  const auto told = json::parse(client.body());
  EXPECT_EQ(told["tenant"]["name"], "acme");
  EXPECT_EQ(told["tenant"]["spaces"]["application"]["entries"], 10);
  EXPECT_EQ(told["tenant"]["spaces"]["application"]["hits"], 2);
  EXPECT_EQ(told["spaces"]["completion"]["entries"], 100);
  EXPECT_EQ(told["spaces"]["embedding"]["hits"], 1);
  EXPECT_EQ(counted.size(), 6u);
}

TEST_F(cache_visit, other_methods_are_told_which_there_are) {
  const auto& client = ask("POST", "/api/cache/k");
  EXPECT_EQ(client.status_sent, 405u);
  EXPECT_EQ(client.header("allow"), "GET, HEAD, PUT, DELETE");
}

}  // namespace
}  // namespace troupe::http
