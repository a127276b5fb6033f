// Reading Anthropic's messages.

#include "http/simulator/wires.hpp"

#include <algorithm>

namespace troupe::simulator {

namespace {

constexpr std::uint64_t tokens_limit_max = 10'000'000;

/// What a message's blocks came to.
struct blocks_read {
  std::string text;
  std::optional<std::string> tool_result;
};

void read_cache_mark(const json& block, transcript& said) {
  if (!block.is_object())
    return;
  const auto mark = block.find("cache_control");
  if (mark != block.end() && mark->is_object())
    said.cache_here(text_at(*mark, "ttl") == "1h");
}

std::string result_text(const json& block, transcript& said) {
  const auto content = block.find("content");
  if (content == block.end())
    return {};
  std::string text{text_in(*content)};
  if (content->is_array())
    for (const auto& part : *content)
      text += text_at(part, "text");
  said.text(text);
  return text;
}

void read_block(fields& block, const json& source, transcript& said,
                blocks_read& into) {
  const auto type = block.needed_text("type");
  if (type == "text") {
    const auto text = block.needed_text("text");
    said.text(text);
    into.text += text;
  } else if (type == "tool_result") {
    block.needed_text("tool_use_id");
    into.tool_result = result_text(source, said);
  } else if (type == "tool_use") {
    block.needed_text("id");
    said.text(block.needed_text("name"));
    if (const auto* input = block.need("input"))
      said.text(write_json(*input));
  } else if (type == "thinking") {
    said.text(block.needed_text("thinking"));
    block.needed_text("signature");
  } else if (!type.empty()) {
    said.attachment();
  }
  read_cache_mark(source, said);
}

blocks_read read_content(fields& from, const char* name, transcript& said) {
  blocks_read read;
  const auto* content = from.need(name);
  if (content == nullptr)
    return read;
  if (content->is_string()) {
    said.text(text_in(*content));
    read.text = text_in(*content);
  } else if (content->is_array()) {
    for (std::size_t i = 0; i < content->size(); ++i) {
      fields block{(*content)[i], from.path_of(indexed(name, i))};
      read_block(block, (*content)[i], said, read);
      from.absorb(block);
    }
  } else {
    from.wrong(name, "Expected a string or an array of content blocks.");
  }
  return read;
}

void read_message(fields& message, transcript& said) {
  const auto role = message.needed_text("role");
  said.message();
  const auto read = read_content(message, "content", said);
  if (role == "user" && read.tool_result)
    said.tool_said(*read.tool_result);
  else if (role == "user")
    said.user_said(read.text);
  else if (role == "assistant")
    said.model_said();
  else
    message.wrong("role", "Expected 'user' or 'assistant'.");
}

void read_tools(fields& from, prompt& into, transcript& said) {
  const auto* tools = from.array("tools");
  for (std::size_t i = 0; tools != nullptr && i < tools->size(); ++i) {
    const auto& source = (*tools)[i];
    fields one{source, indexed("tools", i)};
    tool made;
    made.name = one.needed_text("name");
    // Tools that the provider runs itself carry a type of their own.
    const auto type = one.text("type").value_or("custom");
    if (type == "custom" && one.need("input_schema") != nullptr)
      made.schema = one.object("input_schema");
    said.text(made.name);
    said.text(one.text("description").value_or(""));
    if (made.schema != nullptr)
      said.text(write_json(*made.schema));
    read_cache_mark(source, said);
    if (type == "custom")
      into.tools.push_back(std::move(made));
    from.absorb(one);
  }
}

void read_tool_choice(fields& from, prompt& into) {
  const auto* choice = from.object("tool_choice");
  if (choice == nullptr)
    return;
  fields inner{*choice, "tool_choice"};
  const auto type = inner.needed_text("type");
  if (type == "any") {
    into.choice = tool_choice::required;
  } else if (type == "none") {
    into.choice = tool_choice::none;
  } else if (type == "tool") {
    into.choice = tool_choice::named;
    into.tool_named = inner.needed_text("name");
    const auto named = [&](const tool& one) {
      return one.name == into.tool_named;
    };
    if (std::ranges::none_of(into.tools, named))
      inner.wrong("name", "No tool of that name is given.");
  } else if (type != "auto") {
    inner.wrong("type", "Expected 'auto', 'any', 'tool' or 'none'.");
  }
  into.parallel_calls = !inner.flag("disable_parallel_tool_use");
  from.absorb(inner);
}

void read_thinking(fields& from, prompt& into) {
  const auto* thinking = from.object("thinking");
  if (thinking == nullptr)
    return;
  fields inner{*thinking, "thinking"};
  const auto type = inner.needed_text("type");
  if (type == "enabled") {
    constexpr std::uint64_t budget_min = 1'024;
    inner.need("budget_tokens");
    inner.whole("budget_tokens", budget_min, tokens_limit_max);
    into.thinks = true;
  } else if (type == "adaptive") {
    into.thinks = true;
  } else if (type != "disabled" && type != "between_tools") {
    inner.wrong("type", "Expected 'enabled', 'adaptive' or 'disabled'.");
  }
  into.shows_thoughts = inner.text("display").value_or("") != "omitted";
  from.absorb(inner);
}

void read_form(fields& from, prompt& into) {
  const auto* config = from.object("output_config");
  const auto format =
      config == nullptr ? json::const_iterator{} : config->find("format");
  if (config == nullptr || format == config->end() || format->is_null())
    return;
  fields inner{*format, "output_config.format"};
  if (inner.needed_text("type") == "json_schema") {
    into.form = output_form::json_schema;
    inner.need("schema");
    into.schema = inner.object("schema");
  }
  from.absorb(inner);
}

void read_conversation(fields& from, prompt& into, transcript& said) {
  read_model(from, into);
  read_tools(from, into, said);
  if (from.any("system") != nullptr)
    read_content(from, "system", said);
  const auto* messages = from.needed_array("messages");
  if (messages != nullptr && messages->empty())
    from.wrong("messages", "At least one message is required.");
  for (std::size_t i = 0; messages != nullptr && i < messages->size(); ++i) {
    fields message{(*messages)[i], "messages." + std::to_string(i)};
    read_message(message, said);
    from.absorb(message);
  }
  read_tool_choice(from, into);
  read_thinking(from, into);
  if (into.thinks && into.choice != tool_choice::automatic
      && into.choice != tool_choice::none)
    from.wrong("tool_choice", "Thinking may not be combined with forced use "
                              "of a tool.");
  read_form(from, into);
  // The mark at the top caches all of the prompt.
  if (const auto* mark = from.object("cache_control"))
    said.cache_here(text_at(*mark, "ttl") == "1h");
  said.finish();
}

/// Whether a block of a user's text carries citations.
bool has_citations(const json& block) {
  const auto citations = block.find("citations");
  return text_at(block, "type") == "text" && citations != block.end()
         && citations->is_array() && !citations->empty();
}

}  // namespace

std::optional<refusal> read_anthropic(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_conversation(from, into, said);
  from.need("max_tokens");
  into.tokens_max = from.whole("max_tokens", 1, tokens_limit_max);
  into.stream = from.flag("stream");
  from.number("temperature", 0, 1);
  from.number("top_p", 0, 1);
  from.whole("top_k", 0, tokens_limit_max);
  if (const auto* stops = from.array("stop_sequences"))
    for (const auto& each : *stops)
      into.stops.emplace_back(text_in(each));
  return from.fault();
}

std::optional<refusal> read_anthropic_count(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_conversation(from, into, said);
  return from.fault();
}

std::optional<refusal> check_anthropic_2026(const json& body) {
  for (const auto* name : {"temperature", "top_p", "top_k"})
    if (body.contains(name))
      return invalid(name, "Not permitted in version 2026-10-21.");
  const auto messages = body.find("messages");
  if (messages == body.end() || !messages->is_array())
    return std::nullopt;
  for (std::size_t i = 0; i < messages->size(); ++i) {
    const auto& message = (*messages)[i];
    const bool is_user = text_at(message, "role") == "user";
    const auto content =
        message.is_object() ? message.find("content") : message.end();
    if (content == message.end() || !content->is_array())
      continue;
    for (std::size_t n = 0; n < content->size(); ++n) {
      const auto& block = (*content)[n];
      const auto at =
          "messages." + std::to_string(i) + ".content." + std::to_string(n);
      if (!is_user && text_at(block, "type") == "document")
        return invalid(at, "A document may not stand in an assistant message.");
      if (is_user && block.is_object() && has_citations(block))
        return invalid(at + ".citations", "Must be empty in a user's text.");
    }
  }
  return std::nullopt;
}

}  // namespace troupe::simulator
