// How a job's children stand in the store: what they shall be is read back
// whole, with their own children; and then what became of them.

#include "actors/queue/child_codec.hpp"
#include "runtime/errc.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe {
namespace {

new_job job_with_everything() {
  new_job j;
  j.name = "resize";
  j.group = "gr\xC3\xBC\xC3\x9F";
  j.data = shared_bytes{std::string{R"( { "a" : "\u00e4\n" } )"}};
  j.priority = 0;
  j.delay_ms = 7;
  j.attempts = 4;
  j.backoff = job_backoff{.kind = backoff_kind::custom,
                          .delay_ms = 1,
                          .delay_max_ms = 2,
                          .delays_ms = {3, 4},
                          .jitter = 0.25};
  j.timeout_ms = 0;
  return j;
}

void expect_same(const new_job& read, const new_job& written) {
  EXPECT_EQ(read.name, written.name);
  EXPECT_EQ(read.group, written.group);
  EXPECT_EQ(read.data, written.data);
  EXPECT_EQ(read.priority, written.priority);
  EXPECT_EQ(read.delay_ms, written.delay_ms);
  EXPECT_EQ(read.attempts, written.attempts);
  EXPECT_EQ(read.backoff, written.backoff);
  EXPECT_EQ(read.timeout_ms, written.timeout_ms);
  ASSERT_EQ(read.children.size(), written.children.size());
  for (std::size_t i = 0; i < read.children.size(); ++i) {
    EXPECT_EQ(read.children[i].queue, written.children[i].queue);
    EXPECT_EQ(read.children[i].on_failure, written.children[i].on_failure);
    expect_same(read.children[i].job, written.children[i].job);
  }
}

std::string why(const caf::expected<child_record>& r) {
  return r ? "" : r.error().context().get_as<std::string>(0);
}

TEST(ChildCodec, a_child_is_read_as_it_was_written_with_its_own_children) {
  flow_child child{.queue = "thumbs",
                   .on_failure = child_policy::go_on,
                   .job = job_with_everything()};
  child.job.children.push_back({.queue = "mail",
                                .on_failure = child_policy::ignore,
                                .job = job_with_everything()});
  child.job.children.front().job.children.push_back(
      {.queue = {}, .on_failure = child_policy::fail, .job = {}});
  const auto read = read_child(record_of(child, "flow:mail:7:0"));
  ASSERT_TRUE(read) << why(read);
  EXPECT_EQ(read->view.queue, "thumbs");
  EXPECT_EQ(read->view.id, "flow:mail:7:0");
  EXPECT_EQ(read->view.on_failure, child_policy::go_on);
  EXPECT_FALSE(read->view.ended);
  ASSERT_TRUE(read->job);
  EXPECT_EQ(read->job->id, "flow:mail:7:0");
  EXPECT_EQ(read->job->tenant, "");
  EXPECT_FALSE(read->job->parent);
  expect_same(*read->job, child.job);
}

TEST(ChildCodec, a_plain_child_takes_few_bytes) {
  EXPECT_EQ(
      record_of(
          {.queue = "q", .on_failure = child_policy::fail, .job = new_job{}},
          "c"),
      R"({"id":"c","job":{},"queue":"q"})");
}

TEST(ChildCodec, how_a_child_ended_is_read_as_it_was_written) {
  child_report report;
  report.parent.on_failure = child_policy::ignore;
  report.queue = "thumbs";
  report.id = "flow:mail:7:0";
  report.state = job_state::dead;
  report.error = "no \"room\"";
  report.result = shared_bytes{std::string{R"([1, {"b":"\\"}])"}};
  report.ended_at = 1'700'000'000'000;
  const auto read = read_child(record_of(report));
  ASSERT_TRUE(read) << why(read);
  EXPECT_FALSE(read->job);
  EXPECT_EQ(read->view.queue, report.queue);
  EXPECT_EQ(read->view.id, report.id);
  EXPECT_EQ(read->view.on_failure, child_policy::ignore);
  EXPECT_TRUE(read->view.ended);
  EXPECT_EQ(read->view.state, job_state::dead);
  EXPECT_EQ(read->view.error, report.error);
  EXPECT_EQ(read->view.result, report.result);
  EXPECT_EQ(read->view.ended_at, report.ended_at);
}

TEST(ChildCodec, what_a_later_version_adds_is_passed_over) {
  const auto read = read_child(
      R"({"queue":"q","id":"c","job":{"new":[{}],"delay":3},"newer":null})");
  ASSERT_TRUE(read) << why(read);
  EXPECT_EQ(read->job->delay_ms, 3u);
}

TEST(ChildCodec, what_is_broken_says_so) {
  for (const auto* text :
       {"", "7", "[]", R"({"job":[]})", R"({"job":{"delay":-1}})",
        R"({"job":{"priority":300}})", R"({"job":{"data":{}}})",
        R"({"job":{"children":{}}})", R"({"job":{"children":[1]}})",
        R"({"job":{"children":[{"queue":"q"}]}})", R"({"queue":1,"job":{}})",
        R"({"on_failure":"never","job":{}})", R"({})", R"({"state":"waiting"})",
        R"({"state":"gone"})", R"({"state":"dead","at":"x"})"}) {
    const auto read = read_child(text);
    EXPECT_EQ(code_of(read), errc::store_corrupt) << text;
    EXPECT_NE(why(read), "") << text;
  }
}

}  // namespace
}  // namespace troupe
