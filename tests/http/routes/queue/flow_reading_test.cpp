// Jobs that bring their children: what is read of each, how far down, and what
// is wrong with which of them.

#include "http/routes/queue/listing.hpp"
#include "tests/http/routes/queue/reading.hpp"

#include <nlohmann/json.hpp>

#include <tuple>
#include <vector>

namespace troupe::http::app_queue {
namespace {

using nlohmann::json;

/// A job whose only child has a only child ..., so many generations down.
std::string dynasty(std::size_t generations) {
  std::string body = "{}";
  for (std::size_t i = 0; i < generations; ++i)
    body = R"({"children":[)" + body + "]}";
  return body;
}

json childless(std::size_t count) {
  return json(std::vector<json>(count, json::object()));
}

TEST(queue_flow_reading, a_job_brings_what_it_waits_for) {
  const auto job = job_in(R"({"data":1, "children":[
    {"queue":"video", "on_failure":"continue", "data": [ 1 ], "name":"cut",
     "group":"g", "priority":"high", "delay_ms":5, "attempts":7,
     "timeout_ms":9, "backoff":{"kind":"fixed","delay_ms":3}},
    {"on_failure":"ignore"}, {}]})");
  ASSERT_EQ(job.children.size(), 3u);
  const auto& first = job.children[0];
  EXPECT_EQ(first.queue, "video");
  EXPECT_EQ(first.on_failure, child_policy::go_on);
  EXPECT_EQ(first.job.data.view(), "[ 1 ]");
  EXPECT_EQ(first.job.name, "cut");
  EXPECT_EQ(first.job.group, "g");
  EXPECT_EQ(first.job.priority, priority_high);
  EXPECT_EQ(first.job.delay_ms, 5u);
  EXPECT_EQ(first.job.attempts, 7u);
  EXPECT_EQ(first.job.timeout_ms, 9u);
  ASSERT_TRUE(first.job.backoff);
  EXPECT_EQ(first.job.backoff->kind, backoff_kind::fixed);
  EXPECT_EQ(job.children[1].on_failure, child_policy::ignore);
  EXPECT_EQ(job.children[2].on_failure, child_policy::fail);
  EXPECT_EQ(job.children[2].queue, "email");
  EXPECT_EQ(job.children[2].job.data.view(), "null");
}

TEST(queue_flow_reading, children_go_where_their_parent_goes_by_default) {
  const auto job = job_in(R"({"children":[
    {"children":[{}, {"queue":"reports"}], "queue":"video"}]})");
  EXPECT_EQ(job.children[0].queue, "video");
  EXPECT_EQ(job.children[0].job.children[0].queue, "video");
  EXPECT_EQ(job.children[0].job.children[1].queue, "reports");
}

TEST(queue_flow_reading, no_children_is_none) {
  EXPECT_TRUE(job_in(R"({"children":[]})").children.empty());
}

TEST(queue_flow_reading, names_the_child_at_fault_by_its_path) {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {R"({"children":{}})", "children", "list"},
      {R"({"children":[1]})", "children[0]", "object"},
      {R"({"children":[{},{},{"queue":"x"}]})", "children[2].queue",
       "no queue is named 'x'"},
      {R"({"children":[{"queue":""}]})", "children[0].queue", "1 to 64"},
      {R"({"children":[{"queue":3}]})", "children[0].queue", "string"},
      {R"({"children":[{"id":"a"}]})", "children[0].id",
       "is made from its parent's"},
      {R"({"children":[{"dedup":{"key":"k"}}]})", "children[0].dedup",
       "not for children"},
      {R"({"children":[{"on_failure":"go_on"}]})", "children[0].on_failure",
       "fail, ignore or continue"},
      {R"({"children":[{"on_failure":true}]})", "children[0].on_failure",
       "fail, ignore or continue"},
      {R"({"children":[{"prio":1}]})", "children[0].prio", "means nothing"},
      {R"({"children":[{},{"children":[{"priority":11}]}]})",
       "children[1].children[0].priority", "0 to 10"},
      {R"({"queue":"video"})", "queue", "means nothing"},
      {R"({"on_failure":"fail"})", "on_failure", "means nothing"},
      {R"({"parent":{"id":"7"}})", "parent", "means nothing"},
  };
  for (const auto& [body, field, words] : rows) {
    const auto why = fault_of_job(body);
    EXPECT_EQ(why.field, field) << body;
    EXPECT_NE(why.message.find(words), why.message.npos) << body << why.message;
  }
  std::string many = R"({"jobs":[{},{"children":[{"queue":"x"}]}]})";
  EXPECT_EQ(fault_in(read_jobs(many, scene_of(""))).field,
            "jobs[1].children[0].queue");
}

