// What may be said to a queue, field by field, at the edges.

#include "http/routes/queue/listing.hpp"
#include "http/routes/queue/names.hpp"
#include "http/routes/queue/orders.hpp"
#include "http/routes/queue/routes.hpp"
#include "http/routes/queue/work.hpp"
#include "tests/http/routes/queue/reading.hpp"

#include <tuple>

namespace troupe::http::app_queue {
namespace {

TEST(queue_reading, a_job_may_say_nothing) {
  for (const auto* body : {"", "{}", " { } "}) {
    const auto job = job_in(body);
    EXPECT_EQ(job.data.view(), "null") << body;
    EXPECT_EQ(job.tenant, "acme");
    EXPECT_FALSE(job.priority || job.attempts || job.timeout_ms || job.backoff
                 || job.dedup);
  }
}

TEST(queue_reading, a_job_says_all_it_can) {
  const auto job = job_in(R"({
    "id":"order:1@x", "name":"caf\u00e9", "group":"g", "priority":10,
    "delay_ms":5, "attempts":100, "timeout_ms":0, "data":[1, {"a":"b"}],
    "backoff":{"kind":"custom","delays_ms":[1,2],"delay_max_ms":9,"jitter":0.5},
    "dedup":{"key":"k","mode":"debounce","ttl_ms":3}})");
  EXPECT_EQ(job.id, "order:1@x");
  EXPECT_EQ(job.name, "café");
  EXPECT_EQ(job.group, "g");
  EXPECT_EQ(job.priority, 10);
  EXPECT_EQ(job.delay_ms, 5u);
  EXPECT_EQ(job.attempts, 100u);
  EXPECT_EQ(job.timeout_ms, 0u);
  EXPECT_EQ(job.data.view(), R"([1, {"a":"b"}])");
  const job_backoff backoff{backoff_kind::custom, 5'000, 9, {1, 2}, 0.5};
  EXPECT_EQ(job.backoff, backoff);
  const job_dedup dedup{"k", dedup_mode::debounce, 3};
  EXPECT_EQ(job.dedup, dedup);
}

TEST(queue_reading, data_is_carried_as_it_was_written) {
  const std::string values[] = {"null",
                                "true",
                                "-0.50e+3",
                                "12345678901234567890123456789",
                                R"("a\u0000\n\"b")",
                                "[]",
                                "{ \"a\" : [ 1 , 2 ] }",
                                R"({"a":1,"a":2})"};
  for (const auto& value : values) {
    EXPECT_EQ(job_in("{\"data\":" + value + " , \"name\":\"n\"}").data.view(),
              value);
    EXPECT_EQ(job_in("{\"data\":" + value + "}").data.view(), value);
  }
}

TEST(queue_reading, data_that_is_no_json_is_refused) {
  const std::string values[] = {"1-2",      "01",  "tru",   "1.",  "\"\\x\"",
                                "\"a\tb\"", "[1,", "{a:1}", "'a'", "NaN",
                                "\"\xff\"", "1 2", ""};
  for (const auto& value : values) {
    const auto why = fault_of_job("{\"data\":" + value + "}");
    EXPECT_NE(why.message.find("JSON"), why.message.npos) << value;
  }
  EXPECT_NE(fault_of_job("{} x").message, "");
  EXPECT_NE(fault_of_job("[]").message, "");
  EXPECT_NE(fault_of_job("7").message, "");
}

TEST(queue_reading, nesting_has_an_end) {
  const auto nested = [](std::size_t depth) {
    return "{\"data\":" + std::string(depth, '[') + std::string(depth, ']')
           + "}";
  };
  EXPECT_EQ(fault_of_job(nested(400)).message, "");
  EXPECT_NE(fault_of_job(nested(600)).message, "");
}

TEST(queue_reading, names_the_field_at_fault_and_what_it_must_be) {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {R"({"prio":1})", "prio", "means nothing here"},
      {R"({"priority":11})", "priority", "critical, high"},
      {R"({"priority":"urgent"})", "priority", "0 to 10"},
      {R"({"priority":1.5})", "priority", "whole number"},
      {R"({"attempts":0})", "attempts", "1 to 100"},
      {R"({"attempts":101})", "attempts", "1 to 100"},
      {R"({"delay_ms":-1})", "delay_ms", "whole number"},
      {R"({"delay_ms":"1s"})", "delay_ms", "whole number"},
      {R"({"name":1})", "name", "string"},
      {R"({"group":"a\u0007"})", "group", "printable"},
      {R"({"id":"12"})", "id", "digits only"},
      {R"({"id":"a b"})", "id", "letters, digits"},
      {R"({"id":""})", "id", "1 to 128"},
      {R"({"id":7})", "id", "1 to 128"},
      {R"({"id":"flow:email:7:0"})", "id", "ids that queues make"},
      {R"({"id":"schedule:daily:5"})", "id", "ids that queues make"},
      {R"({"backoff":3})", "backoff", "object"},
      {R"({"backoff":{"kind":"odd"}})", "backoff.kind", "exponential"},
      {R"({"backoff":{"jitter":1.1}})", "backoff.jitter", "0 to 1"},
      {R"({"backoff":{"kind":"custom"}})", "backoff", "delays_ms"},
      {R"({"backoff":{"delays_ms":[1]}})", "backoff", "delays_ms"},
      {R"({"backoff":{"kind":"custom","delays_ms":[1,"x"]}})",
       "backoff.delays_ms[1]", "whole number"},
      {R"({"dedup":{}})", "dedup.key", "missing"},
      {R"({"dedup":{"key":"k","mode":"x"}})", "dedup.mode", "simple"},
      {R"({"dedup":{"key":"k","mode":"throttle"}})", "dedup.ttl_ms",
       "throttle"},
      {R"({"dedup":{"key":"k","mode":"debounce"}})", "delay_ms", "debounce"},
      {R"({"dedup":{"key":"k","x":1}})", "dedup.x", "means nothing"},
  };
  for (const auto& [body, field, words] : rows) {
    const auto why = fault_of_job(body);
    EXPECT_EQ(why.field, field) << body;
    EXPECT_NE(why.message.find(words), why.message.npos) << body << why.message;
  }
}

