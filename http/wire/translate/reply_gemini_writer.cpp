// Writing whole answers of Gemini's.

#include "http/wire/translate/escaped_text.hpp"
#include "http/wire/translate/gemini_words.hpp"

namespace troupe::http::wire {

using namespace gemini_words;

namespace {

/// Whether a call of the choice could not be told.
bool append_parts(std::string& out, const std::vector<reply_part>& parts,
                  std::uint32_t choice, const reply_route& route) {
  bool broken = false;
  std::size_t ordinal = 0;
  for (const auto& part : parts) {
    const auto before = out.size();
    if (out.back() != '[')
      out += ',';
    switch (part.kind) {
    case delta_kind::redacted:
      append_sealed(out, part.text, route);
      break;
    case delta_kind::media:
      append_media(out, part.name, part.text, part.signature, route);
      break;
    case delta_kind::call:
      if (append_call(out, call_id(part.id, route, choice, ordinal++),
                      part.name, part.text, part.signature, route))
        break;
      out.resize(before);
      broken = true;
      break;
    default:
      append_text(out, part.text, part.kind == delta_kind::thinking,
                  part.signature, route);
    }
  }
  return broken;
}

}  // namespace

std::string write_gemini_reply(const reply& said, const reply_route& route) {
  std::string out{R"({"candidates":[)"};
  for (std::uint32_t i = 0; i < said.choices.size(); ++i) {
    const auto& outline = said.outline.choices[i];
    if (!outline.begun)
      continue;
    if (out.back() != '[')
      out += ',';
    out += R"({"content":{"parts":[)";
    const bool broken =
        append_parts(out, without_refusals(said.choices[i].parts), i, route);
    append_index(out, i);
    append_finish(out, outline, broken);
    append_logprobs(out, said.choices[i].steps);
    out += '}';
  }
  out += ']';
  if (said.usage.reported) {
    out += R"(,"usageMetadata":)";
    append_usage(out, said.usage);
  }
  return out + closing(said.outline, route);
}

}  // namespace troupe::http::wire
