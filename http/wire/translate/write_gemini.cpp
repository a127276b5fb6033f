// Writing a request for Gemini's generateContent.

#include "http/wire/translate/media.hpp"
#include "http/wire/translate/thinking.hpp"

#include <algorithm>

namespace troupe::http::wire::dialogue {

namespace {

/// What Google documents for calls that its model did not make itself: its
/// newer models refuse a call without a signature.
constexpr std::string_view foreign_call = "skip_thought_signature_validator";

tree media_part(const media& file) {
  if (!file.url.empty())
    return {{"fileData", {{"mimeType", file.mime}, {"fileUri", file.url}}}};
  return {{"inlineData", {{"mimeType", file.mime}, {"data", file.bytes}}}};
}

/// The texts of a result: one as it is, several as a list.
tree output_of(const part& result) {
  std::vector<std::string> texts;
  for (const auto& one : result.content)
    if (one.kind == part_kind::text)
      texts.push_back(one.text);
  if (texts.size() == 1)
    return texts.front();
  return texts.empty() ? tree("") : tree(texts);
}

/// Newer models take media inside of the result; for the others it follows
/// the turn's results.
tree result_part(const part& result, bool with_media) {
  tree inner{{"id", result.id}, {"name", result.name}};
  auto response = tree::object();
  response[result.failed ? "error" : "output"] = output_of(result);
  inner["response"] = std::move(response);
  for (const auto& one : result.content)
    if (with_media && one.kind == part_kind::media)
      inner["parts"].push_back(media_part(one.file));
  auto out = tree::object();
  out["functionResponse"] = std::move(inner);
  return out;
}

tree call_part(const part& call) {
  tree inner{{"id", call.id}, {"name", call.name}};
  inner["args"] = call.arguments;
  auto out = tree::object();
  out["functionCall"] = std::move(inner);
  return out;
}

tree part_of(const part& one, bool newer) {
  auto out = tree::object();
  switch (one.kind) {
  case part_kind::thinking:
    out["text"] = one.text;
    out["thought"] = true;
    break;
  case part_kind::call:
    out = call_part(one);
    break;
  case part_kind::result:
    out = result_part(one, newer);
    break;
  case part_kind::media:
    out = media_part(one.file);
    break;
  case part_kind::redacted:  // No signature of Gemini's is on one.
  case part_kind::text:
    out["text"] = one.text;
    break;
  }
  if (one.signature && !one.signature->text.empty())
    out["thoughtSignature"] = one.signature->text;
  return out;
}

void add_result_media(const turn& from, tree& parts) {
  for (const auto& result : from.parts)
    for (const auto& one : result.content)
      if (one.kind == part_kind::media)
        parts.push_back(media_part(one.file));
}

tree content_of(const turn& from, bool newer) {
  auto parts = tree::array();
  bool signed_calls = !newer;
  bool media_told = newer;
  for (const auto& one : from.parts) {
    if (one.kind != part_kind::result && !media_told) {
      add_result_media(from, parts);
      media_told = true;
    }
    auto made = part_of(one, newer);
    // Of parallel calls only the first is signed.
    if (one.kind == part_kind::call && !signed_calls) {
      if (!made.contains("thoughtSignature"))
        made["thoughtSignature"] = foreign_call;
      signed_calls = true;
    }
    parts.push_back(std::move(made));
  }
  if (!media_told)
    add_result_media(from, parts);
  return {{"role", from.role == role::user ? "user" : "model"},
          {"parts", std::move(parts)}};
}

void write_system(const conversation& said, tree& body) {
  auto parts = tree::array();
  for (const auto& one : said.system)
    parts.push_back({{"text", one.text}});
  if (!parts.empty())
    body["systemInstruction"]["parts"] = std::move(parts);
}

std::string_view mode_of(const tool_use& tools) {
  switch (tools.choice) {
  case choice::none:
    return "NONE";
  case choice::required:
    return "ANY";
  case choice::unset:
  case choice::automatic:
    break;
  }
  // Names may only be given with a mode that holds the model to them.
  return tools.allowed.empty() ? "AUTO" : "VALIDATED";
}

void write_tools(const tool_use& tools, tree& body, findings& found) {
  if (tools.functions.empty())
    return;
  auto list = tree::array();
  for (const auto& one : tools.functions) {
    tree made{{"name", one.name}};
    if (!one.description.empty())
      made["description"] = one.description;
    if (!one.schema.is_null())
      made["parametersJsonSchema"] = one.schema;
    if (one.strict.value_or(false))
      found.drop("strict");
    list.push_back(std::move(made));
  }
  auto holder = tree::object();
  holder["functionDeclarations"] = std::move(list);
  body["tools"].push_back(std::move(holder));
  if (!tools.parallel)
    found.drop(found.client == config::protocol::anthropic
                   ? "disable_parallel_tool_use"
                   : "parallel_tool_calls");
  if (tools.choice == choice::unset)
    return;
  auto& calling = body["toolConfig"]["functionCallingConfig"];
  calling["mode"] = mode_of(tools);
  if (!tools.allowed.empty() && tools.choice != choice::none)
    calling["allowedFunctionNames"] = tools.allowed;
}

tree sampling_of(const sampling& wish) {
  auto config = tree::object();
  if (wish.output_tokens_max)
    config["maxOutputTokens"] = *wish.output_tokens_max;
  if (wish.temperature)
    config["temperature"] = *wish.temperature;
  if (wish.top_p)
    config["topP"] = *wish.top_p;
  if (wish.top_k)
    config["topK"] = *wish.top_k;
  if (wish.presence_penalty)
    config["presencePenalty"] = *wish.presence_penalty;
  if (wish.frequency_penalty)
    config["frequencyPenalty"] = *wish.frequency_penalty;
  if (wish.seed)
    config["seed"] = *wish.seed;
  if (wish.answers > 1)
    config["candidateCount"] = wish.answers;
  if (!wish.stops.empty())
    config["stopSequences"] = wish.stops;
  if (wish.logprobs)
    config["responseLogprobs"] = true;
  if (wish.logprobs && wish.top_logprobs)
    config["logprobs"] = *wish.top_logprobs;
  return config;
}

}  // namespace

tree write_gemini(const conversation& said, const target& to, findings& found) {
  auto body = tree::object();
  const bool newer = takes_level(to.model);
  write_system(said, body);
  body["contents"] = tree::array();
  for (const auto& turn : said.turns)
    body["contents"].push_back(content_of(turn, newer));
  write_tools(said.tools, body, found);
  auto config = sampling_of(said.sampling);
  write_gemini_thinking(said, to, config);
  if (said.output.form != form::text)
    config["responseMimeType"] = "application/json";
  if (said.output.form == form::json_schema)
    config["responseJsonSchema"] = said.output.schema;
  if (!config.empty())
    body["generationConfig"] = std::move(config);
  for (const auto& turn : said.turns)
    for (const auto& one : turn.parts)
      if (!one.file.name.empty())
        found.drop(found.client == config::protocol::anthropic ? "title"
                                                               : "filename");
  if (!said.user.empty())
    found.drop(found.client == config::protocol::anthropic ? "metadata"
                                                           : "user");
  return body;
}

}  // namespace troupe::http::wire::dialogue