TEST(queue_reading, backoff_has_no_more_than_twenty_delays) {
  const auto body = [](int count) {
    std::string list = "1";
    for (int i = 1; i < count; ++i)
      list += ",1";
    return R"({"backoff":{"kind":"custom","delays_ms":[)" + list + "]}}";
  };
  EXPECT_EQ(fault_of_job(body(20)).message, "");
  EXPECT_EQ(fault_of_job(body(21)).field, "backoff.delays_ms");
}

TEST(queue_reading, many_jobs_are_up_to_ten_thousand) {
  const auto body = [](std::size_t count) {
    std::string list = "{}";
    for (std::size_t i = 1; i < count; ++i)
      list += ",{}";
    return R"({"jobs":[)" + list + "]}";
  };
  auto most = body(jobs_max);
  EXPECT_EQ(std::get<new_jobs>(read_jobs(most, scene_of(""))).size(), jobs_max);
  auto more = body(jobs_max + 1);
  EXPECT_EQ(fault_in(read_jobs(more, scene_of(""))).field, "jobs");
  for (std::string none : {"", "{}", R"({"jobs":[]})", R"({"jobs":{}})"})
    EXPECT_EQ(fault_in(read_jobs(none, scene_of(""))).field, "jobs") << none;
}

TEST(queue_reading, a_report_must_have_what_it_is_about) {
  const std::tuple<job_verb, const char*, const char*> rows[] = {
      {job_verb::complete, "{}", "token"},
      {job_verb::complete, R"({"token":""})", "token"},
      {job_verb::complete, R"({"token":"t","error":"x"})", "error"},
      {job_verb::complete, R"({"token":"t","lease":{"max":0}})", "lease.max"},
      {job_verb::fail, R"({"token":"t"})", "error"},
      {job_verb::fail, R"({"token":"t","error":{}})", "error"},
      {job_verb::fail, R"({"token":"t","error":"x","retry":1})", "retry"},
      {job_verb::heartbeat, R"({"token":"t","lease_ms":99})", "lease_ms"},
      {job_verb::progress, R"({"token":"t"})", "progress"},
      {job_verb::checkpoint, R"({"token":"t"})", "checkpoint"},
      {job_verb::append, R"({"token":"t"})", "event"},
      {job_verb::append, R"({"token":"t","event":"A"})", "event"},
      {job_verb::append, R"({"token":"t","events":[{"data":1}]})",
       "events[0].event"},
      {job_verb::release, R"({})", "token"},
      {job_verb::adjust, R"({})", "priority"},
      {job_verb::cancel, R"({"x":1})", "x"},
  };
  for (const auto& [verb, text, field] : rows) {
    std::string body{text};
    EXPECT_EQ(fault_in(read_report(verb, body, "7", "")).field, field) << text;
  }
}

