// The lists of models, and the small parts that all writers share.

#include "http/simulator/wires.hpp"

namespace troupe::simulator {

namespace {

/// 2026-01-01T00:00:00Z, when every simulated model came out.
constexpr std::int64_t released_s = 1'767'225'600;
constexpr std::size_t input_tokens_max = 200'000;
constexpr std::size_t output_tokens_max = 100'000;

json openai_model(std::string_view name) {
  return {{"id", name},
          {"object", "model"},
          {"created", released_s},
          {"owned_by", "troupe-simulator"}};
}

json anthropic_model(std::string_view name) {
  return {{"id", name},
          {"type", "model"},
          {"display_name", name},
          {"created_at", "2026-01-01T00:00:00Z"},
          {"capabilities", nullptr},
          {"deprecated_at", nullptr},
          {"lifecycle", "active"},
          {"line", nullptr},
          {"max_input_tokens", input_tokens_max},
          {"max_tokens", output_tokens_max},
          {"retires_at", nullptr}};
}

json gemini_model(std::string_view name) {
  return {{"name", "models/" + std::string{name}},
          {"version", "001"},
          {"displayName", name},
          {"description", "A simulated model."},
          {"inputTokenLimit", input_tokens_max},
          {"outputTokenLimit", output_tokens_max},
          {"supportedGenerationMethods",
           {"generateContent", "countTokens", "embedContent",
            "batchEmbedContents"}}};
}

}  // namespace

json show_model(wire on, std::string_view name) {
  switch (on) {
  case wire::anthropic:
    return anthropic_model(name);
  case wire::gemini:
    return gemini_model(name);
  case wire::openai:
    break;
  }
  return openai_model(name);
}

json list_models(wire on, const std::vector<std::string>& names) {
  auto list = json::array();
  for (const auto& name : names)
    list.push_back(show_model(on, name));
  switch (on) {
  case wire::anthropic:
    return {{"first_id", names.empty() ? json(nullptr) : json(names.front())},
            {"last_id", names.empty() ? json(nullptr) : json(names.back())},
            {"has_more", false},
            {"data", std::move(list)}};
  case wire::gemini:
    return {{"models", std::move(list)}};
  case wire::openai:
    break;
  }
  return {{"object", "list"}, {"data", std::move(list)}};
}

void write_whole(const composition& with, const json& body, script& to) {
  to.headers.add("content-type", "application/json");
  to.add(write_json(body), with.at.whole(with.used.output));
}

void begin_events(script& to) {
  to.headers.add("content-type", "text/event-stream; charset=utf-8");
  to.headers.add("cache-control", "no-cache");
}

std::string error_event(wire on, bool typed_events, const refusal& no,
                        std::string_view request_id) {
  if (on == wire::openai && typed_events) {
    // The number is larger than any before it; what matters is that it is one.
    constexpr std::size_t sequence_number = 1'000'000;
    return sse_record(
        "error",
        write_json({{"type", "error"},
                    {"code", openai_code_of(no).is_null() ? json("server_error")
                                                          : openai_code_of(no)},
                    {"message", no.message},
                    {"param", nullptr},
                    {"sequence_number", sequence_number}}));
  }
  const auto text = write_json(body_of(on, no, request_id));
  return sse_record(on == wire::anthropic ? "error" : "", text);
}

}  // namespace troupe::simulator
