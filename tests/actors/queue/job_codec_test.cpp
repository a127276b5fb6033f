// How jobs stand in the store: what is written is read back, what a later
// version adds is passed over, and what is broken says where.

#include "actors/queue/job_codec.hpp"
#include "actors/queue/job_group.hpp"
#include "actors/queue/job_papers.hpp"
#include "actors/queue/token_text.hpp"
#include "runtime/errc.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe {
namespace {

std::string text_of(const kept_job& job) {
  std::string out;
  append_record(out, job);
  return out;
}

std::string why(const caf::expected<read_job>& r) {
  return r ? "" : r.error().context().get_as<std::string>(0);
}

TEST(JobCodec, a_plain_job_takes_few_bytes) {
  job_group group{"", ""};
  kept_job job;
  job.number = 17;
  job.created_at = job.rank = 1'700'000'000'000;
  job.attempts = 3;
  job.group = &group;
  EXPECT_EQ(text_of(job), R"({"c":1700000000000,"a":3})");
}

/// A parent, and two of 70 children ended.
void give_kin(rare_of_job& rare) {
  rare.parent = std::make_unique<kept_parent>(
      kept_parent{.link = {.queue = "q\"",
                           .number = 18,
                           .id = "flow:q:17:0",
                           .index = 19,
                           .on_failure = child_policy::go_on},
                  .is_told = true});
  rare.family = std::make_unique<job_family>(70u);
  rare.family->end(63, true);
  rare.family->end(69, false);
  rare.family->is_placed = true;
}

TEST(JobCodec, a_job_with_everything_is_read_as_it_was_written) {
  job_group group{"ten\"ant", "gr\xC3\xBC\xC3\x9F"};
  name_roll names;
  kept_job job;
  job.number = 17;
  job.created_at = 5;
  job.rank = 6;
  job.attempts = 7;
  job.attempts_made = 4;
  job.state = job_state::active;
  job.priority = 0;
  job.workers_lost = 1;
  job.papers = 0b11011;
  job.marks = job_mark::held | job_mark::announce | job_mark::dirty;
  job.group = &group;
  auto& rare = job.rarely();
  rare.id = "id\n";
  job.name = names.enter("name");
  rare.backoff =
      std::make_unique<job_backoff>(job_backoff{.kind = backoff_kind::custom,
                                                .delay_ms = 1,
                                                .delay_max_ms = 2,
                                                .delays_ms = {3, 4},
                                                .jitter = 0.25});
  rare.dedup = std::make_unique<job_dedup>(
      job_dedup{.key = "k", .mode = dedup_mode::keep_last, .ttl_ms = 9});
  rare.timeout_ms = 0;
  rare.token = {.start = 3, .count = 8};
  rare.worker = "w";
  rare.lease_ms = 10;
  rare.lease_until = 11;
  rare.attempt_until = 12;
  rare.started_at = 13;
  rare.finished_at = 14;
  rare.error = "e";
  rare.events = 15;
  rare.failures = 16;
  rare.ended_by = lease_end::cancelled;
  give_kin(rare);
  const auto text = text_of(job);
  job_reader reader;
  auto read = reader.read(17, text);
  ASSERT_TRUE(read) << why(read);
  EXPECT_EQ(read->name, "name");
  EXPECT_EQ(read->tenant, group.tenant);
  EXPECT_EQ(read->group, group.name);
  read->job->group = &group;
  read->job->name = job.name;
  EXPECT_EQ(text_of(*read->job), text);
  EXPECT_EQ(read->job->rare->parent->link, rare.parent->link);
  EXPECT_TRUE(read->job->rare->parent->is_told);
  EXPECT_EQ(read->job->rare->family->counts(),
            (child_counts{.total = 70, .pending = 68, .failed = 1}));
  EXPECT_TRUE(read->job->rare->family->has_ended(63));
  EXPECT_TRUE(read->job->rare->family->is_placed);
  EXPECT_EQ(read->job->marks, job_mark::held | job_mark::announce);
  EXPECT_EQ(read->job->rank, 6);
  EXPECT_EQ(*read->job->rare->backoff, *rare.backoff);
  EXPECT_EQ(*read->job->rare->dedup, *rare.dedup);
  EXPECT_EQ(read->job->rare->timeout_ms, 0u);
  EXPECT_EQ(read->job->rare->id, "id\n");
}

TEST(JobCodec, kinship_takes_few_bytes) {
  job_group group{"", ""};
  kept_job job;
  job.group = &group;
  job.state = job_state::waiting_children;
  job.rarely().family = std::make_unique<job_family>(3u);
  EXPECT_EQ(text_of(job), R"({"s":7,"ch":{"n":3}})");
  job.rare->family->end(1, true);
  EXPECT_EQ(text_of(job), R"({"s":7,"ch":{"n":3,"e":[2]}})");
}

TEST(JobCodec, what_a_later_version_adds_is_passed_over) {
  job_reader reader;
  const auto read =
      reader.read(1, R"({"new":{"a":[1,2,{"b":"}"}]},"c":5,"newer":null,"p":2,)"
                     R"("pa":{"n":1,"new":[]},"ch":{"new":{},"n":1}})");
  ASSERT_TRUE(read) << why(read);
  EXPECT_EQ(read->job->created_at, 5);
  EXPECT_EQ(read->job->priority, 2);
}

