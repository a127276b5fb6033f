// Requests at /api/queues about jobs and queues, against a queue that says what
// the test wants: what reaches it, what the client hears, and who may what.

#include "tests/http/routes/queue/queue_room.hpp"

namespace troupe::http {
namespace {

using nlohmann::json;

class queue_visit : public queue_room {
protected:
  static job_view sample() {
    job_view job;
    job.id = "7";
    job.number = 7;
    job.state = job_state::completed;
    job.created_at = 1'000;
    job.data = shared_bytes{R"({"to" : "a"})"};
    job.result = shared_bytes{"[1,2]"};
    return job;
  }
};

TEST_F(queue_visit, adds_a_job_as_it_came_and_says_where_it_is) {
  const auto& client =
      ask("POST", "/api/queues/email/jobs",
          R"({"data": {"n": 1e2, "t":"ü"} , "priority":"high"})");
  EXPECT_EQ(client.status_sent, 202u);
  EXPECT_EQ(client.header("location"), "/api/queues/email/jobs/7");
  EXPECT_EQ(client.body(), R"({"id":"7","queue":"email","state":"waiting"})");
  ASSERT_EQ(adds.size(), 1u);
  EXPECT_EQ(adds[0][0].data.view(), R"({"n": 1e2, "t":"ü"})");
  EXPECT_EQ(adds[0][0].priority, priority_high);
}

TEST_F(queue_visit, says_so_when_the_job_was_there_before) {
  added = {"mine", job_state::completed, true, 3};
  const auto& client =
      ask("POST", "/api/queues/email/jobs", R"({"id":"mine"})");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(json_of(client)["duplicate"], true);
  EXPECT_EQ(json_of(client)["state"], "completed");
}

TEST_F(queue_visit, adds_many_with_one_word_to_the_queue) {
  const auto& client = ask("POST", "/api/queues/email/jobs/bulk",
                           R"({"jobs":[{"data":1},{"data":2}]})");
  EXPECT_EQ(client.status_sent, 202u);
  EXPECT_EQ(json_of(client)["jobs"].size(), 2u);
  ASSERT_EQ(adds.size(), 1u);
  EXPECT_EQ(adds[0].size(), 2u);
}

TEST_F(queue_visit, asks_nobody_when_the_question_makes_no_sense) {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"POST", "/api/queues/email/jobs", "nonsense"},
      {"POST", "/api/queues/email/jobs", R"({"prio":1})"},
      {"POST", "/api/queues/email/jobs?x=1", "{}"},
      {"POST", "/api/queues/email/jobs/bulk", R"({"jobs":[{"data":1},3]})"},
      {"POST", "/api/queues/email/lease", R"({"wait_ms":60001})"},
      {"POST", "/api/queues/email/jobs/7/complete", "{}"},
      {"POST", "/api/queues/email/complete", R"({"jobs":[{"id":"1"}]})"},
      {"POST", "/api/queues/email/clean", R"({"state":"active"})"},
      {"POST", "/api/queues/email/pause", R"({"x":1})"},
      {"GET", "/api/queues/email/jobs?state=gone", ""},
      {"GET", "/api/queues/email/jobs/7?x=1", ""},
      {"GET", "/api/queues/email/jobs/7/events?last_event_id=x", ""},
  };
  for (const auto& [method, target, body] : rows) {
    const auto& client = ask(method, target, body);
    EXPECT_EQ(client.status_sent, 400u) << method << target << body;
    EXPECT_EQ(code_in(client), "invalid_request") << method << target << body;
  }
  EXPECT_TRUE(adds.empty() && wishes.empty() && changes.empty()
              && queries.empty() && follows.empty() && orders.empty());
}

TEST_F(queue_visit, tells_what_the_field_at_fault_is) {
  const auto& client = ask("POST", "/api/queues/email/jobs/bulk",
                           R"({"jobs":[{},{},{},{"priority":11}]})");
  EXPECT_EQ(json_of(client)["error"]["param"], "jobs[3].priority");
}

