// Jobs with children at the door: what their queue is told, how the client
// hears of all their ids at once, and what is shown of them later.

#include "tests/http/routes/queue/queue_room.hpp"

namespace troupe::http {
namespace {

using nlohmann::json;

class queue_flow_visit : public queue_room {
protected:
  queue_flow_visit() {
    added.state = job_state::waiting_children;
    brood.counts = {3, 1, 1};
    brood.children.resize(3);
    auto& ended = brood.children[0];
    ended.queue = "reports";
    ended.id = "flow:email:7:0";
    ended.on_failure = child_policy::ignore;
    ended.ended = true;
    ended.state = job_state::dead;
    ended.ended_at = 5'000;
    ended.error = "boom";
    brood.children[1].queue = "email";
    brood.children[1].id = "flow:email:7:1";
    brood.children[2].queue = "email";
    brood.children[2].id = "flow:email:7:2";
  }
};

TEST_F(queue_flow_visit, tells_the_ids_of_children_with_their_parents) {
  const auto& client = ask("POST", "/api/queues/email/jobs",
                           R"({"children":[{"queue":"reports",
                               "children":[{},{"queue":"email"}]}, {}]})");
  EXPECT_EQ(client.status_sent, 202u);
  EXPECT_EQ(client.body(),
            R"({"id":"7","queue":"email","state":"waiting_children",)"
            R"("children":[{"id":"flow:email:7:0","queue":"reports",)"
            R"("children":[{"id":"flow:email:7:0.0","queue":"reports"},)"
            R"({"id":"flow:email:7:0.1","queue":"email"}]},)"
            R"({"id":"flow:email:7:1","queue":"email"}]})");
  ASSERT_EQ(adds.size(), 1u);
  ASSERT_EQ(adds[0][0].children.size(), 2u);
  EXPECT_EQ(adds[0][0].children[0].queue, "reports");
}

TEST_F(queue_flow_visit,
       ids_follow_from_the_number_also_where_there_is_a_name) {
  added.id = "mine";
  const auto& client =
      ask("POST", "/api/queues/email/jobs", R"({"id":"mine","children":[{}]})");
  EXPECT_EQ(json_of(client)["children"][0]["id"], "flow:email:7:0");
}

TEST_F(queue_flow_visit, a_duplicate_tells_of_no_children) {
  added.duplicate = true;
  const auto& client =
      ask("POST", "/api/queues/email/jobs", R"({"id":"mine","children":[{}]})");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_FALSE(json_of(client).contains("children")) << client.body();
}

TEST_F(queue_flow_visit, each_of_many_tells_of_its_own_children) {
  const auto& client = ask("POST", "/api/queues/email/jobs/bulk",
                           R"({"jobs":[{},{"children":[{},{}]},{}]})");
  EXPECT_EQ(client.status_sent, 202u);
  const auto jobs = json_of(client)["jobs"];
  ASSERT_EQ(jobs.size(), 3u);
  EXPECT_FALSE(jobs[0].contains("children"));
  EXPECT_EQ(jobs[1]["children"].size(), 2u);
  EXPECT_FALSE(jobs[2].contains("children"));
}

TEST_F(queue_flow_visit, a_child_for_a_queue_that_is_not_there_is_refused) {
  const auto& client = ask("POST", "/api/queues/email/jobs",
                           R"({"children":[{},{},{"queue":"emial"}]})");
  EXPECT_EQ(client.status_sent, 400u);
  EXPECT_EQ(json_of(client)["error"]["param"], "children[2].queue");
  EXPECT_TRUE(adds.empty());
}

TEST_F(queue_flow_visit, shows_whose_child_a_job_is_and_what_it_waits_for) {
  job_view job;
  job.id = "flow:video:3:1";
  job.parent = job_parent{"video", 3, "mine", 1, child_policy::fail};
  job.children = {5, 3, 1};
  page.jobs.push_back(job);
  const auto shown =
      json_of(ask("GET", "/api/queues/email/jobs/flow:video:3:1"));
  EXPECT_EQ(shown["parent"], json({{"queue", "video"}, {"id", "mine"}}));
  EXPECT_EQ(shown["children"],
            json({{"total", 5}, {"pending", 3}, {"failed", 1}}));
}

