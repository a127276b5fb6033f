#include "http/wire/translate/anthropic_words.hpp"

#include "http/wire/translate/escaped_text.hpp"

namespace troupe::http::wire::anthropic_words {

namespace {

std::string_view reason_name(stop_reason reason) {
  switch (reason) {
  case stop_reason::stop_sequence:
    return "stop_sequence";
  case stop_reason::length:
    return "max_tokens";
  case stop_reason::window:
    return "model_context_window_exceeded";
  case stop_reason::tool_calls:
    return "tool_use";
  case stop_reason::filter:
    return "refusal";
  case stop_reason::pause:
    return "pause_turn";
  default:
    return "end_turn";
  }
}

void append_or_null(std::string& out, std::string_view escaped) {
  if (escaped.empty())
    out += "null";
  else
    append_all(out, {"\"", escaped, "\""});
}

}  // namespace

void append_usage(std::string& out, const token_usage& u, bool whole) {
  out += R"({"input_tokens":)";
  append_number(out, u.in_uncached);
  out += R"(,"cache_creation_input_tokens":)";
  append_number(out, u.in_cache_write_5m + u.in_cache_write_1h);
  out += R"(,"cache_read_input_tokens":)";
  append_number(out, u.in_cache_read);
  if (whole) {
    out += R"(,"cache_creation":{"ephemeral_5m_input_tokens":)";
    append_number(out, u.in_cache_write_5m);
    out += R"(,"ephemeral_1h_input_tokens":)";
    append_number(out, u.in_cache_write_1h);
    out += '}';
  }
  out += R"(,"output_tokens":)";
  append_number(out, u.out_text + u.out_reasoning);
  out += R"(,"output_tokens_details":{"thinking_tokens":)";
  append_number(out, u.out_reasoning);
  out += R"(},"server_tool_use":null)";
  if (whole)
    out += R"(,"service_tier":null,"inference_geo":null,"speed":null)";
  out += '}';
}

void append_stop(std::string& out, const choice_outline& choice) {
  const auto reason = choice.reason();
  append_all(out, {R"("stop_reason":")", reason_name(reason),
                   R"(","stop_sequence":)"});
  append_or_null(out, choice.stop_sequence);
  if (reason != stop_reason::filter) {
    out += R"(,"stop_details":null)";
    return;
  }
  out += R"(,"stop_details":{"type":"refusal","category":null,"explanation":)";
  append_or_null(out, choice.explanation);
  out += '}';
}

void append_message_start(std::string& out, const reply_outline& outline,
                          const reply_route& route) {
  append_all(out, {R"({"id":")", reply_id(outline, "msg_", route),
                   R"(","type":"message","role":"assistant","model":")",
                   reply_model(outline, route), R"(","content":[)"});
}

void append_tool_start(std::string& out, std::string_view id,
                       std::string_view name) {
  append_all(out, {R"({"type":"tool_use","id":")", id, R"(","name":")", name,
                   R"(","caller":{"type":"direct"},"input":)"});
}

void append_sealed(std::string& out, std::string_view text,
                   const reply_route& route) {
  append_all(out, {R"({"type":"redacted_thinking","data":")",
                   shown_signature(text, route), "\"}"});
}

void append_thought(std::string& out, std::string_view text,
                    std::string_view signature, const reply_route& route) {
  append_all(
      out, {R"({"type":"thinking","thinking":")", text, R"(","signature":")",
            signature.empty() ? "" : shown_signature(signature, route), "\"}"});
}

}  // namespace troupe::http::wire::anthropic_words