TEST(queue_reading, a_failure_says_how_to_go_on) {
  const std::pair<const char*, retry_wish> rows[] = {
      {R"({"token":"t","error":"x"})", retry_wish::as_usual},
      {R"({"token":"t","error":"x","retry":true})", retry_wish::as_usual},
      {R"({"token":"t","error":"x","retry":false})", retry_wish::never},
      {R"({"token":"t","error":"x","retry_in_ms":5})", retry_wish::after},
      {R"({"token":"t","error":"x","retry_in_ms":5,"retry":false})",
       retry_wish::never},
  };
  for (const auto& [text, wish] : rows) {
    std::string body{text};
    const auto read = read_report(job_verb::fail, body, "7", "");
    EXPECT_EQ(std::get<report>(read).changes[0].retry, wish) << text;
  }
}

TEST(queue_reading, a_long_error_is_cut_between_characters) {
  std::string error(error_size_max - 1, 'x');
  std::string body = R"({"token":"t","error":")" + error + R"(ü"})";
  const auto read = read_report(job_verb::fail, body, "7", "");
  EXPECT_EQ(std::get<report>(read).changes[0].value.view(), error);
}

TEST(queue_reading, an_order_names_only_what_it_goes_by) {
  const std::tuple<queue_verb, const char*, const char*> rows[] = {
      {queue_verb::pause, R"({"state":"dead"})", "state"},
      {queue_verb::drain, R"({"delayed":1})", "delayed"},
      {queue_verb::clean, R"({"state":"active"})", "state"},
      {queue_verb::clean, R"({"state":"paused"})", "state"},
      {queue_verb::clean, R"({"ids":["1"]})", "ids"},
      {queue_verb::redrive, R"({"state":"completed"})", "state"},
      {queue_verb::redrive, R"({"ids":[]})", "ids"},
      {queue_verb::redrive, R"({"ids":[1]})", "ids[0]"},
      {queue_verb::purge, R"({"state":"dead"})", "state"},
      {queue_verb::purge, R"({"limit":-1})", "limit"},
  };
  for (const auto& [verb, text, field] : rows) {
    std::string body{text};
    EXPECT_EQ(fault_in(read_order(verb, body, "")).field, field) << text;
  }
  std::string body = R"({"ids":["1","a"],"error_contains":"time","limit":3})";
  const auto order =
      std::get<queue_order>(read_order(queue_verb::redrive, body, "acme"));
  EXPECT_EQ(order.state, job_state::dead);
  EXPECT_EQ(order.ids, (std::vector<std::string>{"1", "a"}));
  EXPECT_EQ(order.error_contains, "time");
  EXPECT_EQ(order.limit, 3u);
  EXPECT_EQ(order.tenant, "acme");
}

