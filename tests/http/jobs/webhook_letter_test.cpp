// Letters as Standard Webhooks want them, and what their answers mean.

#include "http/jobs/webhook_letter.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http {
namespace {

using nlohmann::json;
using enum job_outcome::kind;

job_errand errand() {
  job_errand e;
  e.job.id = "7";
  e.job.attempt = 2;
  e.job.attempts = 3;
  e.job.created_at = 1'700'000'000'000;
  e.job.data = shared_bytes{R"({"a":1})"};
  auto queue = std::make_shared<config::queue_settings>();
  queue->name = "mail";
  e.queue = queue;
  return e;
}

job_errand signed_errand() {
  auto e = errand();
  auto queue = std::make_shared<config::queue_settings>(*e.queue);
  queue->secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  e.queue = queue;
  return e;
}

webhook_place place(std::string_view url = "https://example.test/hook") {
  return read_webhook_place(url).value();
}

job_outcome judged(unsigned status, std::string body = {},
                   header_list headers = {}) {
  return judge({status, std::move(headers), std::move(body), false},
               std::chrono::system_clock::now());
}

// The example of the specification's own libraries.
TEST(webhook_letter, signs_as_the_standard_says) {
  EXPECT_EQ(signature_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                         "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                         R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(webhook_letter, any_other_secret_is_the_key_itself) {
  // printf %s 'a.1.b' | openssl dgst -sha256 -hmac key -binary | base64
  EXPECT_EQ(signature_of("key", "a", "1", "b"),
            "v1,x5tOcy8TSmcrIlScag+jdQEcfzV2fwdz8mSFheg7RaQ=");
  EXPECT_NE(signature_of("whsec_!!", "a", "1", "b"),
            signature_of("whsec_", "a", "1", "b"));
}

TEST(webhook_letter, carries_the_job) {
  const auto letter = write_letter(errand(), place(), 1'700'000'001);
  EXPECT_TRUE(letter.head.starts_with("POST /hook HTTP/1.1\r\n"));
  EXPECT_TRUE(letter.head.ends_with("\r\n\r\n"));
  EXPECT_NE(letter.head.find("Host: example.test\r\n"), std::string::npos);
  EXPECT_NE(letter.head.find("webhook-id: mail:7\r\n"), std::string::npos);
  EXPECT_NE(letter.head.find("webhook-timestamp: 1700000001\r\n"),
            std::string::npos);
  EXPECT_NE(letter.head.find("Content-Length: "
                             + std::to_string(letter.body.size()) + "\r\n"),
            std::string::npos);
  EXPECT_EQ(json::parse(letter.body),
            json::parse(R"({"id":"7","queue":"mail","attempt":2,"attempts":3,
                            "created_at":1700000000000,"data":{"a":1}})"));
}

TEST(webhook_letter, tells_names_groups_and_checkpoints_where_there_are_any) {
  auto e = errand();
  e.job.name = "welcome";
  e.job.group = "a\"b";
  e.job.data = {};
  e.job.checkpoint = shared_bytes{"[3]"};
  const auto body = json::parse(write_letter(e, place(), 0).body);
  EXPECT_EQ(body["name"], "welcome");
  EXPECT_EQ(body["group"], "a\"b");
  EXPECT_TRUE(body["data"].is_null());
  EXPECT_EQ(body["checkpoint"], json::parse("[3]"));
}

TEST(webhook_letter, is_signed_where_the_queue_has_a_secret) {
  EXPECT_EQ(write_letter(errand(), place(), 5).head.find("webhook-signature"),
            std::string::npos);
  const auto e = signed_errand();
  const auto letter = write_letter(e, place(), 5);
  const auto expected =
      signature_of(e.queue->secret, "mail:7", "5", letter.body);
  EXPECT_NE(letter.head.find("webhook-signature: " + expected + "\r\n"),
            std::string::npos);
}

TEST(webhook_letter, goes_where_the_url_says) {
  EXPECT_EQ(place("http://h.test").target, "/");
  EXPECT_EQ(place("http://h.test/a/b").target, "/a/b");
  EXPECT_EQ(place("http://h.test/a/").target, "/a/");
  EXPECT_FALSE(place("http://h.test").at.tls);
  EXPECT_FALSE(read_webhook_place("ftp://h.test"));
  EXPECT_FALSE(read_webhook_place(""));
  EXPECT_NE(write_letter(errand(), place("http://h.test:81"), 0)
                .head.find("Host: h.test:81\r\n"),
            std::string::npos);
}

TEST(webhook_answer, every_2xx_completes) {
  for (const unsigned status : {200u, 201u, 202u, 204u, 299u})
    EXPECT_EQ(judged(status).how, completed) << status;
}

TEST(webhook_answer, its_body_is_the_result) {
  EXPECT_EQ(judged(200, "{ \"a\" : 1\n}").value.view(), R"({"a":1})");
  EXPECT_EQ(judged(200, "thanks").value.view(), R"("thanks")");
  EXPECT_EQ(judged(200).value.view(), "");
}

TEST(webhook_answer, a_body_that_was_cut_is_text) {
  const auto o =
      judge({200, {}, "[1]", true}, std::chrono::system_clock::now());
  EXPECT_EQ(o.value.view(), R"("[1]")");
}

TEST(webhook_answer, some_say_that_this_job_will_never_do) {
  for (const unsigned status : {400u, 410u, 422u})
    EXPECT_EQ(judged(status).how, refused) << status;
  for (const unsigned status :
       {301u, 401u, 403u, 404u, 408u, 409u, 429u, 500u, 502u, 503u})
    EXPECT_EQ(judged(status).how, failed) << status;
}

TEST(webhook_answer, says_what_the_receiver_said) {
  EXPECT_EQ(judged(410, "moved on").value.view(), "HTTP 410 Gone: moved on");
  EXPECT_EQ(judged(500).value.view(), "HTTP 500 Internal Server Error");
  EXPECT_LT(judged(500, std::string(5'000, 'x')).value.size(), 400u);
}

TEST(webhook_answer, honours_a_wish_to_wait) {
  EXPECT_EQ(judged(503, "", {{"Retry-After", "7"}}).retry_in_ms, 7'000u);
  EXPECT_EQ(judged(503).retry_in_ms, 0u);
}

}  // namespace
}  // namespace troupe::http
