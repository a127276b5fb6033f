// Writing the events of a message.
//
// The wire shows one block after the other, and some clients put every delta
// into the block that came last. So only one is open at a time: of calls that
// arrive side by side the first goes out as it comes, the others when those
// before them are whole.

#include "http/wire/translate/anthropic_words.hpp"
#include "http/wire/translate/escaped_text.hpp"

namespace troupe::http::wire {

using namespace anthropic_words;

namespace {

constexpr std::string_view text_block =
    R"({"type":"text","text":"","citations":null})";
constexpr std::string_view thinking_block =
    R"({"type":"thinking","thinking":"","signature":""})";

class anthropic_writer final : public stream_writer {
public:
  using stream_writer::stream_writer;

  bool write(const reply_event& event, reply_outline& outline,
             const token_usage& usage, std::string& out) override {
    start(outline, usage, out);
    for (const auto& d : event.deltas)
      // The wire has one answer; whoever wants more was refused.
      if (d.choice == 0 && !write_delta(d, outline, out))
        return false;
    return true;
  }

  bool finish(reply_outline& outline, const token_usage& usage,
              std::string& out) override {
    start(outline, usage, out);
    end_calls(out);
    close(out);
    out += R"(event: message_delta
data: {"type":"message_delta","delta":{)";
    append_stop(out, outline.choices.empty() ? choice_outline{}
                                             : outline.choices.front());
    out += R"(,"container":null},"usage":)";
    append_usage(out, usage, false);
    out += "}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    return true;
  }

  void keep_alive(std::string& out) const override {
    out += "event: ping\ndata: {\"type\":\"ping\"}\n\n";
  }

  void fail(std::string_view body, std::string& out) const override {
    append_all(out, {"event: error\ndata: ", body, "\n\n"});
  }

private:
  enum class block : std::uint8_t { none, text, thinking, call };

  void start(const reply_outline& outline, const token_usage& usage,
             std::string& out);
  bool write_delta(const reply_delta& d, reply_outline& outline,
                   std::string& out);
  void write_thought(std::string_view text, std::string_view signature,
                     std::string& out);
  bool take_call(const reply_delta& d, reply_outline& outline,
                 std::string& out);
  bool take_arguments(stream_call& call, std::string_view escaped,
                      std::string& out);
  void begin_call(std::string& out);
  void advance(std::string& out);
  void end_calls(std::string& out);

  void open(block kind, std::string_view content, std::string& out) {
    close(out);
    open_ = kind;
    out += R"(event: content_block_start
data: {"type":"content_block_start","index":)";
    append_number(out, index_);
    append_all(out, {R"(,"content_block":)", content, "}\n\n"});
  }

  void close(std::string& out) {
    if (open_ == block::none)
      return;
    open_ = block::none;
    out += R"(event: content_block_stop
data: {"type":"content_block_stop","index":)";
    append_number(out, index_++);
    out += "}\n\n";
  }

  void write_piece(std::string_view type, std::string_view member,
                   std::string_view text, std::string& out) {
    out += R"(event: content_block_delta
data: {"type":"content_block_delta","index":)";
    append_number(out, index_);
    append_all(out, {R"(,"delta":{"type":")", type, R"(",")", member, R"(":")",
                     text, "\"}}\n\n"});
  }

