// Reading Gemini's answers; a chunk of a stream is built as a whole one is.

#include "http/wire/translate/reply_reader.hpp"
#include "http/wire/usage.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire {

namespace {

using json::value;

// Depths: candidates 1, a candidate 2, content 3, parts 4, a part 5.
constexpr std::size_t depth_of_candidate = 2;
constexpr std::size_t depth_of_parts = 4;
constexpr std::size_t depth_of_part = 5;

/// All reasons but these two, known and to come, say that the answer is not
/// what it should have been.
stop_reason reason_of(std::string_view name) {
  if (name.empty() || name == "FINISH_REASON_UNSPECIFIED")
    return stop_reason::none;
  if (name == "STOP")
    return stop_reason::end;
  return name == "MAX_TOKENS" ? stop_reason::length : stop_reason::filter;
}

bool read_call(value& v, reply_event& event, reply_delta& call) {
  call.kind = delta_kind::call;
  call.whole = true;
  call.text = "{}";
  return json::each_member(
      v, depth_of_part + 1, [&](std::string_view key, value& part) {
        if (key == "id")
          return take_text(part, depth_of_part + 2, call.id);
        if (key == "name")
          return take_text(part, depth_of_part + 2, call.name);
        return key == "args"
                   ? take_object(part, depth_of_part + 2, event, call.text)
                   : json::sound(part, depth_of_part + 2);
      });
}

bool read_media(value& v, reply_delta& media) {
  media.kind = delta_kind::media;
  return json::each_member(
      v, depth_of_part + 1, [&](std::string_view key, value& part) {
        if (key == "mimeType")
          return take_text(part, depth_of_part + 2, media.name);
        return key == "data" ? take_text(part, depth_of_part + 2, media.text)
                             : json::sound(part, depth_of_part + 2);
      });
}

bool read_part(value& v, reply_event& event) {
  reply_delta d;
  bool is_thought = false;
  std::string_view text, signature;
  const bool sound = json::each_member(
      v, depth_of_part, [&](std::string_view key, value& part) {
        if (key == "text")
          return take_text(part, depth_of_part + 1, text);
        if (key == "thoughtSignature")
          return take_text(part, depth_of_part + 1, signature);
        if (key == "functionCall" && json::kind_of(part) == '{')
          return read_call(part, event, d);
        if (key == "inlineData" && json::kind_of(part) == '{')
          return read_media(part, d);
        if (key == "thought")
          is_thought = json::token_of(part) == "true";
        return json::sound(part, depth_of_part + 1);
      });
  if (d.kind == delta_kind::text) {
    d.kind = is_thought ? delta_kind::thinking : delta_kind::text;
    d.text = text;
  }
  d.signature = signature;
  if (!d.text.empty() || !d.signature.empty())
    event.deltas.push_back(d);
  return sound;
}

bool read_content(value& v, reply_event& event) {
  return json::each_member(
      v, depth_of_candidate + 1, [&](std::string_view key, value& part) {
        return key == "parts" ? json::each_element(
                   part, depth_of_parts,
                   [&](value& one) { return read_part(one, event); })
                              : json::sound(part, depth_of_parts);
      });
}

bool read_token(value& v, std::size_t depth, token_probability& into) {
  return json::each_member(v, depth, [&](std::string_view key, value& part) {
    if (key == "token")
      return take_text(part, depth + 1, into.token);
    return key == "logProbability" ? take_number(part, depth + 1, into.logprob)
                                   : json::sound(part, depth + 1);
  });
}

/// Chosen and best tokens stand in two lists of the same length, in any order.
bool read_logprobs(value& v, std::size_t depth, reply_event& event) {
  std::vector<token_step> steps;
  const auto at = [&steps](std::size_t i) -> token_step& {
    if (i >= steps.size())
      steps.resize(i + 1);
    return steps[i];
  };
  const bool sound =
      json::each_member(v, depth, [&](std::string_view key, value& list) {
        std::size_t i = 0;
        if (key == "chosenCandidates")
          return json::each_element(list, depth + 1, [&](value& one) {
            return read_token(one, depth + 2, at(i++).chosen);
          });
        if (key != "topCandidates")
          return json::sound(list, depth + 1);
        return json::each_element(list, depth + 1, [&](value& step) {
          auto& best = at(i++).best;
          return json::each_member(
              step, depth + 2, [&](std::string_view k, value& all) {
                if (k != "candidates")
                  return json::sound(all, depth + 3);
                return json::each_element(all, depth + 3, [&](value& one) {
                  return read_token(one, depth + 4, best.emplace_back());
                });
              });
        });
      });
  if (!steps.empty()) {
    auto& d = event.add(delta_kind::logprobs);
    d.steps_at = event.steps.size();
    d.steps_count = steps.size();
    std::move(steps.begin(), steps.end(), std::back_inserter(event.steps));
  }
  return sound;
}

/// What a client is told of an end that is not an ordinary one.
std::string_view explained(std::string_view message, std::string_view what,
                           std::string_view reason, reply_event& event) {
  if (!message.empty())
    return message;
  return event.keep(std::string{what} + std::string{reason} + ".");
}

bool read_candidate(value& v, reply_event& event) {
  const auto first = event.deltas.size();
  std::uint32_t index = 0;
  std::string_view reason, message;
  constexpr auto depth = depth_of_candidate + 1;
  const bool sound = json::each_member(
      v, depth_of_candidate, [&](std::string_view key, value& part) {
        if (key == "index")
          return take_index(part, depth, index);
        if (key == "content")
          return read_content(part, event);
        if (key == "finishReason")
          return take_text(part, depth, reason);
        if (key == "finishMessage")
          return take_text(part, depth, message);
        if (key == "logprobsResult")
          return read_logprobs(part, depth, event);
        return json::sound(part, depth);
      });
  auto& finish = event.add(delta_kind::finish);
  finish.stop = reason_of(reason);
  if (finish.stop == stop_reason::filter)
    finish.explanation =
        explained(message, "The provider ended the answer: ", reason, event);
  for (auto i = first; i < event.deltas.size(); ++i)
    event.deltas[i].choice = index;
  return sound;
}

/// A refused prompt has no candidates; it becomes one that was filtered.
bool read_feedback(value& v, reply_event& event) {
  std::string_view reason, message;
  const bool sound =
      json::each_member(v, 1, [&](std::string_view key, value& part) {
        if (key == "blockReason")
          return take_text(part, 2, reason);
        return key == "blockReasonMessage" ? take_text(part, 2, message)
                                           : json::sound(part, 2);
      });
  if (reason.empty())
    return sound;
  auto& finish = event.add(delta_kind::finish);
  finish.stop = stop_reason::filter;
  finish.explanation =
      explained(message, "The provider blocked the prompt: ", reason, event);
  return sound;
}

}  // namespace

bool read_gemini_reply(json::object& root, token_usage& usage,
                       reply_event& event) {
  return json::each_member(root, [&](std::string_view key, value& v) {
    if (key == "candidates") {
      event.marked = event.marked || json::kind_of(v) == '[';
      return json::each_element(v, 1, [&](value& candidate) {
        return read_candidate(candidate, event);
      });
    }
    if (key == "usageMetadata") {
      event.marked = event.marked || json::kind_of(v) == '{';
      return read_gemini_usage(v, 1, usage);
    }
    if (key == "promptFeedback") {
      event.marked = event.marked || json::kind_of(v) == '{';
      return read_feedback(v, event);
    }
    if (key == "responseId")
      return take_text(v, 1, event.id);
    if (key == "modelVersion")
      return take_text(v, 1, event.model);
    return key == "error" ? take_error(v, 1, event) : json::sound(v, 1);
  });
}

}  // namespace troupe::http::wire