TEST(JobCodec, what_is_broken_says_where) {
  job_reader reader;
  for (const auto* text : {"",
                           "7",
                           "[]",
                           "{",
                           R"({"c":5)",
                           R"({"c":5}})",
                           R"({"s":6})",
                           R"({"s":8})",
                           R"({"p":11})",
                           R"({"a":-1})",
                           R"({"l":300})",
                           R"({"t":1})",
                           R"({"b":[]})",
                           R"({"b":{"k":9}})",
                           R"({"d":{"m":4}})",
                           R"({"le":9})",
                           R"({"c":"x"})",
                           R"({"pa":[]})",
                           R"({"pa":{"f":3}})",
                           R"({"pa":{"i":-1}})",
                           R"({"pa":{"t":"x"}})",
                           R"({"ch":[]})",
                           R"({"ch":{}})",
                           R"({"ch":{"n":1,"e":7}})",
                           "{\"t\":\"\xFF\"}"}) {
    const auto read = reader.read(1, text);
    EXPECT_EQ(code_of(read), errc::store_corrupt) << text;
    EXPECT_NE(why(read), "") << text;
  }
  EXPECT_EQ(why(reader.read(1, R"({"c":1,"p":11})")), "wrong at 'p'");
}

TEST(JobCodec, the_queue_s_own_record_is_read_as_it_was_written) {
  const queue_memory memory{.paused = true, .reserved = 65'536, .start = 3};
  const auto read = read_memory(record_of(memory));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->paused);
  EXPECT_EQ(read->reserved, 65'536u);
  EXPECT_EQ(read->start, 3u);
  EXPECT_TRUE(read_memory(R"({"more":[]})"));
  for (const auto* text : {"", "[]", R"({"start":-1})", R"({"reserved":"1"})"})
    EXPECT_EQ(code_of(read_memory(text)), errc::store_corrupt) << text;
}

TEST(JobCodec, tokens_are_of_one_width_and_read_back) {
  const lease_token token{.start = 12, .count = 345};
  EXPECT_EQ(text_of(token), "000012-0000000345");
  EXPECT_EQ(token_of("000012-0000000345"), token);
  for (const auto* text : {"", "-", "1", "1-", "-1", "1-1x", "x1-1", "1 -1",
                           "99999999999999999999-1"})
    EXPECT_EQ(token_of(text), lease_token{}) << text;
}

TEST(JobPapers, failures_are_seen_in_the_order_in_which_they_came) {
  job_view view;
  records found;
  for (std::uint32_t n = 0; n < 25; ++n) {
    const auto key = failure_key(3, n);
    std::erase_if(found, [&](const auto& r) { return r.key == key; });
    found.push_back({.key = key,
                     .value = failure_text({.attempt = n + 1,
                                            .at = 100 + n,
                                            .error = "e" + std::to_string(n),
                                            .worker = "w"})});
  }
  found.push_back({.key = failure_key(3, 0), .value = "broken"});
  view.error = "e2";
  put_paper(view, job_paper::failures, std::move(found));
  ASSERT_EQ(view.failures.size(), failures_max);
  EXPECT_EQ(view.failures.front().error, "e5");
  EXPECT_EQ(view.failures.back().attempt, 25u);
  EXPECT_EQ(view.error, "e24");
}

TEST(JobPapers, an_event_is_read_as_it_was_written) {
  const auto event = event_of(
      {.key = event_key(5, 77), .value = event_text("log", "\"a\nb\"")});
  EXPECT_EQ(event.number, 77u);
  EXPECT_EQ(event.name, "log");
  EXPECT_EQ(event.data.view(), "\"a\nb\"");
  EXPECT_EQ(event_of({.key = 1, .value = "nonsense"}).name, "");
}

TEST(JobPapers, a_text_is_cut_between_characters) {
  EXPECT_EQ(cut_text("abc", 3), "abc");
  EXPECT_EQ(cut_text("abcd", 3), "abc");
  EXPECT_EQ(cut_text("a\xC3\xA4", 2), "a");
  EXPECT_EQ(cut_text("\xE2\x82\xAC", 2), "");
}

}  // namespace
}  // namespace troupe
