// Reading the contents of Gemini's requests.

#include "http/wire/translate/dialects.hpp"
#include "http/wire/translate/media.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::wire::dialogue {

namespace {

using config::protocol;

/// Addresses only Google's own models can read from.
constexpr std::array<std::string_view, 4> own_addresses{
    "https://generativelanguage.googleapis.com/", "https://www.youtube.com/",
    "https://youtu.be/", "gs://"};

bool is_own_address(std::string_view url) {
  return std::ranges::any_of(own_addresses, [url](std::string_view prefix) {
    return url.starts_with(prefix);
  });
}

std::optional<media> read_media(object_reader& from) {
  media file;
  if (const auto* bytes = from.object("inlineData")) {
    object_reader inner{*bytes, from.path_of("inlineData"), from.found()};
    file.mime = inner.needed_text("mimeType");
    file.bytes = inner.needed_text("data");
    file.name = inner.text("displayName").value_or("");
    inner.drop_rest();
    return file;
  }
  if (const auto* stored = from.object("fileData")) {
    object_reader inner{*stored, from.path_of("fileData"), from.found()};
    file.url = inner.needed_text("fileUri");
    file.mime = inner.text("mimeType").value_or(mime_of(file.url, ""));
    file.name = inner.text("displayName").value_or("");
    inner.drop_rest();
    if (is_own_address(file.url))
      inner.refuse("fileUri", "Only Google's models can read it. Send its "
                              "bytes.");
    else if (!is_web_address(file.url))
      inner.expected("fileUri", "a web address");
    return file;
  }
  return std::nullopt;
}

part read_call(object_reader& from, const tree& source) {
  part call{part_kind::call, from.at(), {}};
  object_reader inner{source, from.path_of("functionCall"), from.found()};
  call.name = inner.needed_text("name");
  call.id = inner.text("id").value_or("");
  const auto* arguments = inner.object("args");
  call.arguments = arguments == nullptr ? tree::object() : *arguments;
  inner.drop_rest();
  return call;
}

void add_text(part& result, std::string text) {
  result.content.push_back({part_kind::text, result.at, std::move(text)});
}

/// A value as texts: strings as they are, anything else as JSON.
void add_output(part& result, const tree& value) {
  const bool is_list = value.is_array() && !value.empty()
                       && std::ranges::all_of(
                           value, [](const tree& v) { return v.is_string(); });
  if (is_list)
    for (const auto& one : value)
      add_text(result, std::string{text_in(one)});
  else
    add_text(result, value.is_string() ? std::string{text_in(value)}
                                       : print_tree(value));
}

/// Google's convention: `output` and `error` alone are the function's word;
/// without them all of it is.
void read_response(part& result, const tree& response) {
  const auto* error = member_of(response, "error");
  const auto* output = member_of(response, "output");
  result.failed = error != nullptr && output == nullptr;
  if (response.size() == 1 && (error != nullptr || output != nullptr))
    add_output(result, error != nullptr ? *error : *output);
  else
    add_text(result, print_tree(response));
}

part read_result(object_reader& from, const tree& source) {
  part result{part_kind::result, from.at(), {}};
  object_reader inner{source, from.path_of("functionResponse"), from.found()};
  result.name = inner.needed_text("name");
  result.id = inner.text("id").value_or("");
  if (inner.flag("willContinue").value_or(false))
    inner.refuse("willContinue", "It has no equal.");
  if (const auto* response = inner.object("response"))
    read_response(result, *response);
  each_in(inner, "parts", [&](const tree& item, const std::string& at) {
    object_reader piece{item, at, from.found()};
    if (auto file = read_media(piece))
      result.content.push_back({part_kind::media, at, {}, std::move(*file)});
    piece.drop_rest();
  });
  inner.skip({"scheduling"});
  inner.drop_rest();
  return result;
}

/// Thinking, or the redacted kind that only a prefix tells apart.
part read_thought(object_reader& from, std::optional<signature> own) {
  const auto text = from.text("text").value_or("");
  part thought{part_kind::thinking, from.at(), text};
  if (own && own->maker == protocol::anthropic
      && own->text.starts_with(redacted_mark)) {
    own->text.erase(0, redacted_mark.size());
    thought.kind = part_kind::redacted;
    thought.text = own->text;
  }
  thought.signature = std::move(own);
  return thought;
}

/// What the part holds, whatever its signature.
std::optional<part> read_substance(object_reader& from) {
  if (const auto* call = from.object("functionCall"))
    return read_call(from, *call);
  if (const auto* result = from.object("functionResponse"))
    return read_result(from, *result);
  if (auto file = read_media(from))
    return part{part_kind::media, from.at(), {}, std::move(*file)};
  if (auto text = from.text("text"))
    return part{part_kind::text, from.at(), std::move(*text)};
  for (const auto* name : {"executableCode", "codeExecutionResult", "toolCall",
                           "toolResponse", "videoMetadata"})
    if (from.any(name) != nullptr)
      from.refuse(name, "It has no equal.");
  from.found().refuse(from.at(), "Invalid value for '" + from.at()
                                     + "': the part says nothing.");
  return std::nullopt;
}

void read_part(const tree& source, const std::string& at,
               std::vector<part>& into, findings& found) {
  object_reader from{source, at, found};
  std::optional<signature> own;
  if (const auto shown = from.text("thoughtSignature");
      shown && !shown->empty())
    own = read_signature(*shown, protocol::gemini);
  std::optional<part> made;
  if (from.flag("thought").value_or(false)) {
    made = read_thought(from, std::move(own));
  } else if ((made = read_substance(from)) && own) {
    made->signature = std::move(own);
  }
  from.drop_rest();
  if (made)
    into.push_back(std::move(*made));
}

void read_parts(object_reader& from, std::vector<part>& into) {
  // One part may stand without its brackets, as Google's own JSON allows.
  if (const auto* parts = from.any("parts"); parts && parts->is_object())
    return read_part(*parts, from.path_of("parts"), into, from.found());
  from.needed_array("parts");
  each_in(from, "parts", [&](const tree& item, const std::string& at) {
    read_part(item, at, into, from.found());
  });
}

}  // namespace

void read_gemini_content(const tree& content, const std::string& at,
                         conversation& into, findings& found) {
  object_reader from{content, at, found};
  const auto who = from.text("role").value_or("user");
  if (who != "user" && who != "model" && who != "function" && !who.empty())
    return from.expected("role", "'user' or 'model'");
  read_parts(from,
             into.turn_of(who == "model" ? role::model : role::user).parts);
  from.drop_rest();
}

void read_gemini_system(const tree& content, const std::string& at,
                        conversation& into, findings& found) {
  if (content.is_string()) {
    into.system.push_back({part_kind::text, at, std::string{text_in(content)}});
    return;
  }
  object_reader from{content, at, found};
  read_parts(from, into.system);
  from.skip({"role"});
  from.drop_rest();
  for (const auto& one : into.system)
    if (one.kind != part_kind::text)
      found.refuse(one.at, "Invalid value for '" + one.at
                               + "': a system instruction is text.");
}

}  // namespace troupe::http::wire::dialogue
