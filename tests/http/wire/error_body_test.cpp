// troupe's errors read as each wire's own.

#include "http/wire/error_body.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace troupe::http::wire {

namespace {

using config::protocol;
using nlohmann::json;

const door_error limited{429,      "keys_cooling",
                         "Later.", "model",
                         "r1",     std::chrono::milliseconds{46'500}};

TEST(error_body, has_openais_shape) {
  const auto body = json::parse(error_body(protocol::openai, limited));
  EXPECT_EQ(body["error"]["message"], "Later.");
  EXPECT_EQ(body["error"]["type"], "rate_limit_error");
  EXPECT_EQ(body["error"]["code"], "rate_limit_exceeded");
  EXPECT_EQ(body["error"]["param"], "model");
}

TEST(error_body, has_anthropics_shape) {
  const auto body = json::parse(error_body(protocol::anthropic, limited));
  EXPECT_EQ(body["type"], "error");
  EXPECT_EQ(body["error"]["type"], "rate_limit_error");
  EXPECT_EQ(body["request_id"], "r1");
}

TEST(error_body, has_geminis_shape) {
  const auto body = json::parse(error_body(protocol::gemini, limited));
  EXPECT_EQ(body["error"]["code"], 429);
  EXPECT_EQ(body["error"]["status"], "RESOURCE_EXHAUSTED");
  bool told = false;
  for (const auto& detail : body["error"]["details"])
    told = told || detail.value("retryDelay", "") == "46.500s";
  EXPECT_TRUE(told);
}

TEST(error_body, has_our_own_shape) {
  const auto body = json::parse(error_body(std::nullopt, limited));
  EXPECT_EQ(body["error"]["code"], "keys_cooling");
  EXPECT_EQ(body["error"]["request_id"], "r1");
  EXPECT_EQ(body["error"]["retry_after_ms"], 46'500);
}

TEST(error_body, uses_openais_own_codes_where_it_has_some) {
  const std::pair<door_error, const char*> cases[]{
      {{401, "unauthorized", "", "", "", {}}, "invalid_api_key"},
      {{404, "unknown_model", "", "", "", {}}, "model_not_found"},
      {{502, "retries_spent", "", "", "", {}}, "retries_spent"},
  };
  for (const auto& [err, code] : cases)
    EXPECT_EQ(json::parse(error_body(protocol::openai, err))["error"]["code"],
              code);
}

TEST(error_body, has_words_for_any_status) {
  EXPECT_EQ(words_of(422).anthropic_type, "invalid_request_error");
  EXPECT_EQ(words_of(599).anthropic_type, "api_error");
  EXPECT_EQ(words_of(529).anthropic_type, "overloaded_error");
  EXPECT_EQ(words_of(0).gemini_status, "INVALID_ARGUMENT");
}

TEST(error_body, is_valid_and_short_whatever_is_quoted) {
  door_error err = limited;
  err.message = "\xff\xc3\"\\\n" + std::string(100'000, '\xc3');
  err.param = "\xed\xa0\x80";
  for (const auto dialect :
       {std::optional{protocol::openai}, std::optional{protocol::anthropic},
        std::optional{protocol::gemini}, std::optional<protocol>{}}) {
    const auto body = error_body(dialect, err);
    EXPECT_TRUE(json::accept(body));
    EXPECT_LT(body.size(), 20 * message_size_max);
  }
}

}  // namespace

}  // namespace troupe::http::wire
