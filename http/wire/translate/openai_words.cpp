#include "http/wire/translate/openai_words.hpp"

#include "http/wire/json.hpp"
#include "http/wire/translate/escaped_text.hpp"

namespace troupe::http::wire::openai_words {

namespace {

void append_probability(std::string& out, const kept_probability& p) {
  append_all(out, {R"("token":")", p.token, R"(","logprob":)",
                   p.logprob.empty() ? "0" : p.logprob, R"(,"bytes":)"});
  const auto bytes = json::unescaped(p.token);
  if (!bytes) {
    out += "null";
    return;
  }
  out += '[';
  for (const unsigned char byte : *bytes) {
    if (out.back() != '[')
      out += ',';
    append_number(out, byte);
  }
  out += ']';
}

}  // namespace

std::string_view finish_name(stop_reason reason) {
  switch (reason) {
  case stop_reason::length:
  case stop_reason::window:
    return "length";
  case stop_reason::tool_calls:
    return "tool_calls";
  case stop_reason::filter:
    return "content_filter";
  default:
    return "stop";
  }
}

void append_usage(std::string& out, const token_usage& u) {
  const auto written = u.in_cache_write_5m + u.in_cache_write_1h;
  out += R"({"prompt_tokens":)";
  append_number(out, u.in_uncached + u.in_cache_read + written);
  out += R"(,"completion_tokens":)";
  append_number(out, u.out_text + u.out_reasoning);
  out += R"(,"total_tokens":)";
  append_number(out, u.total());
  out += R"(,"prompt_tokens_details":{"cached_tokens":)";
  append_number(out, u.in_cache_read);
  out += R"(,"cache_write_tokens":)";
  append_number(out, written);
  out += R"(},"completion_tokens_details":{"reasoning_tokens":)";
  append_number(out, u.out_reasoning);
  out += "}}";
}

void append_logprobs(std::string& out, const std::vector<kept_step>& steps) {
  if (steps.empty()) {
    out += "null";
    return;
  }
  out += R"({"content":[)";
  for (const auto& step : steps) {
    out += out.back() == '[' ? "{" : ",{";
    append_probability(out, step.chosen);
    out += R"(,"top_logprobs":[)";
    for (const auto& best : step.best) {
      out += out.back() == '[' ? "{" : ",{";
      append_probability(out, best);
      out += '}';
    }
    out += "]}";
  }
  out += R"(],"refusal":null})";
}

void append_thought(std::string& out, std::string_view text,
                    std::string_view signature, const reply_route& route) {
  append_all(
      out, {R"({"type":"thinking","thinking":")", text, R"(","signature":")",
            signature.empty() ? "" : shown_signature(signature, route), "\"}"});
}

void append_sealed(std::string& out, std::string_view text,
                   const reply_route& route) {
  append_all(out, {R"({"type":"redacted_thinking","data":")",
                   shown_signature(text, route), "\"}"});
}

void append_image(std::string& out, std::string_view type,
                  std::string_view base64) {
  append_all(out, {R"({"type":"image_url","image_url":{"url":"data:)", type,
                   ";base64,", base64, R"("}})"});
}

void append_call(std::string& out, std::string_view id, std::string_view name,
                 std::string_view signature, std::string_view arguments,
                 const reply_route& route) {
  append_all(out, {R"("id":")", id, R"(","type":"function",)"});
  if (!signature.empty())
    append_all(out, {R"("extra_content":{"google":{"thought_signature":")",
                     shown_signature(signature, route), R"("}},)"});
  append_all(out, {R"("function":{"name":")", name, R"(","arguments":")",
                   arguments, R"("}})"});
}

std::string opening(std::string_view object, const reply_outline& outline,
                    const reply_route& route) {
  std::string out;
  append_all(out, {R"({"id":")", reply_id(outline, "chatcmpl-", route),
                   R"(","object":")", object, R"(","created":)"});
  append_number(out, outline.created == 0 ? route.to.created : outline.created);
  append_all(
      out, {R"(,"model":")", reply_model(outline, route), R"(","choices":[)"});
  return out;
}

}  // namespace troupe::http::wire::openai_words
