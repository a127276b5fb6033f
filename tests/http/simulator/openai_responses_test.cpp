// Responses: the object, and the order of its stream's events.

#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

namespace troupe::simulator {
namespace {

class openai_responses : public testing::Test {
protected:
  script answer(const json& body) {
    return provider_.answer(ask("/v1/responses", body.dump()), start_of_time());
  }

  static std::vector<std::string> names(const std::vector<event>& events) {
    std::vector<std::string> all;
    for (const auto& one : events)
      if (all.empty() || all.back() != one.name)
        all.push_back(one.name);
    return all;
  }

  const json tools_ = json::parse(
      R"([{"type":"function","name":"roll_dice","parameters":{"type":"object",
      "properties":{"sides":{"type":"integer"}},"required":["sides"]}}])");
  provider provider_{settings{}};
};

TEST_F(openai_responses, answers_whole) {
  const auto body = body_of(answer({{"model", "m"}, {"input", "hello"}}));
  EXPECT_EQ(body["object"], "response");
  EXPECT_EQ(body["status"], "completed");
  EXPECT_EQ(body["output"][0]["type"], "message");
  EXPECT_EQ(body["output"][0]["content"][0]["type"], "output_text");
  EXPECT_EQ(body["usage"]["output_tokens"], 24);
  EXPECT_EQ(body["usage"]["total_tokens"], 29);
  EXPECT_EQ(body["tools"], json::array());
}

TEST_F(openai_responses, streams_every_event_in_order_with_its_number) {
  const auto events =
      events_of(answer({{"model", "m"}, {"input", "hello"}, {"stream", true}}));
  EXPECT_EQ(names(events),
            (std::vector<std::string>{
                "response.created", "response.in_progress",
                "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done",
                "response.completed"}));
  std::string text;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto one = events[i].data();
    EXPECT_EQ(one["sequence_number"], i);
    EXPECT_EQ(one["type"], events[i].name);
    if (events[i].name == "response.output_text.delta")
      text += one["delta"].get<std::string>();
  }
  const auto end = events.back().data()["response"];
  EXPECT_EQ(end["output"][0]["content"][0]["text"], text);
  EXPECT_EQ(end["usage"]["output_tokens"], 24);
  EXPECT_TRUE(events.front().data()["response"]["usage"].is_null());
}

TEST_F(openai_responses, streams_calls_as_items) {
  const auto events = events_of(answer({{"model", "m"},
                                        {"input", "roll dice of 6 sides"},
                                        {"tools", tools_},
                                        {"stream", true}}));
  EXPECT_EQ(names(events),
            (std::vector<std::string>{
                "response.created", "response.in_progress",
                "response.output_item.added",
                "response.function_call_arguments.delta",
                "response.function_call_arguments.done",
                "response.output_item.done", "response.completed"}));
  const auto item = events.back().data()["response"]["output"][0];
  EXPECT_EQ(item["type"], "function_call");
  EXPECT_EQ(item["arguments"], R"({"sides":6})");
  EXPECT_TRUE(item["call_id"].get<std::string>().starts_with("call_"));
}

TEST_F(openai_responses, shows_a_summary_of_its_thoughts_when_asked) {
  const auto events = events_of(
      answer({{"model", "m"},
              {"input", "hello"},
              {"stream", true},
              {"reasoning", {{"effort", "low"}, {"summary", "auto"}}}}));
  const auto all = names(events);
  EXPECT_EQ(all[3], "response.reasoning_summary_part.added");
  const auto end = events.back().data()["response"];
  EXPECT_EQ(end["output"][0]["type"], "reasoning");
  EXPECT_EQ(end["output"][1]["type"], "message");
  EXPECT_GT(end["usage"]["output_tokens_details"]["reasoning_tokens"], 0);
}

TEST_F(openai_responses, is_incomplete_when_cut_at_the_tokens_allowed) {
  const auto events = events_of(answer({{"model", "m"},
                                        {"input", "hello"},
                                        {"max_output_tokens", 16},
                                        {"stream", true}}));
  EXPECT_EQ(events.back().name, "response.incomplete");
  const auto end = events.back().data()["response"];
  EXPECT_EQ(end["incomplete_details"]["reason"], "max_output_tokens");
  EXPECT_EQ(end["usage"]["output_tokens"], 16);
}

TEST_F(openai_responses, speaks_about_the_output_of_a_call) {
  const auto body =
      body_of(answer({{"model", "m"},
                      {"input",
                       {{{"role", "user"}, {"content", "roll dice"}},
                        {{"type", "function_call"},
                         {"call_id", "c"},
                         {"name", "roll_dice"},
                         {"arguments", "{}"}},
                        {{"type", "function_call_output"},
                         {"call_id", "c"},
                         {"output", "five"}}}},
                      {"tools", tools_}}));
  const auto text = body["output"][0]["content"][0]["text"].get<std::string>();
  EXPECT_TRUE(text.starts_with("The tool answered: five")) << text;
}

TEST_F(openai_responses, says_a_typed_error_inside_a_broken_stream) {
  const auto events = events_of(answer(
      {{"model", "sim-error-event"}, {"input", "hello"}, {"stream", true}}));
  EXPECT_EQ(events.back().name, "error");
  EXPECT_EQ(events.back().data()["code"], "server_is_overloaded");
}

}  // namespace
}  // namespace troupe::simulator
