// Reading chat completions: whole ones, and the chunks of a stream.

#include "http/wire/translate/reply_reader.hpp"
#include "http/wire/usage.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire {

namespace {

using json::value;

// Depths: choices 1, a choice 2, its delta 3, tool_calls 4, a call 5.
constexpr std::size_t depth_of_choices = 1;
constexpr std::size_t depth_of_delta = 3;
constexpr std::size_t depth_of_items = 4;
constexpr std::size_t depth_of_item = 5;

constexpr std::array reasons{
    reason_row{"stop", stop_reason::end},
    reason_row{"length", stop_reason::length},
    reason_row{"tool_calls", stop_reason::tool_calls},
    reason_row{"function_call", stop_reason::tool_calls},
    reason_row{"content_filter", stop_reason::filter},
};

/// Where a thought or a text stands in the order of telling, whatever order the
/// JSON has.
bool is_told_before(const reply_delta& a, const reply_delta& b) {
  const auto rank = [](delta_kind kind) {
    return kind == delta_kind::redacted ? delta_kind::thinking : kind;
  };
  return rank(a.kind) < rank(b.kind);
}

bool read_function(value& v, reply_event& event, bool whole,
                   reply_delta& call) {
  return json::each_member(
      v, depth_of_item + 1, [&](std::string_view key, value& part) {
        if (key == "name")
          return take_text(part, depth_of_item + 2, call.name);
        if (key != "arguments")
          return json::sound(part, depth_of_item + 2);
        // Some providers send the arguments as the object they are.
        if (whole && json::kind_of(part) == '{')
          return take_object(part, depth_of_item + 2, event, call.text);
        return take_text(part, depth_of_item + 2, call.text);
      });
}

/// `{"google":{"thought_signature":"..."}}`
bool read_extra(value& v, reply_delta& call) {
  return json::each_member(
      v, depth_of_item + 1, [&](std::string_view key, value& part) {
        if (key != "google")
          return json::sound(part, depth_of_item + 2);
        return json::each_member(
            part, depth_of_item + 2, [&](std::string_view k, value& inner) {
              return k == "thought_signature"
                         ? take_text(inner, depth_of_item + 3, call.signature)
                         : json::sound(inner, depth_of_item + 3);
            });
      });
}

bool read_calls(value& v, extent e, reply_event& event) {
  std::uint32_t position = 0;
  const bool whole = e == extent::body;
  return json::each_element(v, depth_of_items, [&](value& item) {
    reply_delta call;
    call.kind = delta_kind::call;
    call.whole = whole;
    call.slot = position++;
    const bool sound = json::each_member(
        item, depth_of_item, [&](std::string_view key, value& part) {
          if (key == "index")
            return take_index(part, depth_of_item + 1, call.slot);
          if (key == "id")
            return take_text(part, depth_of_item + 1, call.id);
          if (key == "function")
            return read_function(part, event, whole, call);
          if (key == "extra_content")
            return read_extra(part, call);
          return json::sound(part, depth_of_item + 1);
        });
    if (!whole && call.id.empty() && call.name.empty())
      call.kind = delta_kind::arguments;
    event.deltas.push_back(call);
    return sound;
  });
}

bool read_thought(value& v, reply_event& event) {
  std::string_view type, thinking, signature, sealed;
  const bool sound = json::each_member(
      v, depth_of_item, [&](std::string_view key, value& part) {
        if (key == "type")
          return take_text(part, depth_of_item + 1, type);
        if (key == "thinking")
          return take_text(part, depth_of_item + 1, thinking);
        if (key == "signature")
          return take_text(part, depth_of_item + 1, signature);
        if (key == "data")
          return take_text(part, depth_of_item + 1, sealed);
        return json::sound(part, depth_of_item + 1);
      });
  if (type == "redacted_thinking")
    event.add(delta_kind::redacted, sealed);
  else if (!thinking.empty() || !signature.empty())
    event.add(delta_kind::thinking, thinking).signature = signature;
  return sound;
}

/// A string; or, of some providers, an array of parts.
bool read_content(value& v, reply_event& event) {
  std::string_view text;
  if (json::kind_of(v) != '[') {
    const bool sound = take_text(v, depth_of_items, text);
    if (!text.empty())
      event.add(delta_kind::text, text);
    return sound;
  }
  return json::each_element(v, depth_of_items, [&](value& part) {
    text = {};
    const bool sound = json::each_member(
        part, depth_of_item, [&](std::string_view key, value& inner) {
          return key == "text" ? take_text(inner, depth_of_item + 1, text)
                               : json::sound(inner, depth_of_item + 1);
        });
    if (!text.empty())
      event.add(delta_kind::text, text);
    return sound;
  });
}

/// A message, or a delta of one.
bool read_message(value& v, extent e, reply_event& event) {
  std::string_view reasoning, refusal;
  const auto first = event.deltas.size();
  const bool sound = json::each_member(
      v, depth_of_delta, [&](std::string_view key, value& part) {
        if (key == "content")
          return read_content(part, event);
        if (key == "refusal")
          return take_text(part, depth_of_items, refusal);
        if (key == "tool_calls")
          return read_calls(part, e, event);
        if (key == "reasoning_content" || key == "reasoning")
          return take_text(part, depth_of_items, reasoning);
        if (key == "thinking_blocks")
          return json::each_element(part, depth_of_items, [&](value& block) {
            return read_thought(block, event);
          });
        return json::sound(part, depth_of_items);
      });
  // Blocks say the same as the plain text beside them, and more.
  const bool in_blocks = std::any_of(
      event.deltas.begin() + static_cast<std::ptrdiff_t>(first),
      event.deltas.end(), [](const reply_delta& d) {
        return d.kind == delta_kind::thinking || d.kind == delta_kind::redacted;
      });
  if (!reasoning.empty() && !in_blocks)
    event.add(delta_kind::thinking, reasoning);
  if (!refusal.empty())
    event.add(delta_kind::refusal, refusal);
  return sound;
}

bool read_token(value& v, std::size_t depth, token_probability& into,
                std::vector<token_probability>* best) {
  return json::each_member(v, depth, [&](std::string_view key, value& part) {
    if (key == "token")
      return take_text(part, depth + 1, into.token);
    if (key == "logprob")
      return take_number(part, depth + 1, into.logprob);
    if (key != "top_logprobs" || best == nullptr)
      return json::sound(part, depth + 1);
    return json::each_element(part, depth + 1, [&](value& one) {
      return read_token(one, depth + 2, best->emplace_back(), nullptr);
    });
  });
}

bool read_logprobs(value& v, reply_event& event) {
  const auto first = event.steps.size();
  const bool sound = json::each_member(
      v, depth_of_delta, [&](std::string_view key, value& part) {
        if (key != "content" && key != "refusal")
          return json::sound(part, depth_of_items);
        return json::each_element(part, depth_of_items, [&](value& one) {
          auto& step = event.steps.emplace_back();
          return read_token(one, depth_of_item, step.chosen, &step.best);
        });
      });
  if (event.steps.size() > first) {
    auto& d = event.add(delta_kind::logprobs);
    d.steps_at = first;
    d.steps_count = event.steps.size() - first;
  }
  return sound;
}

bool read_choice(value& v, extent e, reply_event& event) {
  const auto first = event.deltas.size();
  std::uint32_t index = 0;
  std::string_view reason;
  const bool sound =
      json::each_member(v, 2, [&](std::string_view key, value& part) {
        if (key == "index")
          return take_index(part, 3, index);
        if (key == (e == extent::body ? "message" : "delta"))
          return read_message(part, e, event);
        if (key == "finish_reason")
          return take_text(part, 3, reason);
        if (key == "logprobs")
          return read_logprobs(part, event);
        return json::sound(part, 3);
      });
  // Also a choice that says nothing yet has begun.
  event.add(delta_kind::finish).stop = reason_of(reason, reasons);
  const auto begin = event.deltas.begin() + static_cast<std::ptrdiff_t>(first);
  if (!std::is_sorted(begin, event.deltas.end(), is_told_before))
    std::stable_sort(begin, event.deltas.end(), is_told_before);
  std::for_each(begin, event.deltas.end(),
                [index](reply_delta& d) { d.choice = index; });
  return sound;
}

}  // namespace

bool read_openai_reply(json::object& root, extent e, token_usage& usage,
                       reply_event& event) {
  return json::each_member(root, [&](std::string_view key, value& v) {
    if (key == "choices") {
      event.marked = json::kind_of(v) == '[';
      return json::each_element(v, depth_of_choices, [&](value& choice) {
        return read_choice(choice, e, event);
      });
    }
    if (key == "id")
      return take_text(v, 1, event.id);
    if (key == "model")
      return take_text(v, 1, event.model);
    if (key == "created") {
      event.created = json::count_of(v).value_or(0);
      return json::sound(v, 1);
    }
    if (key == "usage")
      return read_openai_usage(v, 1, usage);
    return key == "error" ? take_error(v, 1, event) : json::sound(v, 1);
  });
}

}  // namespace troupe::http::wire
