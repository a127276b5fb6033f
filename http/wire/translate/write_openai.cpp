// Writing a request for OpenAI's chat.

#include "http/wire/translate/media.hpp"
#include "http/wire/translate/schema.hpp"
#include "http/wire/translate/thinking.hpp"

#include <algorithm>

namespace troupe::http::wire::dialogue {

namespace {

using config::protocol;

/// Longest name of a user that OpenAI takes, in characters.
constexpr std::size_t user_size_max = 64;

tree text_part(const part& one) {
  return {{"type", "text"}, {"text", one.text}};
}

tree media_part(const media& file) {
  const auto kind = kind_of(file.mime);
  if (kind == media_kind::sound)
    return {{"type", "input_audio"},
            {"input_audio",
             {{"data", file.bytes}, {"format", sound_format(file.mime)}}}};
  if (kind == media_kind::pdf)
    return {{"type", "file"},
            {"file",
             {{"filename", file.name.empty() ? "document.pdf" : file.name},
              {"file_data", data_url(file)}}}};
  return {
      {"type", "image_url"},
      {"image_url", {{"url", file.url.empty() ? data_url(file) : file.url}}}};
}

/// One text as a string, which every server of this wire takes; else parts.
tree content_of(const std::vector<const part*>& parts) {
  if (parts.size() == 1 && parts.front()->kind == part_kind::text)
    return parts.front()->text;
  auto list = tree::array();
  for (const auto* one : parts)
    list.push_back(one->kind == part_kind::media ? media_part(one->file)
                                                 : text_part(*one));
  return list;
}

std::vector<const part*> of_kind(const std::vector<part>& parts,
                                 std::initializer_list<part_kind> kinds) {
  std::vector<const part*> found;
  for (const auto& one : parts)
    if (std::ranges::find(kinds, one.kind) != kinds.end())
      found.push_back(&one);
  return found;
}

/// Results first, each a message; then what the user said. A tool message has
/// no place for media, so they follow in the user's.
void write_user(const turn& from, tree& messages, findings& found) {
  std::vector<const part*> rest;
  for (const auto* result : of_kind(from.parts, {part_kind::result})) {
    const auto texts = of_kind(result->content, {part_kind::text});
    messages.push_back(
        {{"role", "tool"},
         {"tool_call_id", result->id},
         {"content", texts.empty() ? tree("") : content_of(texts)}});
    if (result->failed)
      found.drop("is_error");
    std::ranges::copy(of_kind(result->content, {part_kind::media}),
                      std::back_inserter(rest));
  }
  std::ranges::copy(of_kind(from.parts, {part_kind::text, part_kind::media}),
                    std::back_inserter(rest));
  if (!rest.empty())
    messages.push_back({{"role", "user"}, {"content", content_of(rest)}});
}

/// Thinking of another gateway's model, as that showed it.
void write_thoughts(const turn& from, tree& message) {
  std::string words;
  auto blocks = tree::array();
  for (const auto& one : from.parts) {
    if (one.kind == part_kind::thinking)
      words += one.text;
    if (one.kind == part_kind::thinking && !one.signature->text.empty())
      blocks.push_back({{"type", "thinking"},
                        {"thinking", one.text},
                        {"signature", one.signature->text}});
    if (one.kind == part_kind::redacted)
      blocks.push_back(
          {{"type", "redacted_thinking"}, {"data", one.signature->text}});
  }
  if (!words.empty())
    message["reasoning_content"] = words;
  if (!blocks.empty())
    message["thinking_blocks"] = std::move(blocks);
}

/// Text that was no JSON object leaves as it came.
std::string arguments_of(const part& call) {
  const auto* text = member_of(call.arguments, unparsed_arguments);
  return text != nullptr && call.arguments.size() == 1 && text->is_string()
             ? std::string{text_in(*text)}
             : print_tree(call.arguments);
}

void write_model(const turn& from, tree& messages) {
  const auto texts = of_kind(from.parts, {part_kind::text});
  tree message{{"role", "assistant"}};
  message["content"] = texts.empty() ? tree(nullptr) : content_of(texts);
  write_thoughts(from, message);
  for (const auto* call : of_kind(from.parts, {part_kind::call}))
    message["tool_calls"].push_back(
        {{"id", call->id},
         {"type", "function"},
         {"function",
          {{"name", call->name}, {"arguments", arguments_of(*call)}}}});
  messages.push_back(std::move(message));
}

tree messages_of(const conversation& said, findings& found) {
  auto messages = tree::array();
  if (!said.system.empty())
    messages.push_back(
        {{"role", "system"},
         {"content", content_of(of_kind(said.system, {part_kind::text}))}});
  for (const auto& turn : said.turns)
    if (turn.role == role::user)
      write_user(turn, messages, found);
    else
      write_model(turn, messages);
  return messages;
}

tree tool_of(const function& one) {
  tree inner{{"name", one.name}};
  if (!one.description.empty())
    inner["description"] = one.description;
  if (!one.schema.is_null())
    inner["parameters"] = one.schema;
  if (one.strict)
    inner["strict"] = *one.strict && is_strict(one.schema);
  return {{"type", "function"}, {"function", std::move(inner)}};
}

tree named(const std::string& name) {
  return {{"type", "function"}, {"function", {{"name", name}}}};
}

tree choice_of(const tool_use& tools) {
  const bool must = tools.choice == choice::required;
  if (tools.choice == choice::none)
    return "none";
  if (tools.allowed.empty())
    return must ? "required" : "auto";
  if (must && tools.allowed.size() == 1)
    return named(tools.allowed.front());
  auto list = tree::array();
  for (const auto& name : tools.allowed)
    list.push_back(named(name));
  return {{"type", "allowed_tools"},
          {"allowed_tools",
           {{"mode", must ? "required" : "auto"}, {"tools", std::move(list)}}}};
}

void write_tools(const tool_use& tools, tree& body) {
  if (tools.functions.empty())
    return;
  for (const auto& one : tools.functions)
    body["tools"].push_back(tool_of(one));
  if (tools.choice != choice::unset)
    body["tool_choice"] = choice_of(tools);
  if (!tools.parallel)
    body["parallel_tool_calls"] = false;
}

void write_form(const output_form& wish, tree& body) {
  if (wish.form == form::json_object)
    body["response_format"] = tree{{"type", "json_object"}};
  if (wish.form != form::json_schema)
    return;
  tree inner{{"name", wish.name.empty() ? "answer" : wish.name}};
  if (!wish.description.empty())
    inner["description"] = wish.description;
  inner["schema"] = wish.schema;
  // The other wires hold the model to its schema; strict mode does so here.
  if (wish.strict.value_or(true) && is_strict(wish.schema))
    inner["strict"] = true;
  body["response_format"] =
      tree{{"type", "json_schema"}, {"json_schema", std::move(inner)}};
}

void write_sampling(const sampling& wish, std::string_view model, tree& body,
                    findings& found) {
  if (wish.output_tokens_max)
    body[takes_completion_limit(model) ? "max_completion_tokens"
                                       : "max_tokens"] =
        *wish.output_tokens_max;
  if (wish.temperature)
    body["temperature"] = *wish.temperature;
  if (wish.top_p)
    body["top_p"] = *wish.top_p;
  if (wish.top_k)
    found.drop(found.client == protocol::gemini ? "topK" : "top_k");
  if (wish.presence_penalty)
    body["presence_penalty"] = *wish.presence_penalty;
  if (wish.frequency_penalty)
    body["frequency_penalty"] = *wish.frequency_penalty;
  if (wish.seed)
    body["seed"] = *wish.seed;
  if (wish.answers > 1)
    body["n"] = wish.answers;
  if (!wish.stops.empty())
    body["stop"] = wish.stops;
  if (wish.logprobs)
    body["logprobs"] = true;
  if (wish.logprobs && wish.top_logprobs)
    body["top_logprobs"] = *wish.top_logprobs;
}

}  // namespace

tree write_openai(const conversation& said, const target& to, findings& found) {
  tree body{{"model", to.model}};
  body["messages"] = messages_of(said, found);
  write_tools(said.tools, body);
  write_form(said.output, body);
  write_sampling(said.sampling, to.model, body, found);
  write_openai_thinking(said, to, body, found);
  if (said.user.size() <= user_size_max && !said.user.empty())
    body["user"] = said.user;
  else if (!said.user.empty())
    found.drop("user_id");
  if (to.streams) {
    body["stream"] = true;
    // Its usage is what a stream costs.
    body["stream_options"] = tree{{"include_usage", true}};
  }
  return body;
}

}  // namespace troupe::http::wire::dialogue
