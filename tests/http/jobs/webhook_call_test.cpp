// Jobs that are sent to a webhook, over a real connection.

#include "http/jobs/webhook_call.hpp"
#include "tests/http/jobs/courier_room.hpp"

#include <nlohmann/json.hpp>

namespace troupe::http {
namespace {

using nlohmann::json;
using enum job_outcome::kind;

class webhook_call_test : public courier_room {};

TEST_F(webhook_call_test,
       a_webhook_is_signed_so_that_its_receiver_believes_it) {
  const auto o = post();
  ASSERT_EQ(o.how, completed) << o.value.view();
  ASSERT_EQ(hook.seen.size(), 1u);
  const auto& req = hook.seen[0];
  EXPECT_EQ(req.method, "POST");
  EXPECT_EQ(req.target, "/hook");
  EXPECT_EQ(json::parse(req.body)["data"], json::parse(R"({"a":1})"));
  EXPECT_EQ(req.headers.find("webhook-id"), "q:1");
  EXPECT_EQ(req.headers.find("webhook-signature"),
            signature_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "q:1",
                         *req.headers.find("webhook-timestamp"), req.body));
}

TEST_F(webhook_call_test, what_a_webhook_answers_is_the_result) {
  hook.reply = [](const http::request&) {
    return small_server::webhook_reply{201, {}, R"({"ok": true})"};
  };
  EXPECT_EQ(post().value.view(), R"({"ok":true})");
}

TEST_F(webhook_call_test, a_webhooks_connection_is_used_again) {
  post();
  post();
  EXPECT_EQ(hook.seen.size(), 2u);
  EXPECT_EQ(hooks_.accepted(), 1u);
}

TEST_F(webhook_call_test, a_webhook_may_refuse_or_fail) {
  for (const auto& [status, how] :
       {std::pair{410u, refused}, std::pair{500u, failed}}) {
    hook.reply = [status = status](const http::request&) {
      return small_server::webhook_reply{
          status, {{"Retry-After", "9"}}, "because"};
    };
    const auto o = post();
    EXPECT_EQ(o.how, how);
    EXPECT_EQ(o.retry_in_ms, 9'000u);
    EXPECT_TRUE(o.value.view().ends_with("because"));
  }
}

TEST_F(webhook_call_test, a_webhook_that_hangs_up_has_failed) {
  hook.reply = [](const http::request&) {
    return small_server::webhook_reply{0, {}, {}};
  };
  const auto o = post();
  EXPECT_EQ(o.how, failed);
  EXPECT_TRUE(o.value.view().starts_with("failed waiting for the answer"));
}

TEST_F(webhook_call_test, a_webhook_that_nobody_serves_has_failed) {
  auto e = errand(config::queue_handler::webhook, "{}");
  auto queue = std::make_shared<config::queue_settings>(*e.queue);
  queue->url = "http://127.0.0.1:1/";  // tcpmux, which nobody serves.
  e.queue = queue;
  const auto o = carry(std::move(e));
  EXPECT_EQ(o.how, failed);
  EXPECT_TRUE(o.value.view().starts_with("failed connecting"));
}

TEST_F(webhook_call_test, of_a_long_answer_the_beginning_is_the_result) {
  hook.reply = [](const http::request&) {
    return small_server::webhook_reply{
        200, {}, std::string(webhook_answer_max + 5, 'x')};
  };
  const auto o = post();
  EXPECT_EQ(o.how, completed);
  EXPECT_EQ(o.value.size(), webhook_answer_max + 2);  // With its quotes.
}

}  // namespace
}  // namespace troupe::http
