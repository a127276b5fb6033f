// Writing whole messages.

#include "http/wire/translate/anthropic_words.hpp"
#include "http/wire/translate/escaped_text.hpp"

namespace troupe::http::wire {

using namespace anthropic_words;

namespace {

/// The input of a whole call. What is no object keeps its text under a name of
/// its own: no tool takes it by mistake, and nothing is lost.
std::string input_of(std::string_view escaped) {
  if (auto object = argument_object(escaped))
    return *object;
  return R"({"_unparsed_arguments":")" + std::string{escaped} + "\"}";
}

class block_writer {
public:
  block_writer(std::string& out, const reply_route& route)
      : out_(out), route_(route) {}

  void write(const reply_part& part) {
    if (part.kind == delta_kind::thinking) {
      append_thought(next(), part.text, part.signature, route_);
      return;
    }
    if (part.kind == delta_kind::redacted) {
      append_sealed(next(), part.text, route_);
      return;
    }
    // The wire signs thoughts only.
    if (!part.signature.empty())
      append_thought(next(), {}, part.signature, route_);
    if (part.kind == delta_kind::call) {
      append_tool_start(next(), call_id(part.id, route_, 0, ordinal_++),
                        part.name);
      append_all(out_, {input_of(part.text), "}"});
    } else if (part.kind == delta_kind::text && !part.text.empty()) {
      append_all(next(), {R"({"type":"text","text":")", part.text,
                          R"(","citations":null})"});
    }
  }

private:
  std::string& next() {
    if (out_.back() != '[')
      out_ += ',';
    return out_;
  }

  std::string& out_;
  const reply_route& route_;
  std::size_t ordinal_ = 0;
};

}  // namespace

std::string write_anthropic_reply(const reply& said, const reply_route& route) {
  std::string out;
  append_message_start(out, said.outline, route);
  choice_outline outline;
  // The wire has one answer; whoever wanted more was refused.
  if (!said.choices.empty()) {
    outline = said.outline.choices.front();
    block_writer blocks{out, route};
    for (const auto& part : without_refusals(said.choices.front().parts))
      blocks.write(part);
  }
  out += "],";
  append_stop(out, outline);
  out += R"(,"container":null,"diagnostics":null,"usage":)";
  append_usage(out, said.usage, true);
  out += '}';
  return out;
}

}  // namespace troupe::http::wire
