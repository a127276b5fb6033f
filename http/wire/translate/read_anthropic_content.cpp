// Reading the content blocks of Anthropic's messages.

#include "http/wire/translate/dialects.hpp"
#include "http/wire/translate/media.hpp"

namespace troupe::http::wire::dialogue {

namespace {

using config::protocol;

constexpr std::string_view stored_elsewhere =
    "The file is stored with another provider. Send its bytes.";

void add_text(std::vector<part>& into, std::string at, std::string text) {
  into.push_back({part_kind::text, std::move(at), std::move(text)});
}

/// The source of a picture or a document that has bytes or an address.
void read_media(object_reader& block, object_reader& source,
                std::string_view type, std::vector<part>& into) {
  part made{part_kind::media, block.at(), {}};
  if (type == "base64") {
    made.file.mime = source.needed_text("media_type");
    made.file.bytes = source.needed_text("data");
  } else if (type == "url") {
    made.file.url = source.needed_text("url");
    if (!is_web_address(made.file.url))
      source.expected("url", "a web address");
  } else if (type == "file") {
    source.refuse("file_id", stored_elsewhere);
  } else {
    source.expected("type", "'base64' or 'url'");
  }
  into.push_back(std::move(made));
}

void read_picture(object_reader& from, std::vector<part>& into) {
  const auto* holder = from.need("source");
  if (holder == nullptr)
    return;
  object_reader source{*holder, from.path_of("source"), from.found()};
  read_media(from, source, source.needed_text("type"), into);
  if (auto& file = into.back().file; file.mime.empty())
    file.mime = mime_of(file.url, "image/jpeg");
  source.drop_rest();
}

/// Title and context of a document that becomes text stand before it.
std::string headed(object_reader& from, std::string text) {
  std::string out;
  for (const auto* name : {"title", "context"})
    if (const auto line = from.text(name); line && !line->empty())
      out.append(*line).append("\n\n");
  return out.append(text);
}

void read_document(object_reader& from, std::vector<part>& into) {
  const auto* holder = from.need("source");
  if (holder == nullptr)
    return;
  object_reader source{*holder, from.path_of("source"), from.found()};
  const auto type = source.needed_text("type");
  if (type == "text") {
    add_text(into, from.at(), headed(from, source.needed_text("data")));
    source.skip({"media_type"});
  } else if (type == "content") {
    if (auto head = headed(from, {}); !head.empty())
      add_text(into, from.at(), std::move(head));
    if (const auto* content = source.need("content"))
      read_anthropic_content(*content, source.path_of("content"), into,
                             from.found());
  } else {
    if (const auto context = from.text("context"); context)
      add_text(into, from.path_of("context"), *context);
    read_media(from, source, type, into);
    auto& file = into.back().file;
    file.name = from.text("title").value_or("");
    if (file.mime.empty())
      file.mime = "application/pdf";
  }
  source.drop_rest();
}

void read_thinking(object_reader& from, std::vector<part>& into,
                   bool is_redacted) {
  part thought{
      is_redacted ? part_kind::redacted : part_kind::thinking, from.at(), {}};
  const auto shown = from.needed_text(is_redacted ? "data" : "signature");
  auto own = read_signature(shown, protocol::anthropic);
  thought.text = is_redacted ? own.text : from.text("thinking").value_or("");
  if (shown.empty())
    return from.found().drop("thinking");
  thought.signature = std::move(own);
  into.push_back(std::move(thought));
}

void read_call(object_reader& from, std::vector<part>& into) {
  part call{part_kind::call, from.at(), {}};
  call.id = from.needed_text("id");
  call.name = from.needed_text("name");
  const auto* input = from.need("input");
  if (input != nullptr && !input->is_object())
    from.expected("input", "an object");
  call.arguments =
      input != nullptr && input->is_object() ? *input : tree::object();
  if (from.any("toolset_name") != nullptr)
    from.refuse("toolset_name", "The provider's own tools have no equal.");
  if (const auto* caller = from.any("caller"))
    if (const auto* type = member_of(*caller, "type");
        type == nullptr || text_in(*type) != "direct")
      from.refuse("caller", "The provider's own tools have no equal.");
  into.push_back(std::move(call));
}

/// What a tool may say: text, pictures and documents.
void check_result(const std::vector<part>& content, findings& found) {
  for (const auto& one : content)
    if (one.kind != part_kind::text && one.kind != part_kind::media)
      found.refuse(one.at, "Invalid value for '" + one.at
                               + "': a tool's result has text, pictures and "
                                 "documents only.");
}

void read_result(object_reader& from, std::vector<part>& into) {
  part result{part_kind::result, from.at(), {}};
  result.id = from.needed_text("tool_use_id");
  result.failed = from.flag("is_error").value_or(false);
  if (result.id.empty())
    from.expected("tool_use_id", "the id of a call");
  if (const auto* content = from.any("content"))
    read_anthropic_content(*content, from.path_of("content"), result.content,
                           from.found());
  check_result(result.content, from.found());
  into.push_back(std::move(result));
}

void read_block(const tree& source, const std::string& at,
                std::vector<part>& into, findings& found) {
  object_reader from{source, at, found};
  const auto type = from.needed_text("type");
  from.drop({"cache_control", "citations"});
  if (type == "text")
    add_text(into, at, from.needed_text("text"));
  else if (type == "image")
    read_picture(from, into);
  else if (type == "document")
    read_document(from, into);
  else if (type == "thinking" || type == "redacted_thinking")
    read_thinking(from, into, type != "thinking");
  else if (type == "tool_use")
    read_call(from, into);
  else if (type == "tool_result")
    read_result(from, into);
  else if (!type.empty())
    from.refuse("type", "There is no equal of a '" + type + "' block.");
  from.drop_rest();
}

}  // namespace

void read_anthropic_content(const tree& content, const std::string& at,
                            std::vector<part>& into, findings& found) {
  if (content.is_string())
    return add_text(into, at, std::string{text_in(content)});
  if (!content.is_array())
    return found.refuse(at, "Invalid value for '" + at
                                + "': expected a string or an array of "
                                  "content blocks.");
  for (std::size_t i = 0; i < content.size(); ++i)
    read_block(content[i], element(at, i, protocol::anthropic), into, found);
}

}  // namespace troupe::http::wire::dialogue
