// Reading a request of Anthropic's Messages.

#include "http/wire/translate/dialects.hpp"
#include "http/wire/translate/thinking.hpp"

#include <algorithm>

namespace troupe::http::wire::dialogue {

namespace {

/// The version whose clients may not choose sampling.
constexpr std::string_view version_2026 = "2026-10-21";

void read_message(const tree& source, const std::string& at, conversation& into,
                  findings& found) {
  object_reader from{source, at, found};
  const auto who = from.needed_text("role");
  const auto* content = from.need("content");
  from.drop_rest();
  if (who != "user" && who != "assistant" && who != "system")
    return from.expected("role", "'user', 'assistant' or 'system'");
  if (content == nullptr)
    return;
  auto& parts =
      who == "system"
          ? into.system
          : into.turn_of(who == "user" ? role::user : role::model).parts;
  read_anthropic_content(*content, from.path_of("content"), parts, found);
}

bool lists(const tree& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](const tree& one) { return text_in(one) == name; });
}

void read_function(const tree& source, const std::string& at,
                   conversation& into, findings& found) {
  object_reader from{source, at, found};
  if (const auto type = from.text("type").value_or("custom"); type != "custom")
    return from.refuse("type", "The provider's own tools ('" + type
                                   + "') have no equal.");
  function made;
  made.at = at;
  made.name = from.needed_text("name");
  made.description = from.text("description").value_or("");
  if (from.need("input_schema") != nullptr)
    if (const auto* schema = from.object("input_schema"))
      made.schema = *schema;
  made.strict = from.flag("strict");
  if (const auto* callers = from.array("allowed_callers"))
    if (!lists(*callers, "direct"))
      from.refuse("allowed_callers", "Only direct calls have an equal.");
  from.drop({"cache_control", "defer_loading", "eager_input_streaming",
             "input_examples"});
  from.drop_rest();
  into.tools.functions.push_back(std::move(made));
}

void read_choice(object_reader& from, tool_use& into) {
  const auto* source = from.object("tool_choice");
  if (source == nullptr)
    return;
  object_reader inner{*source, "tool_choice", from.found()};
  const auto type = inner.needed_text("type");
  into.parallel = !inner.flag("disable_parallel_tool_use").value_or(false);
  if (type == "auto") {
    into.choice = choice::automatic;
  } else if (type == "none") {
    into.choice = choice::none;
  } else if (type == "any" || type == "tool") {
    into.choice = choice::required;
    if (type == "tool")
      into.allowed.push_back(inner.needed_text("name"));
  } else {
    inner.expected("type", "'auto', 'any', 'tool' or 'none'");
  }
  inner.drop_rest();
}

void read_thinking(object_reader& from, thinking_wish& into) {
  const auto* source = from.object("thinking");
  if (source == nullptr)
    return;
  constexpr std::uint64_t budget_min = 1024;
  object_reader inner{*source, "thinking", from.found()};
  const auto type = inner.needed_text("type");
  into.on = type != "disabled";
  if (type == "enabled") {
    inner.need("budget_tokens");
    into.budget = inner.whole("budget_tokens", budget_min);
  } else if (type != "adaptive" && type != "disabled"
             && type != "between_tools") {
    inner.expected("type", "'enabled', 'adaptive' or 'disabled'");
  }
  into.shown = *into.on && inner.text("display").value_or("") != "omitted";
  inner.drop_rest();
}

void read_output(object_reader& from, conversation& into) {
  const auto* source = from.object("output_config");
  if (source == nullptr)
    return;
  object_reader inner{*source, "output_config", from.found()};
  if (const auto name = inner.text("effort")) {
    into.thinking.effort = effort_of(*name);
    if (!into.thinking.effort || into.thinking.effort < effort::low)
      inner.expected("effort", "'low', 'medium', 'high', 'xhigh' or 'max'");
  }
  if (const auto* format = inner.object("format")) {
    object_reader holder{*format, "output_config.format", from.found()};
    if (holder.needed_text("type") != "json_schema")
      holder.expected("type", "'json_schema'");
    into.output.form = form::json_schema;
    holder.need("schema");
    if (const auto* schema = holder.object("schema"))
      into.output.schema = *schema;
    holder.drop_rest();
  }
  inner.refuse_rest();
}

void read_sampling(object_reader& from, sampling& into,
                   std::string_view version) {
  if (version == version_2026)
    for (const auto* name : {"temperature", "top_p", "top_k"})
      if (from.any(name) != nullptr)
        from.refuse(name, "Not permitted in version 2026-10-21.");
  into.temperature = from.number("temperature", 0, 1);
  into.top_p = from.number("top_p", 0, 1);
  into.top_k = from.whole("top_k", 0);
  from.need("max_tokens");
  into.output_tokens_max = from.whole("max_tokens", 1);
  each_in(from, "stop_sequences", [&](const tree& one, const std::string& at) {
    if (!one.is_string())
      from.found().refuse(at,
                          "Invalid value for '" + at + "': expected a string.");
    into.stops.emplace_back(text_in(one));
  });
}

/// What the later version forbids in messages.
void check_2026(const tree& body, findings& found) {
  const auto* messages = member_of(body, "messages");
  for (std::size_t i = 0;
       messages != nullptr && messages->is_array() && i < messages->size();
       ++i) {
    const auto* who = member_of((*messages)[i], "role");
    const auto* content = member_of((*messages)[i], "content");
    if (who == nullptr || content == nullptr || !content->is_array())
      continue;
    for (std::size_t n = 0; n < content->size(); ++n) {
      const auto at =
          "messages." + std::to_string(i) + ".content." + std::to_string(n);
      const auto* type = member_of((*content)[n], "type");
      const auto* citations = member_of((*content)[n], "citations");
      if (type == nullptr)
        continue;
      if (text_in(*who) == "assistant" && text_in(*type) == "document")
        found.refuse(at, "A document may not stand in an assistant message.");
      if (text_in(*who) == "user" && text_in(*type) == "text"
          && citations != nullptr && !citations->empty())
        found.refuse(at + ".citations", "Must be empty in a user's text.");
    }
  }
}

/// A system prompt is text alone.
void check_system(const conversation& said, findings& found) {
  for (const auto& one : said.system)
    if (one.kind != part_kind::text)
      found.refuse(one.at, "Invalid value for '" + one.at
                               + "': expected a text block.");
}

}  // namespace

conversation read_anthropic(const tree& body, const header_list& headers,
                            findings& found) {
  conversation said;
  said.client = config::protocol::anthropic;
  const auto version = headers.find("anthropic-version").value_or("");
  object_reader from{body, {}, found};
  if (const auto* system = from.any("system"))
    read_anthropic_content(*system, "system", said.system, found);
  from.needed_array("messages");
  each_in(from, "messages", [&](const tree& item, const std::string& at) {
    read_message(item, at, said, found);
  });
  check_system(said, found);
  if (version == version_2026)
    check_2026(body, found);
  each_in(from, "tools", [&](const tree& item, const std::string& at) {
    read_function(item, at, said, found);
  });
  read_choice(from, said.tools);
  read_thinking(from, said.thinking);
  read_output(from, said);
  read_sampling(from, said.sampling, version);
  if (const auto* metadata = from.object("metadata"))
    if (const auto* user = member_of(*metadata, "user_id"))
      said.user = text_in(*user);
  from.skip({"model", "stream"});
  from.drop({"cache_control", "context_management", "diagnostics",
             "service_tier", "speed", "user_profile_id", "workspace_id"});
  from.refuse_rest();
  return said;
}

}  // namespace troupe::http::wire::dialogue
