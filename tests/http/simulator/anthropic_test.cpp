// Anthropic's messages: the shapes of wire_formats 4.1.

#include "tests/http/simulator/asking.hpp"

#include <gtest/gtest.h>

namespace troupe::simulator {
namespace {

class anthropic : public testing::Test {
protected:
  script answer(const std::string& body, const char* version = "2023-06-01",
                const char* path = "/v1/messages") {
    return provider_.answer(ask_anthropic(path, body, version),
                            start_of_time());
  }

  static std::vector<std::string> names(const script& made) {
    std::vector<std::string> all;
    for (const auto& one : events_of(made))
      if (all.empty() || all.back() != one.name)
        all.push_back(one.name);
    return all;
  }

  const json tools_ = json::parse(
      R"([{"name":"get_weather","input_schema":{"type":"object",
      "properties":{"city":{"type":"string"}},"required":["city"]}}])");
  provider provider_{settings{}};
};

TEST_F(anthropic, answers_whole) {
  const auto body = body_of(answer(message_body("m", "hello")));
  EXPECT_EQ(body["type"], "message");
  EXPECT_EQ(body["role"], "assistant");
  EXPECT_EQ(body["stop_reason"], "end_turn");
  EXPECT_EQ(body["content"][0]["type"], "text");
  EXPECT_EQ(body["usage"]["input_tokens"], 5);
  EXPECT_EQ(body["usage"]["output_tokens"], 24);
  EXPECT_EQ(body["usage"]["cache_read_input_tokens"], 0);
}

TEST_F(anthropic, streams_every_event_in_order) {
  const auto made = answer(message_body("m", "hello", {{"stream", true}}));
  EXPECT_EQ(names(made), (std::vector<std::string>{
                             "message_start", "content_block_start", "ping",
                             "content_block_delta", "content_block_stop",
                             "message_delta", "message_stop"}));
  const auto events = events_of(made);
  for (const auto& one : events)
    EXPECT_EQ(one.data()["type"], one.name);
  const auto message = events.front().data()["message"];
  EXPECT_EQ(message["content"], json::array());
  EXPECT_TRUE(message["stop_reason"].is_null());
  EXPECT_EQ(message["usage"]["input_tokens"], 5);
  const auto end = events[events.size() - 2].data();
  EXPECT_EQ(end["delta"]["stop_reason"], "end_turn");
  EXPECT_EQ(end["usage"]["output_tokens"], 24);
  EXPECT_TRUE(made.steps.back().terminal);
}

TEST_F(anthropic, streams_a_call_as_json_in_pieces) {
  const auto made = answer(message_body("m", "weather in Rome",
                                        {{"stream", true}, {"tools", tools_}}));
  std::string arguments;
  bool first = true;
  for (const auto& one : events_of(made)) {
    const auto body = one.data();
    if (one.name == "content_block_start") {
      EXPECT_EQ(body["content_block"]["type"], "tool_use");
      EXPECT_EQ(body["content_block"]["input"], json::object());
    } else if (one.name == "content_block_delta") {
      EXPECT_EQ(body["delta"]["type"], "input_json_delta");
      EXPECT_TRUE(!first || body["delta"]["partial_json"] == "");
      arguments += body["delta"]["partial_json"].get<std::string>();
      first = false;
    } else if (one.name == "message_delta") {
      EXPECT_EQ(body["delta"]["stop_reason"], "tool_use");
    }
  }
  EXPECT_EQ(arguments, R"({"city":"Rome"})");
}

