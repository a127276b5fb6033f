// Jobs that are asked of a model: what comes of them, and when they are cut.

#include "http/jobs/job_courier.hpp"
#include "tests/http/jobs/courier_room.hpp"

#include <nlohmann/json.hpp>

namespace troupe::http {
namespace {

using nlohmann::json;
using enum job_outcome::kind;

class job_courier_test : public courier_room {};

TEST_F(job_courier_test, brings_a_models_words_and_then_its_answer) {
  const auto o = ask("sim-tokens-200");
  ASSERT_EQ(o.how, completed) << o.value.view();
  const auto result = json::parse(o.value.view());
  EXPECT_FALSE(words().empty());
  EXPECT_EQ(words(), result["content"]);
  EXPECT_EQ(result["usage"]["output_tokens"], 200);
  EXPECT_EQ(result["finish_reason"], "stop");
  EXPECT_EQ(result["response"]["choices"][0]["message"]["content"],
            result["content"]);
  EXPECT_EQ(outputs.back().event, "usage");
  EXPECT_EQ(json::parse(outputs.back().data.view())["output_tokens"], 200);
}

TEST_F(job_courier_test, brings_no_words_where_nobody_wants_a_stream) {
  const auto o = ask("sim-tokens-20", false);
  ASSERT_EQ(o.how, completed) << o.value.view();
  EXPECT_EQ(words(), "");
  EXPECT_FALSE(
      json::parse(o.value.view())["content"].get<std::string>().empty());
}

TEST_F(job_courier_test, asks_in_the_name_of_whoever_added_the_job) {
  ask("m");
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0]->tenant, "acme");
  EXPECT_EQ(calls[0]->id, "job-q-1-1");
  EXPECT_EQ(calls[0]->priority, priority_normal);
}

TEST_F(job_courier_test, a_stream_that_is_cut_is_no_result) {
  const auto o = ask("sim-cut");
  EXPECT_EQ(o.how, failed);
  EXPECT_TRUE(o.value.view().starts_with("the answer was cut"));
}

TEST_F(job_courier_test, what_the_provider_refuses_is_refused) {
  EXPECT_EQ(ask("sim-context").how, refused);
  EXPECT_EQ(ask("sim-fault-400").how, refused);
}

TEST_F(job_courier_test, a_provider_that_fails_may_do_better_later) {
  EXPECT_EQ(ask("sim-503").how, failed);
  EXPECT_EQ(ask("sim-reset").how, failed);
}

TEST_F(job_courier_test, keys_that_rest_burn_no_attempt) {
  refuses = errc::keys_cooling;
  const auto o = ask("m");
  EXPECT_EQ(o.how, postponed);
  EXPECT_EQ(o.retry_in_ms, 3'000u);
}

TEST_F(job_courier_test, a_job_that_is_no_request_is_refused) {
  const auto o = carry(errand(config::queue_handler::completion, "[]"));
  EXPECT_EQ(o.how, refused);
  EXPECT_TRUE(calls.empty());
}

TEST_F(job_courier_test, a_job_for_workers_outside_is_refused) {
  EXPECT_EQ(carry(errand(config::queue_handler::external, "{}")).how, refused);
}

TEST_F(job_courier_test, a_dropped_errand_is_back_at_once_and_only_once) {
  provider_->disconnect.upstream = config::departure::abort;
  auto e = errand(
      config::queue_handler::completion,
      R"({"model":"sim-hang","messages":[{"role":"user","content":"x"}]})");
  const auto number = e.number;
  courier_.carry(std::move(e), worker_);
  turn_until([this] { return !calls.empty(); });
  EXPECT_TRUE(done.empty());
  courier_.drop(worker_, number);
  settle();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].second.how, dropped);
  turn_until([this] { return courier_.under_way() == 0; });
  EXPECT_EQ(courier_.under_way(), 0u);
  EXPECT_EQ(done.size(), 1u);
}

TEST_F(job_courier_test, one_that_is_dropped_before_it_begins_asks_nobody) {
  auto e = errand(config::queue_handler::webhook, "{}");
  const auto number = e.number;
  courier_.carry(std::move(e), worker_);
  courier_.drop(worker_, number);
  turn_until([this] { return courier_.under_way() == 0; });
  EXPECT_EQ(done.size(), 1u);
  EXPECT_TRUE(hook.seen.empty());
}

TEST_F(job_courier_test, shows_itself_while_it_lives) {
  EXPECT_EQ(slot_.load(), &courier_);
  job_carrier_slot other{nullptr};
  { const job_courier passing{lane_, other}; }
  EXPECT_EQ(other.load(), nullptr);
}

}  // namespace
}  // namespace troupe::http