TEST_F(queue_flow_visit, a_worker_is_told_how_many_children_its_job_had) {
  lent.resize(2);
  lent[0].children = {2, 0, 1};
  const auto jobs =
      json_of(ask("POST", "/api/queues/email/lease", R"({"max":2})"))["jobs"];
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0]["children"],
            json({{"total", 2}, {"pending", 0}, {"failed", 1}}));
  EXPECT_EQ(jobs[1]["children"], nullptr);
}

TEST_F(queue_flow_visit, shows_a_page_of_children) {
  brood.children[1].ended = true;
  brood.children[1].result = shared_bytes{R"({"n" : 1})"};
  brood.children[1].ended_at = 6'000;
  brood.next = 3;
  const auto& client =
      ask("GET", "/api/queues/email/jobs/7/children?limit=3&from=0");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(
      client.body(),
      R"({"children":[{"id":"flow:email:7:0","queue":"reports",)"
      R"("on_failure":"ignore","state":"dead","error":"boom","result":null,)"
      R"("finished_at":5000},{"id":"flow:email:7:1","queue":"email",)"
      R"("on_failure":"fail","state":"completed","error":null,)"
      R"("result":{"n" : 1},"finished_at":6000},{"id":"flow:email:7:2",)"
      R"("queue":"email","on_failure":"fail","state":null,"error":null,)"
      R"("result":null,"finished_at":null}],)"
      R"("counts":{"total":3,"pending":1,"failed":1},"next":3})");
  EXPECT_EQ(client.header("link"),
            "</api/queues/email/jobs/7/children?limit=3&from=3>; rel=\"next\"");
  ASSERT_EQ(brood_queries.size(), 1u);
  EXPECT_EQ(brood_queries[0].id, "7");
  EXPECT_EQ(brood_queries[0].limit, 3u);
}

TEST_F(queue_flow_visit, the_last_page_of_children_leads_nowhere) {
  const auto& client = ask("GET", "/api/queues/email/jobs/7/children");
  EXPECT_EQ(json_of(client)["next"], nullptr);
  EXPECT_EQ(client.header("link"), "");
  EXPECT_EQ(brood_queries[0].limit, 50u);
}

TEST_F(queue_flow_visit, an_only_job_has_a_page_without_children) {
  brood = {};
  const auto& client = ask("GET", "/api/queues/email/jobs/7/children");
  EXPECT_EQ(client.status_sent, 200u);
  EXPECT_EQ(json_of(client)["counts"]["total"], 0);
}

TEST_F(queue_flow_visit, no_job_has_no_children) {
  refusal = caf::make_error(errc::unknown_job);
  const auto& client = ask("GET", "/api/queues/email/jobs/7/children");
  EXPECT_EQ(client.status_sent, 404u);
  EXPECT_EQ(code_in(client), "unknown_job");
  EXPECT_EQ(ask("GET", "/api/queues/email/jobs/7/children?x=1").status_sent,
            400u);
}

TEST_F(queue_flow_visit, children_are_asked_for_in_the_tenants_name) {
  ask_who_they_are();
  ask("GET", "/api/queues/email/jobs/7/children");
  ASSERT_EQ(brood_queries.size(), 1u);
  EXPECT_EQ(brood_queries[0].tenant, "acme");
}

TEST_F(queue_flow_visit, says_what_can_be_promoted) {
  changed = {job_refusal::wrong_state, job_state::active, 0, false};
  const auto& client = ask("POST", "/api/queues/email/jobs/7/promote");
  EXPECT_EQ(client.status_sent, 409u);
  const std::string message = json_of(client)["error"]["message"];
  EXPECT_NE(message.find("wait for children"), message.npos) << message;
}

}  // namespace
}  // namespace troupe::http
