// Requests about schedules, against a queue that says what the test wants.

#include "tests/http/routes/queue/queue_room.hpp"

namespace troupe::http {
namespace {

using nlohmann::json;

class queue_schedule_visit : public queue_room {
protected:
  queue_schedule_visit() {
    auto& view = arranged.view;
    view.number = 4;
    view.wish.id = "daily";
    view.wish.cron = "0 9 * * *";
    view.wish.job.data = shared_bytes{R"({"n" : 1})"};
    view.progress.next_at = 90'000;
    plans.schedules.push_back(view);
  }

  static constexpr auto path = "/api/queues/email/schedules/daily";
};

TEST_F(queue_schedule_visit, makes_a_schedule_and_then_changes_it) {
  const auto& made = ask("PUT", path, R"({"cron":"0 9 * * *"})");
  EXPECT_EQ(made.status_sent, 201u);
  EXPECT_EQ(made.header("location"), path);
  const auto shown = json_of(made);
  EXPECT_EQ(shown["id"], "daily");
  EXPECT_EQ(shown["queue"], "email");
  EXPECT_EQ(shown["next_at"], 90'000);
  EXPECT_NE(made.body().find(R"("data":{"n" : 1})"), std::string::npos);
  arranged.known = true;
  EXPECT_EQ(ask("PUT", path, R"({"every_ms":60000})").status_sent, 200u);
  ASSERT_EQ(arrangements.size(), 2u);
  EXPECT_FALSE(arrangements[0].removes);
  EXPECT_EQ(arrangements[0].wish.id, "daily");
  EXPECT_EQ(arrangements[0].wish.cron, "0 9 * * *");
  EXPECT_EQ(arrangements[1].wish.every_ms, 60'000u);
}

TEST_F(queue_schedule_visit, tells_what_the_queue_finds_wrong) {
  arranged.fault = schedule_fault{"cron", "hour: must lie between 0 and 23"};
  const auto& client = ask("PUT", path, R"({"cron":"0 24 * * *"})");
  EXPECT_EQ(client.status_sent, 400u);
  const auto error = json_of(client)["error"];
  EXPECT_EQ(error["code"], "invalid_request");
  EXPECT_EQ(error["param"], "cron");
  const std::string message = error["message"];
  EXPECT_NE(message.find("hour: must lie between 0 and 23"), message.npos);
}

TEST_F(queue_schedule_visit, asks_nobody_when_the_body_makes_no_sense) {
  for (const auto* body : {"nonsense", "[]", R"({"crom":1})",
                           R"({"job":{"children":[{"queue":"x"}]}})"})
    EXPECT_EQ(ask("PUT", path, body).status_sent, 400u) << body;
  EXPECT_EQ(ask("PUT", std::string{path} + "?x=1", "{}").status_sent, 400u);
  EXPECT_EQ(
      ask("PUT", path, "{}", {{"Content-Type", "text/plain"}}).status_sent,
      415u);
  EXPECT_TRUE(arrangements.empty());
}

TEST_F(queue_schedule_visit, tells_that_nothing_can_be_stored) {
  refusal = caf::make_error(errc::store_full, std::string{"no space"});
  const auto& client = ask("PUT", path, R"({"every_ms":1000})");
  EXPECT_EQ(client.status_sent, 503u);
  EXPECT_EQ(code_in(client), "store_full");
  EXPECT_EQ(ask("DELETE", path).status_sent, 503u);
}

TEST_F(queue_schedule_visit, shows_one) {
  const auto& client = ask("GET", path);
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(json_of(client)["cron"], "0 9 * * *");
  EXPECT_EQ(client.header("etag").size(), 18u);
  ASSERT_EQ(plan_queries.size(), 1u);
  EXPECT_EQ(plan_queries[0].id, "daily");
}

TEST_F(queue_schedule_visit, one_that_is_not_there_is_unknown) {
  plans = {};
  const auto& client = ask("GET", path);
  EXPECT_EQ(client.status_sent, 404u);
  EXPECT_EQ(code_in(client), "unknown_schedule");
  const auto& removed = ask("DELETE", path);
  EXPECT_EQ(removed.status_sent, 404u);
  EXPECT_EQ(code_in(removed), "unknown_schedule");
}

TEST_F(queue_schedule_visit, finds_an_id_however_its_path_is_spelt) {
  ask("GET", "/api/queues/email/schedules/a%40b");
  ask("GET", "/api/queues/email/schedules/%zz");
  ASSERT_EQ(plan_queries.size(), 2u);
  EXPECT_EQ(plan_queries[0].id, "a@b");
  EXPECT_EQ(plan_queries[1].id, "%zz");  // As which there is none.
}

TEST_F(queue_schedule_visit, removes_one) {
  arranged.known = true;
  const auto& client = ask("DELETE", path);
  EXPECT_EQ(client.status_sent, 204u);
  EXPECT_EQ(client.body(), "");
  ASSERT_EQ(arrangements.size(), 1u);
  EXPECT_TRUE(arrangements[0].removes);
  EXPECT_EQ(arrangements[0].wish.id, "daily");
}

TEST_F(queue_schedule_visit, leads_from_page_to_page) {
  plans.next = 4;
  const auto& client =
      ask("GET", "/api/queues/email/schedules?limit=1&after=3");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(json_of(client)["schedules"][0]["id"], "daily");
  EXPECT_EQ(json_of(client)["next"], 4);
  EXPECT_EQ(client.header("link"),
            "</api/queues/email/schedules?limit=1&after=4>; rel=\"next\"");
  ASSERT_EQ(plan_queries.size(), 1u);
  EXPECT_EQ(plan_queries[0].after, 3);
  EXPECT_EQ(plan_queries[0].limit, 1u);
  plans = {};
  const auto& none = ask("GET", "/api/queues/email/schedules");
  EXPECT_EQ(none.body(), R"({"schedules":[],"next":null})");
  EXPECT_EQ(none.header("link"), "");
}

TEST_F(queue_schedule_visit, a_tenant_has_schedules_of_its_own) {
  ask_who_they_are();
  ask("PUT", path, R"({"every_ms":1000,"job":{"data":1}})");
  ask("DELETE", path);
  ask("GET", path);
  ask("GET", "/api/queues/email/schedules");
  ASSERT_EQ(arrangements.size(), 2u);
  EXPECT_EQ(arrangements[0].wish.job.tenant, "acme");
  EXPECT_EQ(arrangements[1].wish.job.tenant, "acme");
  ASSERT_EQ(plan_queries.size(), 2u);
  EXPECT_EQ(plan_queries[0].tenant + plan_queries[1].tenant, "acmeacme");
}

TEST_F(queue_schedule_visit, says_which_methods_a_path_takes) {
  const auto& client = ask("POST", path, "{}");
  EXPECT_EQ(client.status_sent, 405u);
  EXPECT_EQ(client.header("allow"), "GET, HEAD, PUT, DELETE");
  EXPECT_EQ(ask("PUT", "/api/queues/email/schedules", "{}").status_sent, 405u);
}

}  // namespace
}  // namespace troupe::http