TEST(queue_flow_reading, a_job_waits_for_a_thousand_at_most) {
  json body{{"children", childless(children_max)}};
  EXPECT_EQ(fault_of_job(body.dump()).message, "");
  body["children"].push_back(json::object());
  const auto why = fault_of_job(body.dump());
  EXPECT_EQ(why.field, "children");
  EXPECT_NE(why.message.find("1000"), why.message.npos) << why.message;
}

TEST(queue_flow_reading, ten_generations_come_after_the_first) {
  EXPECT_EQ(fault_of_job(dynasty(flow_depth_max)).message, "");
  const auto why = fault_of_job(dynasty(flow_depth_max + 1));
  std::string path = "children";
  for (std::size_t i = 0; i < flow_depth_max; ++i)
    path = "children[0]." + path;
  EXPECT_EQ(why.field, path);
  EXPECT_NE(why.message.find("10 generations"), why.message.npos);
}

/// A job of ten children, each with `grandchildren`, and `more` in the last.
std::string tree(std::size_t grandchildren, std::size_t more) {
  json children = json::array();
  for (std::size_t i = 0; i < 10; ++i)
    children.push_back({{"children", childless(grandchildren)}});
  for (std::size_t i = 0; i < more; ++i)
    children[9]["children"].push_back(json::object());
  return json{{"children", children}}.dump();
}

TEST(queue_flow_reading, ten_thousand_jobs_come_with_one_request) {
  // 1 + 10 + 10 * 998 = 9,991.
  EXPECT_EQ(fault_of_job(tree(998, 2)).message, "");
  json bulk{{"jobs", json::array({json::parse(tree(998, 0))})}};
  for (int i = 0; i < 9; ++i)
    bulk["jobs"].push_back(json::object());
  auto body = bulk.dump();
  EXPECT_EQ(fault_in(read_jobs(body, scene_of(""))).message, "");
  bulk["jobs"].push_back(json::object());
  body = bulk.dump();
  const auto why = fault_in(read_jobs(body, scene_of("")));
  EXPECT_EQ(why.field, "jobs[10]");
  EXPECT_NE(why.message.find("10000 jobs, children counted in"),
            why.message.npos)
      << why.message;
}

TEST(queue_flow_reading, a_child_too_many_is_named) {
  // 1 + 9 + 9 * 1,000 + 1 + 988 = 9,999; then one more, and one too many.
  json body = json::parse(tree(1'000, 0));
  body["children"][9]["children"] = childless(989);
  EXPECT_EQ(fault_of_job(body.dump()).message, "");
  body["children"][9]["children"].push_back(json::object());
  EXPECT_EQ(fault_of_job(body.dump()).field, "children[9].children[989]");
}

TEST(queue_flow_reading, a_page_of_children_begins_somewhere) {
  request req;
  req.target = "/j?from=3&limit=1000";
  const auto query = std::get<children_query>(read_children(req, "a", "acme"));
  EXPECT_EQ(query.id, "a");
  EXPECT_EQ(query.tenant, "acme");
  EXPECT_EQ(query.from, 3u);
  EXPECT_EQ(query.limit, 1'000u);
  for (const auto* wrong : {"from=-1", "from=4294967296", "from=x", "limit=0",
                            "limit=1001", "after=1"}) {
    req.target = std::string{"/j?"} + wrong;
    const std::string name{wrong, std::string_view{wrong}.find('=')};
    EXPECT_EQ(fault_in(read_children(req, "a", "")).field, name) << wrong;
  }
}

}  // namespace
}  // namespace troupe::http::app_queue