TEST_F(queue_visit, refuses_bodies_that_are_said_to_be_something_else) {
  const auto& client =
      ask("POST", "/api/queues/email/jobs", "{}",
          {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(client.status_sent, 415u);
  EXPECT_EQ(code_in(client), "unsupported_media_type");
  const auto& json_client =
      ask("POST", "/api/queues/email/jobs", "{}",
          {{"Content-Type", "Application/JSON; charset=utf-8"}});
  EXPECT_EQ(json_client.status_sent, 202u);
}

TEST_F(queue_visit, names_the_queues_there_are_to_who_asks_for_another) {
  const auto& client = ask("POST", "/api/queues/emial/jobs", "{}");
  EXPECT_EQ(client.status_sent, 404u);
  EXPECT_EQ(code_in(client), "unknown_queue");
  const std::string message = json_of(client)["error"]["message"];
  EXPECT_NE(message.find("email, reports"), message.npos) << message;
}

TEST_F(queue_visit, tells_when_to_come_back_to_a_full_queue) {
  refusal = caf::make_error(errc::queue_full, std::uint64_t{2'500});
  const auto& client = ask("POST", "/api/queues/email/jobs", "{}");
  EXPECT_EQ(client.status_sent, 429u);
  EXPECT_EQ(code_in(client), "queue_full");
  EXPECT_EQ(client.header("retry-after"), "3");
  EXPECT_EQ(json_of(client)["error"]["retry_after_ms"], 2'500);
}

TEST_F(queue_visit, tells_that_nothing_can_be_stored) {
  refusal = caf::make_error(errc::store_full, std::string{"no space"});
  const auto& client = ask("POST", "/api/queues/email/jobs", "{}");
  EXPECT_EQ(client.status_sent, 503u);
  EXPECT_EQ(code_in(client), "store_full");
}

TEST_F(queue_visit, a_queue_that_is_gone_answers_all_the_same) {
  const auto& client = ask("POST", "/api/queues/reports/jobs", "{}");
  EXPECT_EQ(client.status_sent, 503u);
  EXPECT_EQ(code_in(client), "actor_lost");
}

TEST_F(queue_visit, shows_a_job_whole) {
  page.jobs.push_back(sample());
  const auto& client = ask("GET", "/api/queues/email/jobs/7");
  EXPECT_EQ(client.status_sent, 200u);
  const auto job = json_of(client);
  EXPECT_EQ(job["state"], "completed");
  EXPECT_EQ(job["queue"], "email");
  EXPECT_EQ(job["data"], json({{"to", "a"}}));
  EXPECT_EQ(job["result"], json({1, 2}));
  EXPECT_EQ(job["due_at"], nullptr);
  EXPECT_EQ(job["progress"], nullptr);
  EXPECT_EQ(job["parent"], nullptr);
  EXPECT_EQ(job["children"], nullptr);
  EXPECT_NE(client.body().find(R"("data":{"to" : "a"})"), std::string::npos);
}

TEST_F(queue_visit, does_not_repeat_what_the_client_has_already) {
  page.jobs.push_back(sample());
  const auto etag = ask("GET", "/api/queues/email/jobs/7").header("etag");
  ASSERT_EQ(etag.size(), 18u);
  const auto& again =
      ask("GET", "/api/queues/email/jobs/7", {}, {{"If-None-Match", etag}});
  EXPECT_EQ(again.status_sent, 304u);
  EXPECT_EQ(again.body(), "");
  page.jobs[0].events = 1;
  const auto& changed_since =
      ask("GET", "/api/queues/email/jobs/7", {}, {{"If-None-Match", etag}});
  EXPECT_EQ(changed_since.status_sent, 200u);
}

TEST_F(queue_visit, leads_from_page_to_page) {
  page.jobs.push_back(sample());
  page.next = 7;
  const auto& client =
      ask("GET", "/api/queues/email/jobs?state=completed&limit=1&after=3");
  EXPECT_EQ(json_of(client)["next"], 7);
  EXPECT_EQ(client.header("link"),
            "</api/queues/email/jobs?state=completed&limit=1&after=7>; "
            "rel=\"next\"");
  ASSERT_EQ(queries.size(), 1u);
  EXPECT_EQ(queries[0].after, 3u);
  EXPECT_EQ(queries[0].limit, 1u);
  page.next = 0;
  const auto& last = ask("GET", "/api/queues/email/jobs?data=0");
  EXPECT_EQ(last.header("link"), "");
  EXPECT_EQ(json_of(last)["next"], nullptr);
  EXPECT_FALSE(json_of(last)["jobs"][0].contains("data"));
}

TEST_F(queue_visit, an_id_that_no_job_can_have_is_unknown) {
  const auto& client = ask("GET", "/api/queues/email/jobs/a%20b");
  EXPECT_EQ(client.status_sent, 404u);
  EXPECT_EQ(code_in(client), "unknown_job");
  EXPECT_TRUE(queries.empty());
}

TEST_F(queue_visit, finds_an_id_however_its_path_is_spelt) {
  refusal = caf::make_error(errc::unknown_job);
  const auto& client = ask("GET", "/api/queues/email/jobs/a%3A1%40x");
  EXPECT_EQ(client.status_sent, 404u);
  EXPECT_EQ(code_in(client), "unknown_job");
  ASSERT_EQ(queries.size(), 1u);
  EXPECT_EQ(queries[0].id, "a:1@x");
}

TEST_F(queue_visit, removes_a_job_and_says_why_not) {
  EXPECT_EQ(ask("DELETE", "/api/queues/email/jobs/7").status_sent, 204u);
  EXPECT_EQ(changes[0][0].verb, job_verb::remove);
  changed = {job_refusal::wrong_state, job_state::active, 0, false};
  const auto& client = ask("DELETE", "/api/queues/email/jobs/7");
  EXPECT_EQ(client.status_sent, 409u);
  EXPECT_EQ(code_in(client), "wrong_state");
  const std::string message = json_of(client)["error"]["message"];
  EXPECT_NE(message.find("active"), message.npos);
}

TEST_F(queue_visit, gives_a_job_another_turn_or_another_place) {
  const std::pair<const char*, job_verb> rows[] = {
      {"retry", job_verb::retry},
      {"cancel", job_verb::cancel},
      {"promote", job_verb::promote},
  };
  changed.state = job_state::waiting;
  for (const auto& [word, verb] : rows) {
    const auto& client =
        ask("POST", std::string{"/api/queues/email/jobs/7/"} + word);
    EXPECT_EQ(client.body(), R"({"id":"7","queue":"email","state":"waiting"})");
    EXPECT_EQ(changes.back()[0].verb, verb);
  }
  ask("POST", "/api/queues/email/jobs/7/priority", R"({"priority":"low"})");
  EXPECT_EQ(changes.back()[0].verb, job_verb::adjust);
  EXPECT_EQ(changes.back()[0].priority, priority_low);
}

TEST_F(queue_visit, shows_queues_in_numbers_and_those_that_do_not_answer) {
  const auto all = json_of(ask("GET", "/api/queues"))["queues"];
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]["name"], "email");
  EXPECT_EQ(all[0]["waiting"], 12);
  EXPECT_EQ(all[0]["waiting_children"], 4);
  EXPECT_EQ(all[0]["workers"]["alive"], 5);
  EXPECT_EQ(all[1]["refuses"], "The queue does not answer now.");
  const auto& one = ask("GET", "/api/queues/email");
  EXPECT_EQ(json_of(one)["since_start"]["added"], 40);
  EXPECT_EQ(ask("GET", "/api/queues/reports").status_sent, 503u);
}

TEST_F(queue_visit, gives_orders_where_nobody_is_asked_who_they_are) {
  peer = "10.1.2.3";
  EXPECT_EQ(ask("POST", "/api/queues/email/pause").body(),
            R"({"queue":"email","paused":true})");
  EXPECT_EQ(ask("POST", "/api/queues/email/resume").body(),
            R"({"queue":"email","paused":false})");
  EXPECT_EQ(
      ask("POST", "/api/queues/email/drain", R"({"delayed":true})").body(),
      R"({"queue":"email","jobs":3})");
  ASSERT_EQ(orders.size(), 3u);
  EXPECT_EQ(orders[1].verb, queue_verb::resume);
  EXPECT_TRUE(orders[2].also_delayed);
}

// -- tenants
// -------------------------------------------------------------------

TEST_F(queue_visit, asks_in_the_tenants_name_whatever_a_client_asks) {
  ask_who_they_are();
  streams.resize(1);
  streams[0].ended = true;
  ask("POST", "/api/queues/email/jobs", "{}");
  ask("POST", "/api/queues/email/jobs/bulk", R"({"jobs":[{}]})");
  ask("POST", "/api/queues/email/lease", "{}");
  ask("POST", "/api/queues/email/jobs/7/complete", R"({"token":"t"})");
  ask("POST", "/api/queues/email/complete",
      R"({"jobs":[{"id":"7","token":"t"}],"lease":{}})");
  ask("DELETE", "/api/queues/email/jobs/7");
  ask("GET", "/api/queues/email/jobs/7");
  ask("GET", "/api/queues/email/jobs");
  ask("GET", "/api/queues/email/jobs/7/events");
  ask("POST", "/api/queues/email/purge", "{}");
  ASSERT_EQ(adds.size(), 2u);
  EXPECT_EQ(adds[0][0].tenant + adds[1][0].tenant, "acmeacme");
  ASSERT_EQ(wishes.size(), 2u);
  EXPECT_EQ(wishes[0].tenant + wishes[1].tenant, "acmeacme");
  ASSERT_EQ(changes.size(), 3u);
  for (const auto& each : changes)
    EXPECT_EQ(each[0].tenant, "acme");
  ASSERT_EQ(queries.size(), 2u);
  EXPECT_EQ(queries[0].tenant + queries[1].tenant, "acmeacme");
  ASSERT_EQ(follows.size(), 1u);
  EXPECT_EQ(follows[0].tenant, "acme");
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].tenant, "acme");
}

TEST_F(queue_visit, a_tenant_may_not_pause_what_others_work_with) {
  ask_who_they_are();
  for (const auto* word : {"pause", "resume"}) {
    const auto& client = ask("POST", std::string{"/api/queues/email/"} + word);
    EXPECT_EQ(client.status_sent, 403u) << word;
    EXPECT_EQ(code_in(client), "forbidden") << word;
  }
  EXPECT_TRUE(orders.empty());
}

TEST_F(queue_visit, a_client_of_no_tenant_may_not_touch_everybodys_jobs) {
  ask_who_they_are();
  tenant.clear();
  for (const auto* word : {"pause", "drain", "clean", "redrive", "purge"})
    EXPECT_EQ(ask("POST", std::string{"/api/queues/email/"} + word).status_sent,
              403u)
        << word;
  EXPECT_TRUE(orders.empty());
}

TEST_F(queue_visit, an_operator_comes_in_with_a_key_of_its_own) {
  ask_who_they_are("secret");
  welcome = errc::unauthorized;
  const auto& stranger = ask("POST", "/api/queues/email/pause", {},
                             {{"Authorization", "Bearer other"}});
  EXPECT_EQ(stranger.status_sent, 401u);
  const auto& client = ask("POST", "/api/queues/email/pause", {},
                           {{"Authorization", "Bearer secret"}});
  EXPECT_EQ(client.status_sent, 200u);
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].tenant, "");
}

