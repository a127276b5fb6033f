// Writing a request for Anthropic's Messages.

#include "http/wire/translate/media.hpp"
#include "http/wire/translate/schema.hpp"
#include "http/wire/translate/thinking.hpp"

#include <algorithm>

namespace troupe::http::wire::dialogue {

namespace {

/// Says what OpenAI's json_object and Gemini's bare JSON type say: the wire
/// only knows schemas.
constexpr std::string_view json_please =
    "Answer with one valid JSON object and nothing else.";

/// The least nucleus that the wire takes while the model thinks.
constexpr double thinking_top_p_min = 0.95;

tree text_block(std::string_view text) {
  return {{"type", "text"}, {"text", text}};
}

tree media_block(const media& file) {
  tree source;
  if (file.url.empty())
    source = {
        {"type", "base64"}, {"media_type", file.mime}, {"data", file.bytes}};
  else
    source = {{"type", "url"}, {"url", file.url}};
  const bool is_document = kind_of(file.mime) == media_kind::pdf;
  tree block{{"type", is_document ? "document" : "image"}};
  block["source"] = std::move(source);
  if (is_document && !file.name.empty())
    block["title"] = file.name;
  return block;
}

tree result_block(const part& result) {
  tree block{{"type", "tool_result"}, {"tool_use_id", result.id}};
  const auto& parts = result.content;
  if (parts.size() == 1 && parts.front().kind == part_kind::text) {
    block["content"] = parts.front().text;
  } else if (!parts.empty()) {
    for (const auto& one : parts)
      block["content"].push_back(one.kind == part_kind::media
                                     ? media_block(one.file)
                                     : text_block(one.text));
  }
  if (result.failed)
    block["is_error"] = true;
  return block;
}

tree thinking_block(const part& one) {
  return {{"type", "thinking"},
          {"thinking", one.kind == part_kind::thinking ? one.text : ""},
          {"signature", one.signature->text}};
}

tree block_of(const part& one) {
  switch (one.kind) {
  case part_kind::text:
    return text_block(one.text);
  case part_kind::media:
    return media_block(one.file);
  case part_kind::thinking:
    return thinking_block(one);
  case part_kind::redacted:
    return {{"type", "redacted_thinking"}, {"data", one.signature->text}};
  case part_kind::call:
    return {{"type", "tool_use"},
            {"id", one.id},
            {"name", one.name},
            {"input", one.arguments}};
  case part_kind::result:
    return result_block(one);
  }
  return nullptr;
}

tree content_of(const turn& from) {
  if (from.parts.size() == 1 && from.parts.front().kind == part_kind::text
      && !from.parts.front().signature)
    return from.parts.front().text;
  auto list = tree::array();
  for (const auto& one : from.parts) {
    const bool is_thought =
        one.kind == part_kind::thinking || one.kind == part_kind::redacted;
    // A signature on a text or a call has its place before it.
    if (one.signature && !is_thought)
      list.push_back(thinking_block(one));
    list.push_back(block_of(one));
  }
  return list;
}

void write_system(const conversation& said, tree& body) {
  const bool asks_json = said.output.form == form::json_object;
  if (said.system.size() == 1 && !asks_json)
    body["system"] = said.system.front().text;
  else if (!said.system.empty() || asks_json)
    body["system"] = tree::array();
  if (!body.contains("system") || !body["system"].is_array())
    return;
  for (const auto& one : said.system)
    body["system"].push_back(text_block(one.text));
  if (asks_json)
    body["system"].push_back(text_block(json_please));
}

/// The schema of arguments; the wire wants one, and an object.
tree input_schema(const function& one) {
  auto schema = one.schema.is_object() ? one.schema : tree::object();
  if (!schema.contains("type"))
    schema["type"] = "object";
  if (schema.size() == 1)
    schema["properties"] = tree::object();
  return schema;
}

bool is_allowed(const tool_use& tools, const std::string& name) {
  return tools.allowed.empty()
         || std::ranges::find(tools.allowed, name) != tools.allowed.end();
}

tree choice_of(const tool_use& tools) {
  switch (tools.choice) {
  case choice::none:
    return {{"type", "none"}};
  case choice::required:
    if (tools.allowed.size() == 1)
      return {{"type", "tool"}, {"name", tools.allowed.front()}};
    return {{"type", "any"}};
  case choice::unset:
  case choice::automatic:
    break;
  }
  return {{"type", "auto"}};
}

/// Where only some tools are allowed only these are given: the wire's choice
/// names one or none.
void write_tools(const tool_use& tools, tree& body) {
  if (tools.functions.empty())
    return;
  const bool one_named =
      tools.choice == choice::required && tools.allowed.size() == 1;
  for (const auto& one : tools.functions) {
    if (!one_named && !is_allowed(tools, one.name))
      continue;
    tree tool{{"name", one.name}};
    if (!one.description.empty())
      tool["description"] = one.description;
    tool["input_schema"] = input_schema(one);
    if (one.strict.value_or(false))
      tool["strict"] = true;
    body["tools"].push_back(std::move(tool));
  }
  if (tools.choice == choice::unset && tools.parallel)
    return;
  auto chosen = choice_of(tools);
  if (!tools.parallel && tools.choice != choice::none)
    chosen["disable_parallel_tool_use"] = true;
  body["tool_choice"] = std::move(chosen);
}

void write_sampling(const conversation& said, bool thinks, tree& body,
                    findings& found) {
  const auto& wish = said.sampling;
  const bool is_gemini = said.client == config::protocol::gemini;
  if (!wish.stops.empty())
    body["stop_sequences"] = wish.stops;
  if (wish.temperature && thinks)
    found.drop("temperature");
  else if (wish.temperature)
    body["temperature"] = std::min(*wish.temperature, 1.0);
  if (wish.top_p
      && (thinks ? *wish.top_p < thinking_top_p_min
                 : wish.temperature.has_value()))
    found.drop(is_gemini ? "topP" : "top_p");
  else if (wish.top_p)
    body["top_p"] = *wish.top_p;
  if (wish.top_k && thinks)
    found.drop(is_gemini ? "topK" : "top_k");
  else if (wish.top_k)
    body["top_k"] = *wish.top_k;
  if (wish.seed)
    found.drop("seed");
  if (wish.presence_penalty)
    found.drop(is_gemini ? "presencePenalty" : "presence_penalty");
  if (wish.frequency_penalty)
    found.drop(is_gemini ? "frequencyPenalty" : "frequency_penalty");
}

}  // namespace

tree write_anthropic(const conversation& said, const target& to,
                     findings& found) {
  tree body{{"model", to.model}};
  const bool thinks = write_anthropic_thinking(said, to, body, found);
  write_system(said, body);
  body["messages"] = tree::array();
  for (const auto& turn : said.turns)
    body["messages"].push_back(
        {{"role", turn.role == role::user ? "user" : "assistant"},
         {"content", content_of(turn)}});
  write_tools(said.tools, body);
  if (said.output.form == form::json_schema)
    body["output_config"]["format"] = tree{
        {"type", "json_schema"}, {"schema", closed_schema(said.output.schema)}};
  write_sampling(said, thinks, body, found);
  if (!said.user.empty())
    body["metadata"] = tree{{"user_id", said.user}};
  if (to.streams)
    body["stream"] = true;
  return body;
}

}  // namespace troupe::http::wire::dialogue
