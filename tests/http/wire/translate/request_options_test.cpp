// Everything of a request but its messages: one row for each mapping.

#include "tests/http/wire/translate/translating.hpp"

namespace troupe::http::wire {

namespace {

constexpr way oa{openai, anthropic}, og{openai, gemini}, oo{openai, openai};
constexpr way ao{anthropic, openai}, ag{anthropic, gemini};
constexpr way aa{anthropic, anthropic}, gg{gemini, gemini};
constexpr way go{gemini, openai}, ga{gemini, anthropic};

TEST(request_options, map_sampling) {
  const option_row rows[]{
      {oa, R"("temperature":0.5,)", "/temperature", "0.5"},
      {oa, R"("temperature":1.7,)", "/temperature", "1.0"},
      {og, R"("temperature":1.7,)", "/generationConfig/temperature", "1.7"},
      {ao, R"("temperature":1,)", "/temperature", "1.0"},
      {ga, R"("generationConfig":{"temperature":2},)", "/temperature", "1.0"},
      {oa, R"("top_p":0.5,)", "/top_p", "0.5"},
      {oa, R"("top_p":0.5,"temperature":1,)", "/top_p", "null"},
      {og, R"("top_p":0.5,)", "/generationConfig/topP", "0.5"},
      {go, R"("generationConfig":{"topP":0.5},)", "/top_p", "0.5"},
      {go, R"("generation_config":{"top_p":0.5},)", "/top_p", "0.5"},
      {oa, R"("top_k":5,)", "/top_k", "5"},
      {ag, R"("top_k":5,)", "/generationConfig/topK", "5"},
      {ga, R"("generationConfig":{"topK":5.0},)", "/top_k", "5"},
      {ao, R"("top_k":5,)", "/top_k", "null"},
      {oa, R"("max_tokens":7,)", "/max_tokens", "7"},
      {oa, R"("max_tokens":7,"max_completion_tokens":9,)", "/max_tokens", "9"},
      {oa, "", "/max_tokens", "4096"},
      {og, R"("max_completion_tokens":9,)", "/generationConfig/maxOutputTokens",
       "9"},
      {og, "", "/generationConfig", "null"},
      {ao, "", "/max_tokens", "9000"},
      {{anthropic, openai, "gpt-5.5"}, "", "/max_completion_tokens", "9000"},
      {{anthropic, openai, "org/o3-mini"},
       "",
       "/max_completion_tokens",
       "9000"},
      {ga, R"("generationConfig":{"maxOutputTokens":"12"},)", "/max_tokens",
       "12"},
      {og, R"("seed":-3,)", "/generationConfig/seed", "-3"},
      {go, R"("generationConfig":{"seed":3},)", "/seed", "3"},
      {oa, R"("seed":3,)", "/seed", "null"},
      {og, R"("n":3,)", "/generationConfig/candidateCount", "3"},
      {go, R"("generationConfig":{"candidateCount":3},)", "/n", "3"},
      {oa, R"("n":1,)", "/n", "null"},
      {og, R"("presence_penalty":0.5,"frequency_penalty":-1,)",
       "/generationConfig",
       R"({"presencePenalty":0.5,"frequencyPenalty":-1.0})"},
      {go, R"("generationConfig":{"presencePenalty":1},)", "/presence_penalty",
       "1.0"},
      {go, R"("generationConfig":{"frequencyPenalty":1},)",
       "/frequency_penalty", "1.0"},
      {og, R"("logprobs":true,"top_logprobs":4,)", "/generationConfig",
       R"({"responseLogprobs":true,"logprobs":4})"},
      {go, R"("generationConfig":{"responseLogprobs":true,"logprobs":4},)",
       "/top_logprobs", "4"},
      {oa, R"("stop":"a",)", "/stop_sequences", R"(["a"])"},
      {oa, R"("stop":["a","b"],)", "/stop_sequences", R"(["a","b"])"},
      {og, R"("stop":["\n"],)", "/generationConfig/stopSequences", R"(["\n"])"},
      {ao, R"("stop_sequences":["a"],)", "/stop", R"(["a"])"},
      {go, R"("generationConfig":{"stopSequences":["a"]},)", "/stop",
       R"(["a"])"},
      {oa, R"("user":"u",)", "/metadata/user_id", R"("u")"},
      {oa, R"("safety_identifier":"u",)", "/metadata/user_id", R"("u")"},
      {ao, R"("metadata":{"user_id":"u"},)", "/user", R"("u")"},
      {og, R"("temperature":null,"stop":null,"tools":null,)",
       "/generationConfig", "null"},
  };
  for (const auto& r : rows)
    check(r);
}

TEST(request_options, say_model_and_stream_where_the_wire_wants_them) {
  const auto of = [](config::protocol from, config::protocol to) {
    return made({from, to, "their-model", true}, chat_with(from, ""));
  };
  for (const auto from : {openai, anthropic, gemini}) {
    EXPECT_EQ(at(of(from, openai), "/model"), "their-model");
    EXPECT_EQ(at(of(from, openai), "/stream"), true);
    EXPECT_EQ(at(of(from, openai), "/stream_options/include_usage"), true);
    EXPECT_EQ(at(of(from, anthropic), "/model"), "their-model");
    EXPECT_EQ(at(of(from, anthropic), "/stream"), true);
    EXPECT_FALSE(of(from, gemini).contains("model"));
    EXPECT_FALSE(of(from, gemini).contains("stream"));
  }
}

TEST(request_options, map_the_form_of_the_answer) {
  constexpr auto schema =
      R"("response_format":{"type":"json_schema","json_schema":{"name":"s","strict":true,)"
      R"("schema":{"type":"object","properties":{"a":{"type":"integer","minimum":1}},"required":["a"],"additionalProperties":false}}},)";
  constexpr auto of_anthropic =
      R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}},)";
  constexpr auto optional =
      R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}},)";
  constexpr auto older =
      R"("generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"b":{"type":"STRING"},"a":{"type":"ARRAY","items":{"type":"NUMBER"},"maxItems":"3"}},"propertyOrdering":["a","b"]}},)";
  const option_row rows[]{
      {oa, schema, "/output_config/format",
       R"({"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"integer","description":"{minimum: 1}"}},"required":["a"],"additionalProperties":false}})"},
      {og, schema, "/generationConfig/responseMimeType",
       R"("application/json")"},
      {og, schema, "/generationConfig/responseJsonSchema/properties",
       R"({"a":{"type":"integer","minimum":1}})"},
      {oa, R"("response_format":{"type":"json_object"},)", "/system/0/text",
       R"("Answer with one valid JSON object and nothing else.")"},
      {og, R"("response_format":{"type":"json_object"},)", "/generationConfig",
       R"({"responseMimeType":"application/json"})"},
      {oa, R"("response_format":{"type":"text"},)", "/output_config", "null"},
      {ao, of_anthropic, "/response_format/type", R"("json_schema")"},
      {ao, of_anthropic, "/response_format/json_schema/name", R"("answer")"},
      {ao, of_anthropic, "/response_format/json_schema/strict", "true"},
      {ao, optional, "/response_format/json_schema/strict", "null"},
      {ag, of_anthropic, "/generationConfig/responseJsonSchema/required",
       R"(["a"])"},
      {go, older, "/response_format/json_schema/schema",
       R"({"type":"object","properties":{"a":{"type":"array","items":{"type":"number"},"maxItems":3},"b":{"type":"string"}}})"},
      {ga, older, "/output_config/format/schema/additionalProperties", "false"},
      {go, R"("generationConfig":{"responseMimeType":"application/json"},)",
       "/response_format", R"({"type":"json_object"})"},
      {gg,
       R"("generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}},)",
       "/generationConfig/responseJsonSchema", R"({"type":"object"})"},
      {oo, schema, "/response_format/json_schema/name", R"("s")"},
      {aa, of_anthropic, "/output_config/format/schema/required", R"(["a"])"},
  };
  for (const auto& r : rows)
    check(r);
}

}  // namespace

}  // namespace troupe::http::wire
