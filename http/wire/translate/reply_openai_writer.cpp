// Writing whole chat completions.

#include "http/wire/translate/escaped_text.hpp"
#include "http/wire/translate/openai_words.hpp"

namespace troupe::http::wire {

using namespace openai_words;

namespace {

struct thought {
  std::string text;
  std::string signature;
  bool sealed_away = false;  // Only its provider can read it.
};

/// The parts of a message, each kind where the wire wants it.
struct message_texts {
  std::string content, refusal, reasoning, images, calls;
  std::vector<thought> thoughts;
};

/// As a client puts the deltas of a stream together: a thought goes on until
/// its signature comes.
void add_thought(std::vector<thought>& all, std::string_view text,
                 std::string_view signature) {
  if (all.empty() || !all.back().signature.empty() || all.back().sealed_away)
    all.emplace_back();
  all.back().text += text;
  all.back().signature = signature;
}

void collect(message_texts& m, const reply_part& part, std::uint32_t choice,
             std::size_t& ordinal, const reply_route& route) {
  const auto next = [](std::string& list) -> std::string& {
    return list.empty() ? list : list += ',';
  };
  switch (part.kind) {
  case delta_kind::thinking:
    m.reasoning += part.text;
    add_thought(m.thoughts, part.text, part.signature);
    break;
  case delta_kind::redacted:
    m.thoughts.push_back({part.text, {}, true});
    break;
  case delta_kind::text:
    if (!part.signature.empty())
      add_thought(m.thoughts, {}, part.signature);
    m.content += part.text;
    break;
  case delta_kind::refusal:
    m.refusal += part.text;
    break;
  case delta_kind::media:
    if (part.name.starts_with("image/"))
      append_image(next(m.images), part.name, part.text);
    break;
  case delta_kind::call:
    next(m.calls) += '{';
    append_call(m.calls, call_id(part.id, route, choice, ordinal++), part.name,
                part.signature, part.text.empty() ? "{}" : part.text, route);
    break;
  default:
    break;
  }
}

void append_thoughts(std::string& out, const std::vector<thought>& all,
                     const reply_route& route) {
  if (all.empty())
    return;
  out += R"(,"thinking_blocks":[)";
  for (const auto& one : all) {
    if (&one != &all.front())
      out += ',';
    if (one.sealed_away)
      append_sealed(out, one.text, route);
    else
      append_thought(out, one.text, one.signature, route);
  }
  out += ']';
}

void append_quoted_or_null(std::string& out, bool there,
                           std::string_view escaped) {
  if (there)
    append_all(out, {"\"", escaped, "\""});
  else
    out += "null";
}

void append_message(std::string& out, const reply_choice& choice,
                    const choice_outline& outline, std::uint32_t index,
                    const reply_route& route) {
  message_texts m;
  std::size_t ordinal = 0;
  for (const auto& part : choice.parts)
    collect(m, part, index, ordinal, route);
  if (m.refusal.empty())
    m.refusal = outline.explanation;
  out += R"({"role":"assistant","content":)";
  append_quoted_or_null(out, !m.content.empty(), m.content);
  out += R"(,"refusal":)";
  append_quoted_or_null(out, !m.refusal.empty(), m.refusal);
  if (!m.reasoning.empty())
    append_all(out, {R"(,"reasoning_content":")", m.reasoning, "\""});
  append_thoughts(out, m.thoughts, route);
  if (!m.images.empty())
    append_all(out, {R"(,"images":[)", m.images, "]"});
  if (!m.calls.empty())
    append_all(out, {R"(,"tool_calls":[)", m.calls, "]"});
  out += '}';
}

}  // namespace

std::string write_openai_reply(const reply& said, const reply_route& route) {
  auto out = opening("chat.completion", said.outline, route);
  for (std::uint32_t i = 0; i < said.choices.size(); ++i) {
    const auto& outline = said.outline.choices[i];
    if (!outline.begun)
      continue;
    out += out.back() == '[' ? R"({"index":)" : R"(,{"index":)";
    append_number(out, i);
    out += R"(,"message":)";
    append_message(out, said.choices[i], outline, i, route);
    out += R"(,"logprobs":)";
    append_logprobs(out, said.choices[i].steps);
    append_all(out,
               {R"(,"finish_reason":")", finish_name(outline.reason()), "\"}"});
  }
  out += ']';
  if (said.usage.reported) {
    out += R"(,"usage":)";
    append_usage(out, said.usage);
  }
  out += '}';
  return out;
}

}  // namespace troupe::http::wire