TEST_F(anthropic, thinks_aloud_and_signs_it) {
  const json thinking{{"type", "enabled"}, {"budget_tokens", 1'024}};
  const auto body =
      body_of(answer(message_body("m", "hi", {{"thinking", thinking}})));
  EXPECT_EQ(body["content"][0]["type"], "thinking");
  EXPECT_FALSE(body["content"][0]["signature"].get<std::string>().empty());
  EXPECT_EQ(body["content"][1]["type"], "text");
  EXPECT_GT(body["usage"]["output_tokens_details"]["thinking_tokens"], 0);
  const auto events = events_of(answer(
      message_body("m", "hi", {{"thinking", thinking}, {"stream", true}})));
  std::vector<std::string> deltas;
  for (const auto& one : events)
    if (one.name == "content_block_delta") {
      const auto type = one.data()["delta"]["type"].get<std::string>();
      if (deltas.empty() || deltas.back() != type)
        deltas.push_back(type);
    }
  EXPECT_EQ(deltas, (std::vector<std::string>{
                        "thinking_delta", "signature_delta", "text_delta"}));
}

TEST_F(anthropic, takes_sampling_fields_only_in_the_old_version) {
  for (const auto* name : {"temperature", "top_p", "top_k"}) {
    const auto body = message_body("m", "hi", {{name, 1}});
    EXPECT_EQ(answer(body).status, 200U) << name;
    const auto made = answer(body, "2026-10-21");
    EXPECT_EQ(made.status, 400U) << name;
    EXPECT_TRUE(
        body_of(made)["error"]["message"].get<std::string>().starts_with(name));
  }
}

TEST_F(anthropic, takes_no_documents_of_the_assistant_in_the_new_version) {
  const auto body =
      json{{"model", "m"},
           {"max_tokens", 9},
           {"messages",
            {{{"role", "user"}, {"content", "x"}},
             {{"role", "assistant"},
              {"content", json::array({{{"type", "document"}}})}}}}}
          .dump();
  EXPECT_EQ(answer(body).status, 200U);
  EXPECT_EQ(answer(body, "2026-10-21").status, 400U);
}

TEST_F(anthropic, needs_a_version_it_knows) {
  auto req = ask_anthropic("/v1/messages", message_body("m", "x"));
  req.headers = {{"x-api-key", "k"}};
  EXPECT_EQ(provider_.answer(req, start_of_time()).status, 400U);
  EXPECT_EQ(answer(message_body("m", "x"), "1999-01-01").status, 400U);
}

TEST_F(anthropic, takes_a_bearer_as_well) {
  auto req = ask_anthropic("/v1/messages", message_body("m", "x"));
  req.headers = {{"authorization", "Bearer k"},
                 {"anthropic-version", "2026-10-21"}};
  EXPECT_EQ(provider_.answer(req, start_of_time()).status, 200U);
}

TEST_F(anthropic, counts_the_tokens_it_will_charge) {
  const json more{{"tools", tools_}, {"system", "Be brief."}};
  const auto counted =
      body_of(answer(message_body("m", "hello", more), "2023-06-01",
                     "/v1/messages/count_tokens"));
  const auto charged = body_of(answer(message_body("m", "hello", more)));
  EXPECT_EQ(counted["input_tokens"], charged["usage"]["input_tokens"]);
}

TEST_F(anthropic, writes_the_cache_once_and_then_reads_it) {
  const auto body =
      json{
          {"model", "m"},
          {"max_tokens", 9},
          {"system",
           json::array({{{"type", "text"},
                         {"text", "A long text."},
                         {"cache_control", {{"type", "ephemeral"}}}}})},
          {"messages", json::array({{{"role", "user"}, {"content", "hello"}}})}}
          .dump();
  const auto first = body_of(answer(body))["usage"];
  const auto second = body_of(answer(body))["usage"];
  EXPECT_EQ(first["cache_creation_input_tokens"], 3);
  EXPECT_EQ(first["cache_creation"]["ephemeral_5m_input_tokens"], 3);
  EXPECT_EQ(first["cache_read_input_tokens"], 0);
  EXPECT_EQ(second["cache_read_input_tokens"], 3);
  EXPECT_EQ(second["cache_creation_input_tokens"], 0);
  EXPECT_EQ(first["input_tokens"], second["input_tokens"]);
}

TEST_F(anthropic, says_why_it_stopped) {
  const struct {
    const char* model;
    json more;
    const char* reason;
  } cases[] = {
      {"m", {{"max_tokens", 2}}, "max_tokens"},
      {"m", {{"stop_sequences", {"said"}}}, "stop_sequence"},
      {"sim-filter", json::object(), "refusal"},
  };
  for (const auto& [model, more, reason] : cases)
    EXPECT_EQ(body_of(answer(message_body(model, "hi", more)))["stop_reason"],
              reason);
}

TEST_F(anthropic, says_errors_in_its_own_shape) {
  const auto made = answer(R"({"model":"m","messages":[]})");
  EXPECT_EQ(made.status, 400U);
  const auto body = body_of(made);
  EXPECT_EQ(body["type"], "error");
  EXPECT_EQ(body["error"]["type"], "invalid_request_error");
  EXPECT_EQ(body["request_id"],
            std::string{made.headers.find("request-id").value_or("")});
  EXPECT_EQ(answer(message_body("sim-529", "x")).status, 529U);
}

}  // namespace
}  // namespace troupe::simulator
