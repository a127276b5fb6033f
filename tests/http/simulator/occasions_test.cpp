// When a fault befalls a request, and which of its bytes are sent before: what
// the fault suite of tests/e2e builds upon.

#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

#include <string>

namespace troupe::simulator {
namespace {

using namespace std::chrono_literals;

instant later(std::chrono::milliseconds by) {
  auto now = start_of_time();
  now.steady += by;
  now.wall += by;
  return now;
}

/// The same question on every wire, as a stream.
http::request stream_of(wire on, const std::string& model) {
  switch (on) {
  case wire::anthropic:
    return ask_anthropic("/v1/messages",
                         message_body(model, "hello", {{"stream", true}}));
  case wire::gemini:
    return ask_gemini(model + ":streamGenerateContent?alt=sse",
                      gemini_body("hello"));
  case wire::openai:
    break;
  }
  return ask("/v1/chat/completions",
             chat_body(model, "hello", {{"stream", true}}));
}

script chat_with(provider& to, std::string_view model, instant now) {
  return to.answer(ask("/v1/chat/completions", chat_body(model, "hello")), now);
}

TEST(early_faults, send_the_head_and_nothing_of_the_answer) {
  provider one{settings{}};
  for (const auto on : {wire::openai, wire::anthropic, wire::gemini}) {
    const auto cut =
        one.answer(stream_of(on, "sim-early-cut"), start_of_time());
    EXPECT_EQ(cut.status, 200U);
    EXPECT_EQ(cut.bytes, "\n");
    EXPECT_EQ(cut.end, curtain::reset);
    EXPECT_EQ(cut.last_wait, 0s);

    const auto stall =
        one.answer(stream_of(on, "sim-early-stall"), start_of_time());
    EXPECT_EQ(stall.bytes, "\n");
    EXPECT_EQ(stall.last_wait, 120s);

    const auto error =
        one.answer(stream_of(on, "sim-early-error-event"), start_of_time());
    EXPECT_EQ(error.status, 200U);
    EXPECT_EQ(error.end, curtain::finish);
    EXPECT_EQ(error.steps.size(), 2U);
    const auto said = events_of(error).back().data();
    EXPECT_TRUE(said.contains("error")) << error.bytes;

    const auto broken = events_of(
        one.answer(stream_of(on, "sim-early-malformed"), start_of_time()));
    EXPECT_TRUE(broken.front().data().is_discarded());
    EXPECT_FALSE(broken[1].data().is_discarded());
  }
}

TEST(early_faults, are_an_array_where_the_stream_is_one) {
  provider one{settings{}};
  const auto made =
      one.answer(ask_gemini("sim-early-error-event:streamGenerateContent",
                            gemini_body("hello")),
                 start_of_time());
  EXPECT_EQ(body_of(made)[0]["error"]["status"], "UNAVAILABLE") << made.bytes;
}

TEST(early_faults, spoil_whole_answers_as_well) {
  provider one{settings{}};
  const auto made = chat_with(one, "sim-early-cut", start_of_time());
  EXPECT_EQ(made.status, 200U);
  EXPECT_EQ(made.bytes, "\n");
  EXPECT_EQ(made.end, curtain::reset);
}

TEST(flapping, is_up_and_down_since_the_name_was_first_asked_for) {
  provider one{settings{}};
  const auto status = [&](const char* model, std::chrono::milliseconds at) {
    return chat_with(one, model, later(at)).status;
  };
  EXPECT_EQ(status("sim-flap-300-700-a", 1'000ms), 200U);
  EXPECT_EQ(status("sim-flap-300-700-a", 1'299ms), 200U);
  EXPECT_EQ(status("sim-flap-300-700-a", 1'300ms), 503U);
  EXPECT_EQ(status("sim-flap-300-700-b", 1'300ms), 200U);
  EXPECT_EQ(status("sim-flap-300-700-a", 1'999ms), 503U);
  EXPECT_EQ(status("sim-flap-300-700-a", 2'000ms), 200U);
  EXPECT_EQ(status("sim-flap-300-700-a", 2'300ms), 503U);
  EXPECT_EQ(status("sim-flap-0-700", 5'000ms), 503U);
  EXPECT_EQ(status("sim-flap", 5'000ms), 200U);
  one.answer(ask("/_sim/reset", ""), later(2'301ms));
  EXPECT_EQ(status("sim-flap-300-700-a", 2'302ms), 200U);
}

TEST(flapping, spends_no_token_of_once_while_it_is_up) {
  provider one{settings{}};
  EXPECT_EQ(chat_with(one, "sim-flap-10-10-once-500-x", later(0ms)).status,
            200U);
  EXPECT_EQ(chat_with(one, "sim-flap-10-10-once-500-x", later(10ms)).status,
            500U);
  EXPECT_EQ(chat_with(one, "sim-flap-10-10-once-500-x", later(11ms)).status,
            200U);
}

TEST(blocked, is_an_error_in_the_words_of_each_filter) {
  provider one{settings{}};
  const auto openai = chat_with(one, "sim-blocked", start_of_time());
  EXPECT_EQ(openai.status, 400U);
  EXPECT_EQ(body_of(openai)["error"]["code"], "content_filter");
  const auto anthropic =
      one.answer(stream_of(wire::anthropic, "sim-blocked"), start_of_time());
  EXPECT_EQ(anthropic.status, 400U);
  EXPECT_EQ(body_of(anthropic)["error"]["message"],
            "Output blocked by content filtering policy");
}

TEST(window, belongs_to_the_model_whatever_the_provider_takes) {
  settings rules;
  rules.context_tokens = 10;
  provider one{rules};
  const auto ask_for = [&](const char* model, std::size_t letters) {
    return one.answer(ask("/v1/chat/completions",
                          chat_body(model, std::string(letters, 'x'))),
                      start_of_time());
  };
  // Four letters a token, and three tokens for the message.
  EXPECT_EQ(ask_for("sim-window-50", 47 * 4).status, 200U);
  const auto refused = ask_for("sim-window-50", 47 * 4 + 1);
  EXPECT_EQ(body_of(refused)["error"]["code"], "context_length_exceeded");
  EXPECT_EQ(ask_for("m", 100).status, 400U);
}

TEST(records, say_why_an_attempt_was_refused_and_whose_it_was) {
  settings rules;
  rules.requests_per_minute = 1;
  rules.dead_keys = {"dead"};
  provider one{rules};
  chat_with(one, "m", start_of_time());
  chat_with(one, "m", start_of_time());
  auto req = ask("/v1/chat/completions", chat_body("m", "x"));
  req.headers = {{"authorization", "Bearer dead"}};
  one.answer(req, start_of_time());
  auto report =
      body_of(one.answer(get("/_sim/stats?key=sk-"), start_of_time()));
  EXPECT_EQ(report["by_fault"], json({{"rate_limited", 1}, {"dead_key", 1}}));
  ASSERT_EQ(report["attempts"].size(), 2U);
  EXPECT_EQ(report["attempts"][0]["fault"], "");
  EXPECT_EQ(report["attempts"][1]["fault"], "rate_limited");
  report = body_of(
      one.answer(get("/_sim/stats?key=dead&attempts=1"), start_of_time()));
  ASSERT_EQ(report["attempts"].size(), 1U);
  EXPECT_EQ(report["attempts"][0]["status"], 401);
}

}  // namespace
}  // namespace troupe::simulator
