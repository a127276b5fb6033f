#include "http/wire/translate/gemini_words.hpp"

#include "http/wire/translate/escaped_text.hpp"

namespace troupe::http::wire::gemini_words {

namespace {

std::string_view finish_name(const choice_outline& choice, bool broken_call) {
  switch (choice.reason()) {
  case stop_reason::length:
  case stop_reason::window:
    return "MAX_TOKENS";
  case stop_reason::filter:
    return "SAFETY";
  case stop_reason::other:
    return "OTHER";
  default:
    return broken_call ? "MALFORMED_FUNCTION_CALL" : "STOP";
  }
}

void append_signature(std::string& out, std::string_view signature,
                      const reply_route& route) {
  if (!signature.empty())
    append_all(out, {R"(,"thoughtSignature":")",
                     shown_signature(signature, route), "\""});
}

void append_token(std::string& out, const kept_probability& p) {
  append_all(out, {R"({"token":")", p.token, R"(","logProbability":)",
                   p.logprob.empty() ? "0" : p.logprob, "}"});
}

}  // namespace

void append_usage(std::string& out, const token_usage& u) {
  out += R"({"promptTokenCount":)";
  append_number(out, u.total() - u.out_text - u.out_reasoning);
  out += R"(,"candidatesTokenCount":)";
  append_number(out, u.out_text);
  if (u.out_reasoning > 0) {
    out += R"(,"thoughtsTokenCount":)";
    append_number(out, u.out_reasoning);
  }
  if (u.in_cache_read > 0) {
    out += R"(,"cachedContentTokenCount":)";
    append_number(out, u.in_cache_read);
  }
  out += R"(,"totalTokenCount":)";
  append_number(out, u.total());
  out += '}';
}

void append_text(std::string& out, std::string_view text, bool is_thought,
                 std::string_view signature, const reply_route& route) {
  append_all(out, {R"({"text":")", text, "\""});
  if (is_thought)
    out += R"(,"thought":true)";
  append_signature(out, signature, route);
  out += '}';
}

void append_sealed(std::string& out, std::string_view text,
                   const reply_route& route) {
  append_text(out, {}, true, "redacted:" + std::string{text}, route);
}

void append_media(std::string& out, std::string_view type,
                  std::string_view base64, std::string_view signature,
                  const reply_route& route) {
  append_all(out, {R"({"inlineData":{"mimeType":")", type, R"(","data":")",
                   base64, "\"}"});
  append_signature(out, signature, route);
  out += '}';
}

bool append_call(std::string& out, std::string_view id, std::string_view name,
                 std::string_view arguments, std::string_view signature,
                 const reply_route& route) {
  const auto object = argument_object(arguments);
  if (!object)
    return false;
  append_all(out, {R"({"functionCall":{"id":")", id, R"(","name":")", name,
                   R"(","args":)", *object, "}"});
  append_signature(out, signature, route);
  out += '}';
  return true;
}

void append_logprobs(std::string& out, const std::vector<kept_step>& steps) {
  if (steps.empty())
    return;
  const auto next = [&out] {
    if (out.back() != '[')
      out += ',';
  };
  out += R"(,"logprobsResult":{"chosenCandidates":[)";
  for (const auto& step : steps) {
    next();
    append_token(out, step.chosen);
  }
  out += R"(],"topCandidates":[)";
  for (const auto& step : steps) {
    next();
    out += R"({"candidates":[)";
    for (const auto& best : step.best) {
      next();
      append_token(out, best);
    }
    out += "]}";
  }
  out += "]}";
}

void append_index(std::string& out, std::uint32_t index) {
  out += R"(],"role":"model"},"index":)";
  append_number(out, index);
}

void append_finish(std::string& out, const choice_outline& choice,
                   bool broken_call) {
  append_all(out,
             {R"(,"finishReason":")", finish_name(choice, broken_call), "\""});
  if (!choice.explanation.empty())
    append_all(out, {R"(,"finishMessage":")", choice.explanation, "\""});
}

std::string closing(const reply_outline& outline, const reply_route& route) {
  std::string out;
  append_all(out, {R"(,"modelVersion":")", reply_model(outline, route),
                   R"(","responseId":")", reply_id(outline, "", route), "\"}"});
  return out;
}

}  // namespace troupe::http::wire::gemini_words