TEST(queue_reading, what_waits_for_children_can_be_cleaned) {
  std::string body = R"({"state":"waiting_children"})";
  const auto order =
      std::get<queue_order>(read_order(queue_verb::clean, body, ""));
  EXPECT_EQ(order.state, job_state::waiting_children);
}

TEST(queue_reading, a_page_is_asked_for_by_state_name_and_group) {
  request req;
  req.target = "/j?state=any&name=a%20b&group=g&limit=1000&order=desc&data=0";
  const auto query = std::get<job_query>(read_query(req, "acme"));
  EXPECT_TRUE(query.any_state);
  EXPECT_EQ(query.name, "a b");
  EXPECT_EQ(query.group, "g");
  EXPECT_EQ(query.limit, 1'000u);
  EXPECT_TRUE(query.newest_first);
  EXPECT_FALSE(query.with_data);
  for (const auto* wrong : {"limit=0", "limit=1001", "limit=x", "after=-1",
                            "order=up", "data=yes", "state=", "what=1"}) {
    req.target = std::string{"/j?"} + wrong;
    const std::string name{wrong, std::string_view{wrong}.find('=')};
    EXPECT_EQ(fault_in(read_query(req, "")).field, name);
  }
}

TEST(queue_reading, an_event_is_named_in_small_letters) {
  EXPECT_EQ(fault_of_event_name("a.b-c_9"), "");
  EXPECT_EQ(fault_of_event_name(std::string(64, 'a')), "");
  for (const auto& name :
       {std::string{}, std::string(65, 'a'), std::string{"A"},
        std::string{"a\nb"}, std::string{"a b"}})
    EXPECT_NE(fault_of_event_name(name), "") << name;
}

TEST(queue_reading, a_page_may_be_of_those_that_wait_for_children) {
  request req;
  req.target = "/j?state=waiting_children";
  EXPECT_EQ(std::get<job_query>(read_query(req, "")).state,
            job_state::waiting_children);
}

TEST(queue_reading, the_longest_id_of_a_child_is_an_id) {
  auto id = child_id(std::string(64, 'q'), ~job_number{0}, 999);
  for (std::size_t depth = 1; depth < flow_depth_max; ++depth)
    id = child_id(id, 999);
  EXPECT_EQ(id.size(), known_id_size_max);
  EXPECT_EQ(id_in_path(id), id);
  EXPECT_FALSE(id_in_path(id + "9"));
}

TEST(queue_reading, every_route_is_found_by_its_own_path) {
  for (const auto& r : routes()) {
    auto path = path_of(r);
    const auto replace = [&path](std::string_view what, std::string_view by) {
      if (const auto at = path.find(what); at != path.npos)
        path.replace(at, what.size(), by);
    };
    replace("{queue}", "email");
    replace("{id}", "a:1");
    const auto found = find_route(r.method, path);
    ASSERT_TRUE(found) << path;
    EXPECT_EQ(found->action, r.action) << path;
    EXPECT_NE(methods_of(path).find(r.method), std::string::npos) << path;
  }
}

TEST(queue_reading, paths_elsewhere_are_no_routes) {
  for (const auto* path :
       {"/api/queue", "/api/queuesx", "/api/queues/", "/api/queues//jobs",
        "/api/queues/q/jobs/", "/api/queues/q/x/y", "/api/queues/q/jobs/1/2/3",
        "/api/queues/q/nothing", "/api/queues/q/schedules/",
        "/api/queues/q/schedules/a/b", "/api/queues/q/schedulesx"}) {
    EXPECT_EQ(methods_of(path), "") << path;
    EXPECT_FALSE(find_route("GET", path)) << path;
  }
  EXPECT_FALSE(find_route("HEAD", "/api/queues/q/jobs/1/events"));
  EXPECT_EQ(find_route("GET", "/api/queues/q/jobs/bulk")->action, action::show);
}

}  // namespace
}  // namespace troupe::http::app_queue
