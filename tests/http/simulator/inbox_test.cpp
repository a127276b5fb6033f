// The simulator remembers what arrived: byte for byte, bounded, no secrets.

#include "http/simulator/inbox.hpp"
#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe::simulator {
namespace {

json requests_of(provider& one, std::string_view query = "") {
  const auto made =
      one.answer(get("/_sim/requests" + std::string{query}), start_of_time());
  EXPECT_EQ(made.status, 200U);
  return body_of(made)["requests"];
}

TEST(inbox, shows_bodies_byte_for_byte) {
  provider one{settings{}};
  // Neither the order of members nor white space may be lost.
  const std::string body =
      R"({"model":"m", "max_tokens":9,)"
      "\n"
      R"("messages":[{"role":"user","content":"\u00e4"}]})";
  one.answer(ask_anthropic("/v1/messages?beta=true", body), start_of_time());
  const auto seen = requests_of(one);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0]["body"], body);
  EXPECT_EQ(seen[0]["body_size"], body.size());
  EXPECT_EQ(seen[0]["method"], "POST");
  EXPECT_EQ(seen[0]["path"], "/v1/messages");
  EXPECT_EQ(seen[0]["status"], 200);
  EXPECT_EQ(seen[0]["headers"]["anthropic-version"], "2023-06-01");
}

TEST(inbox, keeps_what_was_refused_as_well) {
  provider one{settings{}};
  one.answer(ask("/v1/chat/completions", "{}"), start_of_time());
  EXPECT_EQ(requests_of(one)[0]["status"], 400);
}

TEST(inbox, tells_the_last_ones_oldest_first) {
  provider one{settings{}};
  for (const auto* said : {"a", "b", "c"})
    one.answer(ask("/v1/chat/completions", chat_body("m", said)),
               start_of_time());
  const auto seen = requests_of(one, "?last=2");
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0]["body"], chat_body("m", "b"));
  EXPECT_EQ(seen[1]["body"], chat_body("m", "c"));
  one.answer(ask("/_sim/reset", ""), start_of_time());
  EXPECT_TRUE(requests_of(one).empty());
}

TEST(inbox, keeps_no_secret) {
  provider one{settings{}};
  auto req = ask_gemini("m:generateContent?key=AIza-secret", gemini_body("x"));
  req.headers.add("authorization", "Bearer secret");
  req.headers.add("x-api-key", "secret");
  one.answer(req, start_of_time());
  EXPECT_EQ(requests_of(one).dump().find("secret"), std::string::npos);
  EXPECT_EQ(requests_of(one).dump().find("AIza"), std::string::npos);
}

TEST(inbox, is_bounded) {
  inbox one;
  http::request req;
  req.body = std::string(inbox::body_size_max + 1, 'x');
  for (int i = 0; i < 100; ++i)
    one.keep(letter_of(req, {}, 200));
  auto seen = one.report(1'000)["requests"];
  // 16 * 256 KiB = 4 MiB
  EXPECT_EQ(seen.size(), 16U);
  EXPECT_EQ(seen[0]["body"].get<std::string>().size(), inbox::body_size_max);
  EXPECT_EQ(seen[0]["body_size"], inbox::body_size_max + 1);
  req.body.clear();
  for (std::size_t i = 0; i < 2 * inbox::letters_max; ++i)
    one.keep(letter_of(req, {}, 200));
  EXPECT_EQ(one.report(1'000)["requests"].size(), inbox::letters_max);
}

TEST(inbox, shows_bytes_that_are_no_text) {
  provider one{settings{}};
  one.answer(ask("/v1/chat/completions", "\xff\xfe"), start_of_time());
  EXPECT_EQ(requests_of(one)[0]["body_size"], 2);
}

}  // namespace
}  // namespace troupe::simulator
