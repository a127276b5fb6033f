// Reading one message of OpenAI's chat.

#include "http/wire/translate/dialects.hpp"
#include "http/wire/translate/media.hpp"

namespace troupe::http::wire::dialogue {

namespace {

using config::protocol;

void add_text(std::vector<part>& into, std::string at, std::string text) {
  into.push_back({part_kind::text, std::move(at), std::move(text)});
}

void add_media(std::vector<part>& into, std::string at, media file) {
  into.push_back({part_kind::media, std::move(at), {}, std::move(file)});
}

void read_picture(object_reader& from, std::vector<part>& into) {
  const auto* source = from.need("image_url");
  if (source == nullptr)
    return;
  object_reader picture{*source, from.path_of("image_url"), from.found()};
  const auto url = picture.needed_text("url");
  if (picture.text("detail").value_or("auto") != "auto")
    from.found().drop("detail");
  picture.drop_rest();
  if (auto file = read_data_url(url)) {
    add_media(into, from.at(), std::move(*file));
  } else if (is_web_address(url)) {
    media at_address;
    at_address.mime = mime_of(url, "image/jpeg");
    at_address.url = url;
    add_media(into, from.at(), std::move(at_address));
  } else {
    picture.expected("url", "a base64 data URL or a web address");
  }
}

void read_sound(object_reader& from, std::vector<part>& into) {
  const auto* source = from.need("input_audio");
  if (source == nullptr)
    return;
  object_reader sound{*source, from.path_of("input_audio"), from.found()};
  media file;
  file.bytes = sound.needed_text("data");
  file.mime = mime_of_sound(sound.needed_text("format"));
  sound.drop_rest();
  if (file.mime.empty())
    sound.expected("format", "'wav' or 'mp3'");
  add_media(into, from.at(), std::move(file));
}

void read_file(object_reader& from, std::vector<part>& into) {
  const auto* source = from.need("file");
  if (source == nullptr)
    return;
  object_reader holder{*source, from.path_of("file"), from.found()};
  if (holder.any("file_id") != nullptr)
    return holder.refuse("file_id", "The file is stored with another "
                                    "provider. Send it as 'file_data'.");
  const auto name = holder.text("filename").value_or("");
  const auto bytes = holder.needed_text("file_data");
  holder.drop_rest();
  auto file = read_data_url(bytes);
  if (!file) {  // Bare base64 is taken too.
    file.emplace();
    file->mime = mime_of(name, "");
    file->bytes = bytes;
    if (file->mime.empty() || bytes.starts_with("data:"))
      holder.expected("file_data", "a base64 data URL");
  }
  file->name = name;
  add_media(into, from.at(), std::move(*file));
}

void read_part(const tree& source, const std::string& at,
               std::vector<part>& into, findings& found) {
  object_reader from{source, at, found};
  const auto type = from.needed_text("type");
  if (type == "text" || type == "refusal")
    add_text(into, at, from.needed_text(type));
  else if (type == "image_url")
    read_picture(from, into);
  else if (type == "input_audio")
    read_sound(from, into);
  else if (type == "file")
    read_file(from, into);
  else if (!type.empty())
    from.refuse("type", "There is no equal of a '" + type + "' part.");
  from.drop_rest();
}

/// A string, or parts.
void read_content(object_reader& from, std::vector<part>& into) {
  const auto* content = from.any("content");
  if (content == nullptr)
    return;
  if (content->is_string())
    return add_text(into, from.path_of("content"),
                    std::string{text_in(*content)});
  if (!content->is_array())
    return from.expected("content", "a string or an array of parts");
  each_in(from, "content", [&](const tree& item, const std::string& at) {
    read_part(item, at, into, from.found());
  });
}

void read_thought(const tree& source, const std::string& at, turn& into,
                  findings& found) {
  object_reader from{source, at, found};
  const auto type = from.needed_text("type");
  const bool is_redacted = type == "redacted_thinking";
  part thought{is_redacted ? part_kind::redacted : part_kind::thinking, at, {}};
  const auto shown = from.text(is_redacted ? "data" : "signature").value_or("");
  auto own = read_signature(shown, protocol::openai);
  if (is_redacted)
    thought.text = own.text;
  else
    thought.text = from.text("thinking").value_or("");
  from.drop_rest();
  if (!shown.empty())
    thought.signature = std::move(own);
  into.parts.push_back(std::move(thought));
}

/// What the field's custom is for thinking: blocks as Anthropic's, beside the
/// bare text.
void read_thoughts(object_reader& from, turn& into) {
  const bool has_blocks = from.any("thinking_blocks") != nullptr;
  each_in(from, "thinking_blocks", [&](const tree& item, const auto& at) {
    read_thought(item, at, into, from.found());
  });
  for (const auto* name : {"reasoning_content", "reasoning"})
    if (from.any(name) != nullptr && !has_blocks)
      from.found().drop(name);
}

/// `extra_content.google.thought_signature`, with Google's name or without.
std::optional<signature> read_call_signature(object_reader& from) {
  const auto* extra = from.any("extra_content");
  const auto* google = extra ? member_of(*extra, "google") : nullptr;
  const auto* shown =
      google ? member_of(*google, "thought_signature") : nullptr;
  if (shown == nullptr || text_in(*shown).empty())
    return std::nullopt;
  auto own = read_signature(text_in(*shown), protocol::openai);
  if (own.maker == protocol::openai)
    own.maker = protocol::gemini;
  return own;
}

/// Models make mistakes, and their clients tell them so: text that is no object
/// travels in one.
void read_arguments(object_reader& function, part& call) {
  const auto text = function.needed_text("arguments");
  auto arguments = read_tree(text);
  if (arguments && arguments->is_object())
    call.arguments = std::move(*arguments);
  else if (text.find_first_not_of(" \t\r\n") != std::string::npos)
    call.arguments[std::string{unparsed_arguments}] = text;
}

void read_call(const tree& source, const std::string& at, turn& into,
               findings& found) {
  object_reader from{source, at, found};
  if (from.text("type").value_or("function") != "function")
    return from.refuse("type", "Only calls of functions have an equal.");
  part call{part_kind::call, at, {}};
  call.arguments = tree::object();
  call.id = from.needed_text("id");
  call.signature = read_call_signature(from);
  from.skip({"index"});
  if (const auto* holder = from.need("function")) {
    object_reader function{*holder, from.path_of("function"), found};
    call.name = function.needed_text("name");
    read_arguments(function, call);
    function.drop_rest();
  }
  from.drop_rest();
  into.parts.push_back(std::move(call));
}

void read_assistant(object_reader& from, conversation& into) {
  auto& turn = into.turn_of(role::model);
  for (const auto* name : {"audio", "function_call"})
    if (from.any(name) != nullptr)
      from.refuse(name, "There is no equal of it.");
  read_thoughts(from, turn);
  read_content(from, turn.parts);
  if (auto text = from.text("refusal"))
    add_text(turn.parts, from.path_of("refusal"), std::move(*text));
  each_in(from, "tool_calls", [&](const tree& item, const std::string& at) {
    read_call(item, at, turn, from.found());
  });
}

void read_result(object_reader& from, conversation& into) {
  part result{part_kind::result, from.at(), {}};
  result.id = from.needed_text("tool_call_id");
  if (result.id.empty())
    from.expected("tool_call_id", "the id of a call");
  from.need("content");
  read_content(from, result.content);
  into.turn_of(role::user).parts.push_back(std::move(result));
}

}  // namespace

void read_openai_message(const tree& message, const std::string& at,
                         conversation& into, findings& found) {
  object_reader from{message, at, found};
  const auto who = from.needed_text("role");
  if (who == "assistant") {
    read_assistant(from, into);
  } else if (who == "tool") {
    read_result(from, into);
  } else if (who == "user") {
    from.need("content");
    read_content(from, into.turn_of(role::user).parts);
  } else if (who == "system" || who == "developer") {
    from.need("content");
    read_content(from, into.system);
  } else if (who == "function") {
    from.refuse("role", "Use 'tool' with 'tool_call_id' instead.");
  } else {
    from.expected("role", "'system', 'developer', 'user', 'assistant' or "
                          "'tool'");
  }
  from.drop_rest();
}

}  // namespace troupe::http::wire::dialogue
