// Schedules as they are written and shown, field by field; what they mean is
// the queue's to say.

#include "http/routes/queue/listing.hpp"
#include "http/routes/queue/schedule_form.hpp"
#include "http/routes/queue/schedule_text.hpp"
#include "tests/http/routes/queue/reading.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <tuple>

namespace troupe::http::app_queue {
namespace {

using nlohmann::json;

fault fault_of_schedule(std::string body) {
  return fault_in(read_schedule(body, "daily", scene_of("")));
}

schedule_wish wish_in(std::string body) {
  auto read = read_schedule(body, "daily", scene_of("acme"));
  EXPECT_EQ(fault_in(read).message, "");
  auto* order = std::get_if<schedule_order>(&read);
  return order == nullptr ? schedule_wish{} : std::move(order->wish);
}

TEST(queue_schedule_reading, a_schedule_says_all_it_can) {
  const auto wish = wish_in(R"({
    "cron":"0 9 * * 1-5", "zone":"Europe/Berlin", "start_at":1000,
    "end_at":"1970-01-01T00:01:00Z", "limit":7, "misfire":"all",
    "catch_up_max":3,
    "job":{"data":{"n":1e2}, "name":"report", "group":"g", "priority":"low",
           "delay_ms":5, "attempts":2, "timeout_ms":9,
           "backoff":{"kind":"fixed"}, "children":[{"queue":"video"}, {}]}})");
  EXPECT_EQ(wish.id, "daily");
  EXPECT_EQ(wish.cron, "0 9 * * 1-5");
  EXPECT_EQ(wish.zone, "Europe/Berlin");
  EXPECT_EQ(wish.every_ms, 0u);
  EXPECT_EQ(wish.start_at, 1'000);
  EXPECT_EQ(wish.end_at, 60'000);
  EXPECT_EQ(wish.limit, 7u);
  EXPECT_EQ(wish.misfire, misfire_policy::all);
  EXPECT_EQ(wish.catch_up_max, 3u);
  EXPECT_EQ(wish.job.tenant, "acme");
  EXPECT_EQ(wish.job.data.view(), R"({"n":1e2})");
  EXPECT_EQ(wish.job.name, "report");
  EXPECT_EQ(wish.job.group, "g");
  EXPECT_EQ(wish.job.priority, priority_low);
  EXPECT_EQ(wish.job.delay_ms, 5u);
  EXPECT_EQ(wish.job.attempts, 2u);
  EXPECT_EQ(wish.job.timeout_ms, 9u);
  ASSERT_TRUE(wish.job.backoff);
  ASSERT_EQ(wish.job.children.size(), 2u);
  EXPECT_EQ(wish.job.children[0].queue, "video");
  EXPECT_EQ(wish.job.children[1].queue, "email");
}

TEST(queue_schedule_reading, what_is_not_said_is_null_and_the_tenants) {
  for (const auto* body : {R"({"every_ms":1000})", R"({"every_ms":1000,
       "cron":null,"start_at":null,"end_at":null,"limit":null,"job":{}})"}) {
    const auto wish = wish_in(body);
    EXPECT_EQ(wish.every_ms, 1'000u);
    EXPECT_EQ(wish.cron, "");
    EXPECT_EQ(wish.zone, "UTC");
    EXPECT_EQ(wish.start_at + wish.end_at, 0);
    EXPECT_EQ(wish.limit, 0u);
    EXPECT_EQ(wish.misfire, misfire_policy::once);
    EXPECT_EQ(wish.catch_up_max, 10u);
    EXPECT_EQ(wish.job.data.view(), "null");
    EXPECT_EQ(wish.job.tenant, "acme");
  }
}

TEST(queue_schedule_reading, names_the_field_at_fault_and_what_it_must_be) {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {R"({"crom":"* * * * *"})", "crom", "means nothing"},
      {R"({"id":"daily"})", "id", "means nothing"},
      {R"({"cron":5})", "cron", "string"},
      {R"({"cron":""})", "cron", "1 to 256"},
      {R"({"zone":null})", "zone", "1 to 64"},
      {R"({"every_ms":"1h"})", "every_ms", "whole number"},
      {R"({"every_ms":-1})", "every_ms", "whole number"},
      {R"({"start_at":"tomorrow"})", "start_at", "2026-11-01T09:00:00Z"},
      {R"({"start_at":253402300799001})", "start_at", "1970"},
      {R"({"end_at":-1})", "end_at", "1970"},
      {R"({"end_at":true})", "end_at", "1970"},
      {R"({"limit":1.5})", "limit", "whole number"},
      {R"({"misfire":"never"})", "misfire", "once, skip or all"},
      {R"({"catch_up_max":null})", "catch_up_max", "whole number"},
      {R"({"job":1})", "job", "object"},
      {R"({"job":{"id":"a"}})", "job.id", "made from the schedule's"},
      {R"({"job":{"dedup":{"key":"k"}}})", "job.dedup", "schedules"},
      {R"({"job":{"attempts":0}})", "job.attempts", "1 to 100"},
      {R"({"job":{"children":[{"queue":"x"}]}})", "job.children[0].queue",
       "no queue is named 'x'"},
      {R"({"job":{"children":[{"id":"x"}]}})", "job.children[0].id",
       "parent's"},
  };
  for (const auto& [body, field, words] : rows) {
    const auto why = fault_of_schedule(body);
    EXPECT_EQ(why.field, field) << body;
    EXPECT_NE(why.message.find(words), why.message.npos) << body << why.message;
  }
}

TEST(queue_schedule_reading, times_are_read_as_iso_8601_has_them) {
  const std::pair<const char*, job_time> rows[] = {
      {"1970-01-01T00:00:01Z", 1'000},
      {"1970-01-01T01:00:00.25+01:00", 250},
      {"1969-12-31T23:00:00-02:30", 5'400'000},
      {"2026-11-01T09:00:00Z", 1'793'523'600'000},
      {"9999-12-31T23:59:59Z", schedule_time_max},
  };
  for (const auto& [text, t] : rows)
    EXPECT_EQ(time_in(text), t) << text;
  for (const auto* text :
       {"", "2026-11-01", "2026-11-01T09:00:00", "2026-11-01 09:00:00Z",
        "2026-13-01T09:00:00Z", "2026-02-30T09:00:00Z", "2026-11-01T25:00:00Z",
        "2026-11-01T09:00:00Zx", "2026-11-01T09:00:00+01:00 ",
        "1969-12-31T23:59:59Z", "10000-01-01T00:00:00Z"})
    EXPECT_FALSE(time_in(text)) << text;
}

TEST(queue_schedule_reading, the_job_named_twice_is_the_last_one) {
  const auto wish =
      wish_in(R"({"job":{"name":"a","children":[{}]},"job":{"group":"b"}})");
  EXPECT_EQ(wish.job.name, "");
  EXPECT_EQ(wish.job.group, "b");
  EXPECT_TRUE(wish.job.children.empty());
}

schedule_view shown(schedule_wish wish) {
  return {4, std::move(wish), {1'000, 90'000, 60'000, 12}};
}

TEST(queue_schedule_reading, shows_what_was_said_and_can_be_told_it_again) {
  auto said = json::parse(R"({"cron":"*/5 * * * *","zone":"Asia/Tokyo",
      "every_ms":null,"start_at":5,"end_at":9,"limit":3,"misfire":"skip",
      "catch_up_max":1,"job":{"data":[1],"name":"n","group":"g","priority":0,
      "delay_ms":1,"attempts":1,"timeout_ms":0,"backoff":{"kind":"custom",
      "delay_ms":4,"delay_max_ms":8,"delays_ms":[1,2],"jitter":0.25},
      "children":[{"queue":"video","on_failure":"ignore","data":null,
      "children":[{"queue":"video","on_failure":"continue","data":"x"}]},
      {"queue":"email","on_failure":"fail","data":null}]}})");
  auto shows = [&said] {
    auto printed = json::parse(
        print_schedule(shown(wish_in(said.dump())), "email"), nullptr, false);
    for (const auto* name :
         {"id", "queue", "tenant", "next_at", "last_at", "made"})
      EXPECT_EQ(printed.erase(name), 1u) << name;
    return printed;
  };
  EXPECT_EQ(shows(), said);
  said = {{"every_ms", 60'000},
          {"cron", nullptr},
          {"zone", "UTC"},
          {"limit", nullptr},
          {"start_at", nullptr},
          {"end_at", nullptr},
          {"misfire", "once"},
          {"catch_up_max", 10},
          {"job", {{"data", nullptr}}}};
  EXPECT_EQ(shows(), said);
}

TEST(queue_schedule_reading, shows_where_a_schedule_stands) {
  auto view = shown(wish_in(R"({"every_ms":60000})"));
  auto printed = json::parse(print_schedule(view, "email"));
  EXPECT_EQ(printed["id"], "daily");
  EXPECT_EQ(printed["queue"], "email");
  EXPECT_EQ(printed["tenant"], "acme");
  EXPECT_EQ(printed["cron"], nullptr);
  EXPECT_EQ(printed["every_ms"], 60'000);
  EXPECT_EQ(printed["job"], json::parse(R"({"data":null})"));
  EXPECT_EQ(printed["next_at"], 90'000);
  EXPECT_EQ(printed["last_at"], 60'000);
  EXPECT_EQ(printed["made"], 12);
  view.progress = {};
  printed = json::parse(print_schedule(view, "email"));
  EXPECT_EQ(printed["next_at"], nullptr);
  EXPECT_EQ(printed["last_at"], nullptr);
}

TEST(queue_schedule_reading, a_page_begins_behind_a_schedule) {
  request req;
  req.target = "/s?after=3&limit=7";
  const auto query = std::get<schedule_query>(read_schedules(req, "acme"));
  EXPECT_EQ(query.id, "");
  EXPECT_EQ(query.tenant, "acme");
  EXPECT_EQ(query.after, 3);
  EXPECT_EQ(query.limit, 7u);
  for (const auto* wrong : {"after=-1", "after=18446744073709551615", "after=x",
                            "limit=0", "limit=1001", "from=1"}) {
    req.target = std::string{"/s?"} + wrong;
    const std::string name{wrong, std::string_view{wrong}.find('=')};
    EXPECT_EQ(fault_in(read_schedules(req, "")).field, name) << wrong;
  }
}

}  // namespace
}  // namespace troupe::http::app_queue
