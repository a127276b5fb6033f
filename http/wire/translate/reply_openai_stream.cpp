// Writing the chunks of a chat completion.

#include "http/wire/translate/escaped_text.hpp"
#include "http/wire/translate/openai_words.hpp"

namespace troupe::http::wire {

using namespace openai_words;

namespace {

class openai_writer final : public stream_writer {
public:
  using stream_writer::stream_writer;

  bool write(const reply_event& event, reply_outline& outline,
             const token_usage&, std::string& out) override {
    if (opening_.empty())
      opening_ = "data: " + opening("chat.completion.chunk", outline, route_);
    for (std::size_t i = 0; i < event.deltas.size(); ++i) {
      const auto& d = event.deltas[i];
      const bool has_steps = d.kind == delta_kind::text
                             && i + 1 < event.deltas.size()
                             && event.deltas[i + 1].kind == delta_kind::logprobs
                             && event.deltas[i + 1].choice == d.choice;
      // Tokens go with the text they are of.
      if (has_steps)
        write_text(d, out, steps_of(event, event.deltas[++i]));
      else if (!write_delta(d, event, outline, out))
        return false;
    }
    return true;
  }

  bool finish(reply_outline& outline, const token_usage& usage,
              std::string& out) override {
    give_missing_arguments(out);
    for (std::uint32_t i = 0; i < outline.choices.size(); ++i) {
      const auto& choice = outline.choices[i];
      if (!choice.begun)
        continue;
      if (!choice.explanation.empty() && !choice.refused) {
        begin(i, out);
        append_all(out, {R"("refusal":")", choice.explanation, "\""});
        end(out);
      }
      begin(i, out);
      if (out.back() == ',')  // Behind the role.
        out.pop_back();
      append_all(out, {R"(},"logprobs":null,"finish_reason":")",
                       finish_name(choice.reason())});
      out += route_.to.usage_chunk ? "\"}],\"usage\":null}\n\n" : "\"}]}\n\n";
    }
    if (route_.to.usage_chunk && usage.reported) {
      append_all(out, {opening_, R"(],"usage":)"});
      append_usage(out, usage);
      out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
    return true;
  }

private:
  bool write_delta(const reply_delta& d, const reply_event& event,
                   reply_outline& outline, std::string& out);
  bool write_call(const reply_delta& d, reply_outline& outline,
                  std::string& out);
  void give_missing_arguments(std::string& out);
  void write_thought(const reply_delta& d, std::string& out);
  void write_text(const reply_delta& d, std::string& out,
                  const std::vector<kept_step>& steps = {});
  void write_tokens(std::uint32_t choice, const std::vector<kept_step>& steps,
                    std::string& out) {
    reply_delta nothing;
    nothing.choice = choice;
    write_text(nothing, out, steps);
  }

  /// A chunk up to the members of its delta.
  void begin(std::uint32_t choice, std::string& out) {
    if (choice >= roles_told_.size())
      roles_told_.resize(choice + 1u);
    out += opening_;
    out += R"({"index":)";
    append_number(out, choice);
    out += R"(,"delta":{)";
    if (!roles_told_[choice]) {
      roles_told_[choice] = true;
      out += R"("role":"assistant",)";
    }
  }

  void end(std::string& out, const std::vector<kept_step>& steps = {}) {
    out += R"(},"logprobs":)";
    append_logprobs(out, steps);
    out += R"(,"finish_reason":null}])";
    out += route_.to.usage_chunk ? ",\"usage\":null}\n\n" : "}\n\n";
  }

  void write_member(std::uint32_t choice, std::string_view name,
                    std::string_view text, std::string& out) {
    begin(choice, out);
    append_all(out, {"\"", name, "\":\"", text, "\""});
    end(out);
  }

  std::string opening_;
  std::vector<bool> roles_told_;
  call_ledger calls_;
};

bool openai_writer::write_delta(const reply_delta& d, const reply_event& event,
                                reply_outline& outline, std::string& out) {
  switch (d.kind) {
  case delta_kind::text:
    write_text(d, out);
    return true;
  case delta_kind::refusal:
    write_member(d.choice, "refusal", d.text, out);
    return true;
  case delta_kind::thinking:
  case delta_kind::redacted:
    write_thought(d, out);
    return true;
  case delta_kind::media:
    if (d.name.starts_with("image/")) {
      begin(d.choice, out);
      out += R"("images":[)";
      append_image(out, d.name, d.text);
      out += ']';
      end(out);
    }
    return true;
  case delta_kind::call:
  case delta_kind::arguments:
    return write_call(d, outline, out);
  case delta_kind::logprobs:
    write_tokens(d.choice, steps_of(event, d), out);
    return true;
  case delta_kind::finish:
    break;
  }
  return true;
}

void openai_writer::write_text(const reply_delta& d, std::string& out,
                               const std::vector<kept_step>& steps) {
  if (!d.signature.empty()) {
    reply_delta thought;
    thought.kind = delta_kind::thinking;
    thought.choice = d.choice;
    thought.signature = d.signature;
    write_thought(thought, out);
  }
  if (d.text.empty() && steps.empty())
    return;
  begin(d.choice, out);
  append_all(out, {R"("content":")", d.text, "\""});
  end(out, steps);
}

void openai_writer::write_thought(const reply_delta& d, std::string& out) {
  begin(d.choice, out);
  if (d.kind == delta_kind::thinking && !d.text.empty())
    append_all(out, {R"("reasoning_content":")", d.text, "\","});
  out += R"("thinking_blocks":[)";
  if (d.kind == delta_kind::redacted)
    append_sealed(out, d.text, route_);
  else
    append_thought(out, d.text, d.signature, route_);
  out += ']';
  end(out);
}

/// Clients parse the arguments; those of a call without any are an object too.
void openai_writer::give_missing_arguments(std::string& out) {
  for (const auto& call : calls_.all()) {
    if (call.over)  // Some were told.
      continue;
    begin(call.choice, out);
    out += R"("tool_calls":[{"index":)";
    append_number(out, call.ordinal);
    out += R"(,"function":{"arguments":"{}"}}])";
    end(out);
  }
}

bool openai_writer::write_call(const reply_delta& d, reply_outline& outline,
                               std::string& out) {
  call_ledger::taken taken{calls_.find(d.choice, d.slot), false};
  if (d.kind == delta_kind::call)
    taken = calls_.take(d, outline);
  // Arguments of no call belong to a tool of the provider's own.
  if (taken.call == nullptr)
    return d.kind == delta_kind::arguments;
  if (!taken.is_new && d.text.empty())
    return true;
  taken.call->over = taken.call->over || !d.text.empty();
  begin(d.choice, out);
  out += R"("tool_calls":[{"index":)";
  append_number(out, taken.call->ordinal);
  if (taken.is_new) {
    out += ',';
    append_call(out, call_id(d.id, route_, d.choice, taken.call->ordinal),
                d.name, d.signature, d.text, route_);
    out += ']';
  } else {
    append_all(out, {R"(,"function":{"arguments":")", d.text, "\"}}]"});
  }
  end(out);
  return true;
}

}  // namespace

std::unique_ptr<stream_writer> make_openai_writer(reply_route route) {
  return std::make_unique<openai_writer>(std::move(route));
}

}  // namespace troupe::http::wire