  bool started_ = false;
  block open_ = block::none;
  std::size_t index_ = 0;
  call_ledger calls_;
  std::size_t current_ = 0;   // the first call that is not over
  argument_scanner scanner_;  // of the current call
};

void anthropic_writer::start(const reply_outline& outline,
                             const token_usage& usage, std::string& out) {
  if (started_)
    return;
  started_ = true;
  out += R"(event: message_start
data: {"type":"message_start","message":)";
  append_message_start(out, outline, route_);
  out += R"(],"stop_reason":null,"stop_sequence":null,"stop_details":null,)"
         R"("container":null,"diagnostics":null,"usage":)";
  append_usage(out, usage, true);
  out += "}}\n\n";
}

bool anthropic_writer::write_delta(const reply_delta& d, reply_outline& outline,
                                   std::string& out) {
  switch (d.kind) {
  case delta_kind::text:
  case delta_kind::refusal:
    end_calls(out);
    if (!d.signature.empty()) {
      close(out);  // It seals the text, not an open thought.
      write_thought({}, d.signature, out);
    }
    if (d.text.empty())
      return true;
    if (open_ != block::text)
      open(block::text, text_block, out);
    write_piece("text_delta", "text", d.text, out);
    return true;
  case delta_kind::thinking:
    end_calls(out);
    write_thought(d.text, d.signature, out);
    return true;
  case delta_kind::redacted: {
    end_calls(out);
    std::string sealed;
    append_sealed(sealed, d.text, route_);
    open(block::thinking, sealed, out);
    close(out);
    return true;
  }
  case delta_kind::call:
    return take_call(d, outline, out);
  case delta_kind::arguments: {
    // Arguments of no call belong to a tool of the provider's own.
    auto* const call = calls_.find(0, d.slot);
    return call == nullptr || take_arguments(*call, d.text, out);
  }
  default:
    return true;  // No place for media and log-probabilities.
  }
}

/// A signature ends its block, and begins one if none is open for it.
void anthropic_writer::write_thought(std::string_view text,
                                     std::string_view signature,
                                     std::string& out) {
  if (text.empty() && signature.empty())
    return;
  const bool seals_open = open_ == block::thinking;
  if (!seals_open)
    open(block::thinking, thinking_block, out);
  if (!text.empty())
    write_piece("thinking_delta", "thinking", text, out);
  if (signature.empty())
    return;
  write_piece("signature_delta", "signature",
              shown_signature(signature, route_), out);
  close(out);
}

bool anthropic_writer::take_call(const reply_delta& d, reply_outline& outline,
                                 std::string& out) {
  const auto [call, is_new] = calls_.take(d, outline);
  if (call == nullptr)
    return false;
  if (is_new) {
    call->id = call_id(d.id, route_, 0, call->ordinal);
    call->name = d.name;
    call->signature = d.signature;
    if (current_ + 1 == calls_.all().size())
      begin_call(out);
  }
  return take_arguments(*call, d.text, out);
}

bool anthropic_writer::take_arguments(stream_call& call,
                                      std::string_view escaped,
                                      std::string& out) {
  if (call.over)
    // Blanks behind the end are nothing; anything else came too late.
    return argument_object(escaped) == "{}";
  call.arguments += escaped;
  if (&call == &calls_.all()[current_])
    advance(out);
  return true;
}

/// Opens the block of the current call.
void anthropic_writer::begin_call(std::string& out) {
  const auto& call = calls_.all()[current_];
  if (!call.signature.empty()) {
    close(out);
    write_thought({}, call.signature, out);
  }
  std::string content;
  append_tool_start(content, call.id, call.name);
  content += "{}}";
  open(block::call, content, out);
  scanner_ = {};
}

/// Gives out what the current call has, and the calls behind it as long as
/// those before them are whole and another one waits.
void anthropic_writer::advance(std::string& out) {
  auto& all = calls_.all();
  while (current_ < all.size()) {
    auto& call = all[current_];
    if (open_ != block::call)
      begin_call(out);
    if (!call.arguments.empty()) {
      write_piece("input_json_delta", "partial_json", call.arguments, out);
      scanner_.feed(call.arguments);
      call.arguments.clear();
    }
    if (!call.whole && !scanner_.complete())
      return;
    call.over = true;
    close(out);
    ++current_;
  }
}

/// Something else begins, or the answer ends: all calls are taken for whole.
void anthropic_writer::end_calls(std::string& out) {
  for (auto i = current_; i < calls_.all().size(); ++i)
    calls_.all()[i].whole = true;
  if (current_ < calls_.all().size())
    advance(out);
}

}  // namespace

std::unique_ptr<stream_writer> make_anthropic_writer(reply_route route) {
  return std::make_unique<anthropic_writer>(std::move(route));
}

}  // namespace troupe::http::wire
