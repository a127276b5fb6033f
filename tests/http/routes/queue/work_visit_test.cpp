// Workers outside: what they are lent, what they report, and what becomes of
// jobs whose worker has left.

#include "tests/http/routes/queue/queue_room.hpp"

namespace troupe::http {
namespace {

using nlohmann::json;

class queue_work_visit : public queue_room {
protected:
  queue_work_visit() {
    leased_job job;
    job.id = "7";
    job.token = "000001-0000000009";
    job.data = shared_bytes{"{ }"};
    job.lease_until = 31'000;
    jobs.push_back(job);
  }

  leased_jobs jobs;
};

TEST_F(queue_work_visit, lends_what_there_is) {
  lent = jobs;
  const auto& client = ask("POST", "/api/queues/email/lease",
                           R"({"max":5,"lease_ms":1000,"worker":"w1"})");
  EXPECT_EQ(client.status_sent, 200u);
  const auto job = json_of(client)["jobs"][0];
  EXPECT_EQ(job["id"], "7");
  EXPECT_EQ(job["token"], "000001-0000000009");
  EXPECT_EQ(job["attempt"], 1);
  EXPECT_EQ(job["lease_until"], 31'000);
  EXPECT_EQ(job["checkpoint"], nullptr);
  EXPECT_NE(client.body().find(R"("data":{ })"), std::string::npos);
  EXPECT_EQ(wishes[0].max, 5u);
  EXPECT_EQ(wishes[0].lease_ms, 1'000u);
  EXPECT_EQ(wishes[0].worker, "w1");
  EXPECT_FALSE(client.watched);
}

TEST_F(queue_work_visit, a_wish_without_words_is_for_one_job_now) {
  EXPECT_EQ(ask("POST", "/api/queues/email/lease").body(), R"({"jobs":[]})");
  EXPECT_EQ(wishes[0].max, 1u);
  EXPECT_EQ(wishes[0].wait_ms, 0u);
}

TEST_F(queue_work_visit, waits_as_long_as_the_queue_does) {
  holds = true;
  const auto& client =
      ask("POST", "/api/queues/email/lease", R"({"wait_ms":5000})");
  EXPECT_EQ(client.status_sent, 0u);
  ASSERT_EQ(wishes_held.size(), 1u);
  ASSERT_TRUE(wishes_held[0].answer(leased_jobs{jobs}));
  turn();
  EXPECT_EQ(json_of(client)["jobs"].size(), 1u);
  EXPECT_TRUE(changes.empty());
}

TEST_F(queue_work_visit, who_leaves_while_it_waits_takes_its_wish_back) {
  holds = true;
  client_leaves = true;
  const auto& client =
      ask("POST", "/api/queues/email/lease", R"({"wait_ms":5000})");
  EXPECT_EQ(client.status_sent, 0u);
  EXPECT_TRUE(thrown);
  ASSERT_EQ(wishes_held.size(), 1u);
  EXPECT_FALSE(wishes_held[0].awaited());
  EXPECT_TRUE(changes.empty());
}

TEST_F(queue_work_visit, jobs_whose_worker_has_left_are_handed_back) {
  holds = true;
  const auto& client =
      ask("POST", "/api/queues/email/lease", R"({"wait_ms":5000})");
  ASSERT_EQ(wishes_held.size(), 1u);
  ASSERT_TRUE(wishes_held[0].answer(leased_jobs{jobs}));
  ASSERT_TRUE(client.watched);
  client.watched();  // Before the answer has come to the coroutine.
  turn();
  EXPECT_TRUE(thrown);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0][0].verb, job_verb::release);
  EXPECT_EQ(changes[0][0].id, "7");
  EXPECT_EQ(changes[0][0].token, "000001-0000000009");
}

TEST_F(queue_work_visit, jobs_that_cannot_be_told_of_are_handed_back) {
  lent = jobs;
  clients_break = true;
  ask("POST", "/api/queues/email/lease", "{}");
  EXPECT_TRUE(thrown);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0][0].verb, job_verb::release);
}

TEST_F(queue_work_visit, reports_what_became_of_a_job) {
  const auto& client = ask("POST", "/api/queues/email/jobs/7/complete",
                           R"({"token":"t9","result":{"a" :1}})");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(client.body(), R"({"id":"7","queue":"email","state":"completed"})");
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0][0].verb, job_verb::complete);
  EXPECT_EQ(changes[0][0].id, "7");
  EXPECT_EQ(changes[0][0].token, "t9");
  EXPECT_EQ(changes[0][0].value.view(), R"({"a" :1})");
  EXPECT_TRUE(wishes.empty());
}

