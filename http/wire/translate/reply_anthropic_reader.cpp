// Reading messages: whole ones, and the events of a stream.

#include "http/wire/translate/reply_reader.hpp"
#include "http/wire/usage.hpp"

#include <array>

namespace troupe::http::wire {

namespace {

using json::value;

constexpr std::array reasons{
    reason_row{"end_turn", stop_reason::end},
    reason_row{"stop_sequence", stop_reason::stop_sequence},
    reason_row{"max_tokens", stop_reason::length},
    reason_row{"model_context_window_exceeded", stop_reason::window},
    reason_row{"tool_use", stop_reason::tool_calls},
    reason_row{"refusal", stop_reason::filter},
    reason_row{"pause_turn", stop_reason::pause},
};

/// A content block, or a delta of one, or a message's end: the fields that any
/// of them may have.
struct fields {
  std::string_view type, text, thinking, signature, sealed, id, name;
  std::string_view input;         // of a tool, whole
  std::string_view partial_json;  // of a tool, a piece
  std::string_view stop_reason, stop_sequence, explanation;
};

bool read_stop_details(value& v, std::size_t depth, fields& f) {
  return json::each_member(v, depth, [&](std::string_view key, value& part) {
    return key == "explanation" ? take_text(part, depth + 1, f.explanation)
                                : json::sound(part, depth + 1);
  });
}

bool read_field(std::string_view key, value& v, std::size_t depth,
                reply_event& event, fields& f) {
  struct row {
    std::string_view key;
    std::string_view fields::*into;
  };
  static constexpr std::array texts{
      row{"type", &fields::type},
      row{"text", &fields::text},
      row{"thinking", &fields::thinking},
      row{"signature", &fields::signature},
      row{"data", &fields::sealed},
      row{"id", &fields::id},
      row{"name", &fields::name},
      row{"partial_json", &fields::partial_json},
      row{"stop_reason", &fields::stop_reason},
      row{"stop_sequence", &fields::stop_sequence},
  };
  for (const auto& each : texts)
    if (each.key == key)
      return take_text(v, depth, f.*each.into);
  if (key == "input")
    return take_object(v, depth, event, f.input);
  if (key == "stop_details")
    return read_stop_details(v, depth, f);
  return json::sound(v, depth);
}

bool read_fields(value& v, std::size_t depth, reply_event& event, fields& f) {
  return json::each_member(v, depth, [&](std::string_view key, value& part) {
    return read_field(key, part, depth + 1, event, f);
  });
}

/// `whole` is false for a block whose deltas are still to come.
void add_block(const fields& f, std::uint32_t index, bool whole,
               reply_event& event) {
  if (f.type == "text") {
    if (!f.text.empty())
      event.add(delta_kind::text, f.text);
  } else if (f.type == "thinking") {
    if (!f.thinking.empty() || !f.signature.empty())
      event.add(delta_kind::thinking, f.thinking).signature = f.signature;
  } else if (f.type == "redacted_thinking") {
    event.add(delta_kind::redacted, f.sealed);
  } else if (f.type == "tool_use") {
    auto& call = event.add(delta_kind::call);
    call.slot = index;
    call.id = f.id;
    call.name = f.name;
    call.whole = whole;
    // A stream begins a call with an empty object that is not its arguments.
    if (whole || f.input != "{}")
      call.text = f.input;
  }
}

void add_delta(const fields& f, std::uint32_t index, reply_event& event) {
  if (!f.text.empty())
    event.add(delta_kind::text, f.text);
  if (!f.thinking.empty() || !f.signature.empty())
    event.add(delta_kind::thinking, f.thinking).signature = f.signature;
  if (!f.partial_json.empty())
    event.add(delta_kind::arguments, f.partial_json).slot = index;
}

void add_finish(const fields& f, reply_event& event) {
  auto& finish = event.add(delta_kind::finish);
  finish.stop = reason_of(f.stop_reason, reasons);
  finish.stop_sequence = f.stop_sequence;
  finish.explanation = f.explanation;
}

bool read_content(value& v, std::size_t depth, reply_event& event) {
  std::uint32_t index = 0;
  return json::each_element(v, depth, [&](value& block) {
    fields f;
    const bool sound = read_fields(block, depth + 1, event, f);
    add_block(f, index++, true, event);
    return sound;
  });
}

/// A member of a message, whole or as it starts.
bool read_message_member(std::string_view key, value& v, std::size_t depth,
                         token_usage& usage, reply_event& event, fields& f) {
  if (key == "id")
    return take_text(v, depth, event.id);
  if (key == "model")
    return take_text(v, depth, event.model);
  if (key == "usage")
    return read_anthropic_usage(v, depth, usage);
  if (key == "error")
    return take_error(v, depth, event);
  if (key == "content") {
    event.marked = json::kind_of(v) == '[';
    return read_content(v, depth, event);
  }
  return read_field(key, v, depth, event, f);
}

bool read_body(json::object& root, token_usage& usage, reply_event& event) {
  fields f;
  const bool sound =
      json::each_member(root, [&](std::string_view key, value& v) {
        return read_message_member(key, v, 1, usage, event, f);
      });
  event.error = event.error || f.type == "error";
  add_finish(f, event);
  return sound;
}

}  // namespace

bool read_anthropic_reply(json::object& root, std::string_view type, extent e,
                          token_usage& usage, reply_event& event) {
  if (e == extent::body)
    return read_body(root, usage, event);
  fields block, delta, message;
  std::uint32_t index = 0;
  const bool sound =
      json::each_member(root, [&](std::string_view key, value& v) {
        if (key == "type") {
          if (const auto own = json::raw_string_of(v); !own.empty())
            type = own;
          return json::sound(v, 1);
        }
        if (key == "index")
          return take_index(v, 1, index);
        if (key == "delta")
          return read_fields(v, 1, event, delta);
        if (key == "content_block")
          return read_fields(v, 1, event, block);
        if (key == "usage")
          return read_anthropic_usage(v, 1, usage);
        if (key == "error")
          return take_error(v, 1, event);
        if (key != "message")
          return json::sound(v, 1);
        return json::each_member(v, 1, [&](std::string_view k, value& part) {
          return read_message_member(k, part, 2, usage, event, message);
        });
      });
  event.ping = type == "ping";
  event.terminal = type == "message_stop";
  event.error = event.error || type == "error";
  if (type == "content_block_start")
    add_block(block, index, false, event);
  else if (type == "content_block_delta")
    add_delta(delta, index, event);
  else if (type == "message_delta")
    add_finish(delta, event);
  return sound;
}

}  // namespace troupe::http::wire
