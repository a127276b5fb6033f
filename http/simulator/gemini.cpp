// Writing Gemini's answers: whole, as events, and as a JSON array that grows.

#include "http/simulator/dice.hpp"
#include "http/simulator/embedding.hpp"
#include "http/simulator/wires.hpp"

#include <algorithm>

namespace troupe::simulator {

namespace {

json finish_reason(ending end) {
  switch (end) {
  case ending::length:
    return "MAX_TOKENS";
  case ending::filtered:
    return "SAFETY";
  case ending::done:
  case ending::stop:
  case ending::tools:
    break;
  }
  return "STOP";
}

/// Usage after `spoken` tokens of the answer.
json usage_of(const usage& used, std::size_t spoken) {
  json all{{"promptTokenCount", used.input},
           {"candidatesTokenCount", spoken},
           {"totalTokenCount", used.input + used.thoughts + spoken},
           {"promptTokensDetails",
            json::array({{{"modality", "TEXT"}, {"tokenCount", used.input}}})}};
  if (used.cache_read > 0)
    all["cachedContentTokenCount"] = used.cache_read;
  if (used.thoughts > 0)
    all["thoughtsTokenCount"] = used.thoughts;
  return all;
}

std::size_t spoken_of(const usage& used) {
  return used.output - used.thoughts;
}

json text_part(std::string_view text) {
  return {{"text", text}};
}

std::string signature_of(const composition& with) {
  return base64_of(id_text(mix(3, with.id), 48));
}

json call_part(const composition& with, const tool_call& call) {
  json part{{"functionCall",
             {{"id", call.id},
              {"name", call.name},
              {"args", read_json(call.arguments).value_or(json::object())}}}};
  if (with.asked.thinks)
    part["thoughtSignature"] = signature_of(with);
  return part;
}

json thought_part(const answer& said) {
  return {{"text", said.thoughts}, {"thought", true}};
}

json candidate(std::size_t i, json parts) {
  return {{"index", i},
          {"content", {{"role", "model"}, {"parts", std::move(parts)}}}};
}

json response_of(const composition& with, json candidates, json used) {
  return {{"candidates", std::move(candidates)},
          {"usageMetadata", std::move(used)},
          {"modelVersion", with.asked.model},
          {"responseId", id_text(with.id, 22)}};
}

/// A prompt that is refused has no candidates at all.
json blocked(const composition& with) {
  return {{"promptFeedback", {{"blockReason", "PROHIBITED_CONTENT"}}},
          {"usageMetadata",
           {{"promptTokenCount", with.used.input},
            {"totalTokenCount", with.used.input}}},
          {"modelVersion", with.asked.model},
          {"responseId", id_text(with.id, 22)}};
}

json whole_answer(const composition& with) {
  if (with.answers.front().end == ending::filtered)
    return blocked(with);
  auto candidates = json::array();
  for (std::size_t i = 0; i < with.answers.size(); ++i) {
    const auto& said = with.answers[i];
    auto parts = json::array();
    if (with.asked.shows_thoughts && !said.thoughts.empty())
      parts.push_back(thought_part(said));
    if (!said.text.empty())
      parts.push_back(text_part(said.text));
    for (const auto& call : said.calls)
      parts.push_back(call_part(with, call));
    candidates.push_back(candidate(i, std::move(parts)));
    candidates.back()["finishReason"] = finish_reason(said.end);
  }
  return response_of(with, std::move(candidates),
                     usage_of(with.used, spoken_of(with.used)));
}

/// The chunks of one stream, as events or as members of an array.
class chunk_writer {
public:
  chunk_writer(const composition& with, script& to)
      : with_(with), writer_(to, with.at) {}

  void write() {
    if (with_.answers.front().end == ending::filtered) {
      end(blocked(with_));
      return;
    }
    for (std::size_t i = 0; i < with_.answers.size(); ++i)
      write_candidate(i, with_.answers[i], i + 1 == with_.answers.size());
  }

private:
  void write_candidate(std::size_t i, const answer& said, bool is_last) {
    if (with_.asked.shows_thoughts && !said.thoughts.empty())
      send(chunk(i, thought_part(said)));
    std::string_view rest = said.text;
    auto last = text_part("");
    while (!rest.empty()) {
      const auto piece = take_tokens(rest, with_.at.piece_tokens);
      spoken_ += tokens_of(piece.size());
      // The last piece comes with the finish reason.
      if (rest.empty())
        last = text_part(piece);
      else
        send(chunk(i, text_part(piece)));
    }
    for (std::size_t n = 0; n < said.calls.size(); ++n) {
      if (n + 1 == said.calls.size())
        last = call_part(with_, said.calls[n]);
      else
        send(chunk(i, call_part(with_, said.calls[n])));
    }
    if (is_last)
      spoken_ = spoken_of(with_.used);
    auto one = chunk(i, std::move(last));
    one["candidates"][0]["finishReason"] = finish_reason(said.end);
    if (is_last)
      end(one);
    else
      send(one);
  }

  json chunk(std::size_t i, json part) const {
    auto parts = json::array();
    parts.push_back(std::move(part));
    auto candidates = json::array();
    candidates.push_back(candidate(i, std::move(parts)));
    return response_of(with_, std::move(candidates),
                       usage_of(with_.used, spoken_));
  }

  std::string framed(const json& one) {
    const auto text = write_json(one);
    if (!with_.as_array)
      return "data: " + text + "\r\n\r\n";
    const bool is_first = !started_;
    started_ = true;
    return (is_first ? "[" : "\n,\r\n") + text;
  }

  void send(const json& one) { writer_.piece(framed(one)); }

  void end(const json& one) {
    auto text = framed(one);
    if (with_.as_array)
      text += "\n]";
    writer_.last(text);
  }

  const composition& with_;
  stream_writer writer_;
  std::size_t spoken_ = 0;
  bool started_ = false;
};

json values_of(const json& request) {
  std::string text;
  for (const auto& part : request["content"]["parts"])
    text += text_at(part, "text");
  const auto size = request.find("outputDimensionality");
  const bool is_sized = size != request.end() && size->is_number_unsigned();
  return {{"values", embed(text, is_sized ? size->get<std::size_t>()
                                          : dimensions_usual * 2)}};
}

}  // namespace

void write_gemini(const composition& with, script& to) {
  if (!with.asked.stream)
    return write_whole(with, whole_answer(with), to);
  if (with.as_array)
    to.headers.add("content-type", "application/json; charset=UTF-8");
  else
    to.headers.add("content-type", "text/event-stream");
  chunk_writer{with, to}.write();
}

void write_gemini_count(const composition& with, script& to) {
  write_whole(with,
              {{"totalTokens", with.used.input},
               {"promptTokensDetails",
                json::array({{{"modality", "TEXT"},
                              {"tokenCount", with.used.input}}})}},
              to);
}

void write_gemini_embedding(const composition& with, script& to) {
  write_whole(with, {{"embedding", values_of(with.body)}}, to);
}

void write_gemini_batch(const composition& with, script& to) {
  auto all = json::array();
  for (const auto& request : with.body["requests"])
    all.push_back(values_of(request));
  write_whole(with, {{"embeddings", std::move(all)}}, to);
}

}  // namespace troupe::simulator