TEST_F(queue_work_visit, a_report_brings_the_next_jobs_along) {
  lent = jobs;
  const auto& client = ask("POST", "/api/queues/email/jobs/6/complete",
                           R"({"token":"t","lease":{"max":2,"worker":"w"}})");
  EXPECT_EQ(json_of(client)["state"], "completed");
  EXPECT_EQ(json_of(client)["jobs"][0]["id"], "7");
  ASSERT_EQ(wishes.size(), 1u);
  EXPECT_EQ(wishes[0].max, 2u);
}

TEST_F(queue_work_visit, a_late_report_changes_nothing_and_brings_nothing) {
  changed = {job_refusal::stale_token, job_state::active, 0, false};
  const auto& client = ask("POST", "/api/queues/email/jobs/7/complete",
                           R"({"token":"t","lease":{}})");
  EXPECT_EQ(client.status_sent, 409u);
  EXPECT_EQ(code_in(client), "stale_token");
  EXPECT_TRUE(wishes.empty());
}

TEST_F(queue_work_visit, a_report_of_a_job_that_is_not_there_is_a_404) {
  changed.refused = job_refusal::unknown_job;
  const auto& client = ask("POST", "/api/queues/email/jobs/7/fail",
                           R"({"token":"t","error":"no","retry_in_ms":10})");
  EXPECT_EQ(client.status_sent, 404u);
  EXPECT_EQ(code_in(client), "unknown_job");
  EXPECT_EQ(changes[0][0].retry, retry_wish::after);
}

TEST_F(queue_work_visit, a_beating_heart_hears_whether_it_beats_in_vain) {
  changed = {job_refusal::none, job_state::active, 40'000, true};
  const auto& client =
      ask("POST", "/api/queues/email/jobs/7/heartbeat", R"({"token":"t"})");
  EXPECT_EQ(client.body(), R"({"id":"7","queue":"email","state":"active",)"
                           R"("lease_until":40000,"cancelled":true})");
}

TEST_F(queue_work_visit, many_reports_are_each_for_themselves) {
  changed = {job_refusal::stale_token, job_state::waiting, 0, false};
  const auto& client = ask(
      "POST", "/api/queues/email/complete",
      R"({"jobs":[{"id":"1","token":"a","result":1},{"id":"2","token":"b"}]})");
  EXPECT_EQ(client.status_sent, 200u);
  const auto results = json_of(client)["results"];
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1]["id"], "2");
  EXPECT_EQ(results[1]["error"]["code"], "stale_token");
  EXPECT_FALSE(json_of(client).contains("jobs"));
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0][0].value.view(), "1");
}

TEST_F(queue_work_visit, many_reports_bring_the_next_jobs_along) {
  lent = jobs;
  const auto& client =
      ask("POST", "/api/queues/email/complete",
          R"({"jobs":[{"id":"1","token":"a"}],"lease":{"max":50}})");
  EXPECT_EQ(json_of(client)["results"][0]["state"], "completed");
  EXPECT_EQ(json_of(client)["jobs"].size(), 1u);
  EXPECT_EQ(wishes[0].max, 50u);
}

TEST_F(queue_work_visit, many_hearts_beat_at_once) {
  changed = {job_refusal::none, job_state::active, 40'000, false};
  const auto& client =
      ask("POST", "/api/queues/email/heartbeat",
          R"({"jobs":[{"id":"1","token":"a","lease_ms":500}]})");
  EXPECT_EQ(json_of(client)["results"][0]["lease_until"], 40'000);
  EXPECT_EQ(changes[0][0].lease_ms, 500u);
}

TEST_F(queue_work_visit, appends_many_events_with_one_word) {
  changed.state = job_state::active;
  const auto& client = ask(
      "POST", "/api/queues/email/jobs/7/events",
      R"({"token":"t","events":[{"event":"log","data":"a"},{"event":"b"}]})");
  EXPECT_EQ(client.status_sent, 200u);
  ASSERT_EQ(changes[0].size(), 2u);
  EXPECT_EQ(changes[0][0].event, "log");
  EXPECT_EQ(changes[0][1].value.view(), "null");
  EXPECT_EQ(changes[0][1].token, "t");
}

}  // namespace
}  // namespace troupe::http