TEST_F(queue_visit, refuses_strangers_before_it_reads_what_they_say) {
  ask_who_they_are();
  welcome = errc::unauthorized;
  const auto& client = ask("POST", "/api/queues/nowhere/jobs", "nonsense");
  EXPECT_EQ(client.status_sent, 401u);
}

TEST_F(queue_visit, asks_who_comes_only_where_that_matters) {
  welcome = errc::unauthorized;  // To tell who was asked.
  const auto add = [this] {
    return ask("POST", "/api/queues/email/jobs", "{}").status_sent;
  };
  EXPECT_EQ(add(), 202u);
  take_settings([](auto& auth) { auth.mode = config::auth_mode::required; });
  EXPECT_EQ(add(), 401u);
  take_settings([](auto& auth) {
    auth.mode = config::auth_mode::open;
    auth.clients.push_back({"shop", std::string(64, 'a'), "acme"});
  });
  EXPECT_EQ(add(), 401u);  // It might be the shop.
}

TEST_F(queue_visit, says_which_methods_a_path_takes) {
  const auto& client = ask("PUT", "/api/queues/email/jobs/7");
  EXPECT_EQ(client.status_sent, 405u);
  EXPECT_EQ(client.header("allow"), "GET, HEAD, DELETE");
  EXPECT_EQ(ask("GET", "/api/queues/email/nothing").status_sent, 404u);
}

}  // namespace
}  // namespace troupe::http
