#include "http/wire/stream_event.hpp"

#include "http/wire/usage.hpp"

namespace troupe::http::wire {

namespace {

using json::value;

/// Walks an element of `choices` or `candidates` for its finish reason.
bool read_choice(value& v, std::string_view reason, event_facts& facts) {
  return json::each_member(v, 2, [&](std::string_view key, value& part) {
    if (key == reason && json::kind_of(part) == '"')
      facts.finish = true;
    return json::sound(part, 3);
  });
}

bool read_error(value& v, event_facts& facts) {
  facts.error = facts.error || json::kind_of(v) != 'n';
  return json::sound(v, 1);
}

bool read_chunk(json::object& root, event_facts& facts, token_usage& usage) {
  bool has_choices = false;
  bool has_usage = false;
  std::size_t choices = 0;
  const bool sound =
      json::each_member(root, [&](std::string_view key, value& v) {
        if (key == "choices") {
          has_choices = true;
          return json::each_element(v, 1, [&](value& choice) {
            ++choices;
            return read_choice(choice, "finish_reason", facts);
          });
        }
        if (key == "usage") {
          has_usage = json::kind_of(v) == '{';
          return read_openai_usage(v, 1, usage);
        }
        return key == "error" ? read_error(v, facts) : json::sound(v, 1);
      });
  facts.usage_only = has_choices && choices == 0 && has_usage;
  return sound;
}

bool read_response_event(std::string_view type, json::object& root,
                         event_facts& facts, token_usage& usage) {
  const bool sound =
      json::each_member(root, [&](std::string_view key, value& v) {
        if (key == "type") {
          if (const auto own = json::raw_string_of(v); !own.empty())
            type = own;
        } else if (key == "sequence_number") {
          facts.sequence_number = json::count_of(v).value_or(0);
        } else if (key == "error") {
          return read_error(v, facts);
        } else if (key == "response") {
          return json::each_member(v, 1, [&](std::string_view k, value& part) {
            return k == "usage" ? read_openai_usage(part, 2, usage)
                                : json::sound(part, 2);
          });
        }
        return json::sound(v, 1);
      });
  const bool failed = type == "response.failed";
  facts.terminal =
      failed || type == "response.completed" || type == "response.incomplete";
  facts.finish = facts.terminal && !failed;
  facts.error = facts.error || failed || type == "error";
  return sound;
}

bool read_message_event(std::string_view type, json::object& root,
                        event_facts& facts, token_usage& usage) {
  const bool sound =
      json::each_member(root, [&](std::string_view key, value& v) {
        if (key == "type") {
          if (const auto own = json::raw_string_of(v); !own.empty())
            type = own;
        } else if (key == "usage") {
          return read_anthropic_usage(v, 1, usage);
        } else if (key == "error") {
          return read_error(v, facts);
        } else if (key == "message") {
          return json::each_member(v, 1, [&](std::string_view k, value& part) {
            return k == "usage" ? read_anthropic_usage(part, 2, usage)
                                : json::sound(part, 2);
          });
        } else if (key == "delta") {
          return read_choice(v, "stop_reason", facts);
        }
        return json::sound(v, 1);
      });
  facts.terminal = type == "message_stop";
  facts.ping = type == "ping";
  facts.error = facts.error || type == "error";
  return sound;
}

bool read_content_event(json::object& root, event_facts& facts,
                        token_usage& usage) {
  return json::each_member(root, [&](std::string_view key, value& v) {
    if (key == "candidates")
      return json::each_element(v, 1, [&](value& candidate) {
        return read_choice(candidate, "finishReason", facts);
      });
    if (key == "usageMetadata")
      return read_gemini_usage(v, 1, usage);
    // A refused prompt has no candidates; its stream is over nevertheless.
    if (key == "promptFeedback")
      return read_choice(v, "blockReason", facts);
    return key == "error" ? read_error(v, facts) : json::sound(v, 1);
  });
}

}  // namespace

event_kind event_kind_of(endpoint e) noexcept {
  switch (row_of(e).protocol) {
  case config::protocol::anthropic:
    return event_kind::anthropic;
  case config::protocol::gemini:
    return event_kind::gemini;
  case config::protocol::openai:
    break;
  }
  return e == endpoint::responses ? event_kind::openai_response
                                  : event_kind::openai_chunk;
}

event_facts read_event(event_kind kind, std::string_view type,
                       json::document& doc, token_usage& usage) {
  event_facts facts;
  // Counts of an event that turns out to be broken must not stay.
  auto counted = usage;
  auto root = doc.root();
  if (!root)
    return facts;
  switch (kind) {
  case event_kind::openai_chunk:
    facts.sound = read_chunk(*root, facts, counted);
    break;
  case event_kind::openai_response:
    facts.sound = read_response_event(type, *root, facts, counted);
    break;
  case event_kind::anthropic:
    facts.sound = read_message_event(type, *root, facts, counted);
    break;
  case event_kind::gemini:
    facts.sound = read_content_event(*root, facts, counted);
    break;
  }
  facts.sound = facts.sound && doc.at_end();
  if (facts.sound)
    usage = counted;
  return facts;
}

}  // namespace troupe::http::wire
