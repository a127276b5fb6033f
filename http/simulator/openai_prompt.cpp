// Reading the OpenAI requests: chat, legacy completions and responses.

#include "http/simulator/wires.hpp"

#include <algorithm>

namespace troupe::simulator {

namespace {

/// Above every model's real limit; a mistyped number shall not be served.
constexpr std::uint64_t tokens_limit_max = 10'000'000;

constexpr std::string_view roles[] = {"system",    "developer", "user",
                                      "assistant", "tool",      "function"};

/// Text of a content field: a string, or parts of which some are text.
std::string read_content(fields& from, const char* name, transcript& said) {
  const auto* content = from.any(name);
  if (content == nullptr)
    return {};
  if (content->is_string()) {
    said.text(text_in(*content));
    return content->get<std::string>();
  }
  if (!content->is_array()) {
    from.wrong(name, "Expected a string or an array of content parts.");
    return {};
  }
  std::string whole;
  for (std::size_t i = 0; i < content->size(); ++i) {
    fields part{(*content)[i], from.path_of(indexed(name, i))};
    const auto type = part.needed_text("type");
    if (type == "text" || type == "input_text" || type == "output_text") {
      const auto text = part.needed_text("text");
      said.text(text);
      whole += text;
    } else if (type == "refusal") {
      said.text(part.needed_text("refusal"));
    } else {
      said.attachment();
    }
    from.absorb(part);
  }
  return whole;
}

void read_assistant(fields& message, transcript& said) {
  read_content(message, "content", said);
  if (const auto* calls = message.array("tool_calls"))
    for (std::size_t i = 0; i < calls->size(); ++i) {
      fields call{(*calls)[i], message.path_of(indexed("tool_calls", i))};
      call.needed_text("id");
      if (const auto* function = call.object("function")) {
        said.text(text_at(*function, "name"));
        said.text(text_at(*function, "arguments"));
      }
      message.absorb(call);
    }
  said.model_said();
}

void read_message(fields& message, transcript& said) {
  const auto role = message.needed_text("role");
  said.message();
  if (std::ranges::find(roles, role) == std::end(roles)) {
    message.wrong("role", "Expected one of 'system', 'developer', 'user', "
                          "'assistant', 'tool' and 'function'.");
  } else if (role == "assistant") {
    read_assistant(message, said);
  } else {
    message.need("content");
    const auto text = read_content(message, "content", said);
    if (role == "user")
      said.user_said(text);
    else if (role == "tool" || role == "function")
      said.tool_said(text);
    if (role == "tool")
      message.needed_text("tool_call_id");
  }
}

/// A function as chat wraps it, or as responses has it plain.
void read_tool(fields& holder, prompt& into, transcript& said) {
  tool one;
  one.name = holder.needed_text("name");
  one.schema = holder.object("parameters");
  said.text(one.name);
  said.text(holder.text("description").value_or(""));
  if (one.schema != nullptr)
    said.text(write_json(*one.schema));
  into.tools.push_back(std::move(one));
}

void read_tools(fields& from, prompt& into, transcript& said, bool wrapped) {
  const auto* tools = from.array("tools");
  for (std::size_t i = 0; tools != nullptr && i < tools->size(); ++i) {
    fields one{(*tools)[i], indexed("tools", i)};
    if (one.needed_text("type") == "function") {
      if (!wrapped) {
        read_tool(one, into, said);
      } else if (one.need("function") != nullptr) {
        fields function{*one.any("function"), one.path_of("function")};
        read_tool(function, into, said);
        one.absorb(function);
      }
    }
    from.absorb(one);
  }
  into.parallel_calls = from.flag("parallel_tool_calls", true);
}

void read_tool_choice(fields& from, prompt& into) {
  const auto* choice = from.any("tool_choice");
  if (choice == nullptr)
    return;
  const auto text = text_in(*choice);
  if (text == "none") {
    into.choice = tool_choice::none;
  } else if (text == "required") {
    into.choice = tool_choice::required;
  } else if (choice->is_object()) {
    const auto function = choice->find("function");
    into.choice = tool_choice::named;
    into.tool_named =
        text_at(function == choice->end() ? *choice : *function, "name");
    const auto named = [&](const tool& one) {
      return one.name == into.tool_named;
    };
    if (std::ranges::none_of(into.tools, named))
      from.wrong("tool_choice", "No tool of that name is given.");
  } else if (text != "auto") {
    from.wrong("tool_choice", "Expected 'none', 'auto', 'required' or a tool.");
  }
  if (into.choice == tool_choice::required && into.tools.empty())
    from.wrong("tool_choice", "Is only allowed when 'tools' are given.");
}

/// `holder` is what has `type` and, for a schema, the schema beside `within`.
void read_form(fields& holder, prompt& into, const char* within) {
  const auto type = holder.needed_text("type");
  if (type == "json_object") {
    into.form = output_form::json_object;
  } else if (type == "json_schema") {
    into.form = output_form::json_schema;
    if (within == nullptr) {
      into.schema = holder.object("schema");
    } else if (holder.need(within) != nullptr) {
      fields inner{*holder.any(within), holder.path_of(within)};
      inner.needed_text("name");
      into.schema = inner.object("schema");
      holder.absorb(inner);
    }
  } else if (type != "text") {
    holder.wrong("type", "Expected 'text', 'json_object' or 'json_schema'.");
  }
}

void read_stops(fields& from, prompt& into) {
  const auto* stop = from.any("stop");
  if (stop == nullptr)
    return;
  constexpr std::size_t stops_max = 4;
  if (stop->is_string()) {
    into.stops.push_back(stop->get<std::string>());
  } else if (stop->is_array() && stop->size() <= stops_max) {
    for (const auto& each : *stop)
      into.stops.emplace_back(text_in(each));
  } else {
    from.wrong("stop", "Expected a string or an array of at most 4 strings.");
  }
}

void read_sampling(fields& from) {
  from.number("temperature", 0, 2);
  from.number("top_p", 0, 1);
  from.number("presence_penalty", -2, 2);
  from.number("frequency_penalty", -2, 2);
}

void read_stream(fields& from, prompt& into) {
  into.stream = from.flag("stream");
  if (const auto* options = from.object("stream_options")) {
    if (!into.stream)
      from.wrong("stream_options", "Only allowed when 'stream' is true.");
    fields inner{*options, "stream_options"};
    into.wants_usage = inner.flag("include_usage");
    from.absorb(inner);
  }
}

void read_cache(fields& from, transcript& said) {
  if (from.text("prompt_cache_key"))
    said.cache_here(false);
}

/// An effort asks the model to think, unless it is "none".
bool asks_to_think(const std::optional<std::string>& effort) {
  return effort && *effort != "none" && *effort != "minimal";
}

void read_response_item(fields& item, transcript& said) {
  const auto type = item.text("type").value_or("message");
  if (type == "message") {
    read_message(item, said);
  } else if (type == "function_call") {
    said.message();
    said.text(item.needed_text("name"));
    said.text(item.needed_text("arguments"));
    said.model_said();
  } else if (type == "function_call_output") {
    said.message();
    item.needed_text("call_id");
    item.need("output");
    said.tool_said(read_content(item, "output", said));
  } else {
    said.attachment();
  }
}

void read_response_text(fields& from, prompt& into) {
  const auto* text = from.object("text");
  if (text == nullptr)
    return;
  fields holder{*text, "text"};
  if (const auto* format = holder.object("format")) {
    fields inner{*format, "text.format"};
    read_form(inner, into, nullptr);
    holder.absorb(inner);
  }
  from.absorb(holder);
}

}  // namespace

void read_model(fields& from, prompt& into) {
  into.model = from.needed_text("model");
  const auto printable = [](unsigned char c) {
    return c > 0x20 && c != 0x7f;
  };
  if (into.model.empty())
    from.wrong("model", "You must provide a model.");
  else if (into.model.size() > model_name_max
           || !std::ranges::all_of(into.model, printable))
    from.wrong("model", "Not the name of a model.");
}

std::optional<refusal> read_openai_chat(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_model(from, into);
  const auto* messages = from.needed_array("messages");
  if (messages != nullptr && messages->empty())
    from.wrong("messages", "Expected at least one message.");
  read_tools(from, into, said, true);
  for (std::size_t i = 0; messages != nullptr && i < messages->size(); ++i) {
    fields message{(*messages)[i], indexed("messages", i)};
    read_message(message, said);
    from.absorb(message);
  }
  read_tool_choice(from, into);
  if (const auto* format = from.object("response_format")) {
    fields holder{*format, "response_format"};
    read_form(holder, into, "json_schema");
    from.absorb(holder);
  }
  read_stops(from, into);
  read_sampling(from);
  read_stream(from, into);
  into.choices =
      static_cast<unsigned>(from.whole("n", 1, choices_max).value_or(1));
  into.tokens_max = from.whole("max_tokens", 1, tokens_limit_max);
  if (const auto max = from.whole("max_completion_tokens", 1, tokens_limit_max))
    into.tokens_max = max;
  into.wants_logprobs = from.flag("logprobs");
  into.top_logprobs =
      static_cast<unsigned>(from.whole("top_logprobs", 0, 20).value_or(0));
  into.thinks = asks_to_think(from.text("reasoning_effort"));
  read_cache(from, said);
  said.finish();
  return from.fault();
}

std::optional<refusal> read_openai_completion(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_model(from, into);
  const auto* asked = from.need("prompt");
  if (asked != nullptr && asked->is_string()) {
    said.text(text_in(*asked));
    said.user_said(text_in(*asked));
  } else if (asked != nullptr && asked->is_array() && !asked->empty()) {
    for (const auto& each : *asked) {
      said.text(text_in(each));
      said.user_said(text_in(each));
    }
    into.turns = 1;
  } else {
    from.wrong("prompt", "Expected a string or an array.");
  }
  read_stops(from, into);
  read_sampling(from);
  read_stream(from, into);
  into.choices =
      static_cast<unsigned>(from.whole("n", 1, choices_max).value_or(1));
  // The legacy endpoint says little unless told otherwise.
  into.tokens_max = from.whole("max_tokens", 1, tokens_limit_max).value_or(16);
  into.wants_logprobs = from.whole("logprobs", 0, 5).has_value();
  said.finish();
  return from.fault();
}

std::optional<refusal> read_openai_response(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_model(from, into);
  said.text(from.text("instructions").value_or(""));
  read_tools(from, into, said, false);
  const auto* input = from.need("input");
  if (input != nullptr && input->is_string()) {
    said.message();
    said.text(text_in(*input));
    said.user_said(text_in(*input));
  } else if (input != nullptr && input->is_array()) {
    for (std::size_t i = 0; i < input->size(); ++i) {
      fields item{(*input)[i], indexed("input", i)};
      read_response_item(item, said);
      from.absorb(item);
    }
  } else {
    from.wrong("input", "Expected a string or an array of items.");
  }
  read_tool_choice(from, into);
  read_response_text(from, into);
  read_sampling(from);
  into.stream = from.flag("stream");
  from.flag("store");
  from.object("metadata");
  into.tokens_max = from.whole("max_output_tokens", 16, tokens_limit_max);
  if (const auto* reasoning = from.object("reasoning")) {
    fields inner{*reasoning, "reasoning"};
    into.thinks = asks_to_think(inner.text("effort"));
    into.shows_thoughts = inner.text("summary").has_value();
    from.absorb(inner);
  }
  read_cache(from, said);
  said.finish();
  return from.fault();
}

std::optional<refusal> read_openai_embedding(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_model(from, into);
  const auto* input = from.need("input");
  constexpr std::size_t inputs_max = 2'048;
  const bool is_list = input != nullptr && input->is_array();
  if (input != nullptr && input->is_string() && !text_in(*input).empty()) {
    said.text(text_in(*input));
  } else if (is_list && !input->empty() && input->size() <= inputs_max) {
    for (const auto& each : *input) {
      if (each.is_string())
        said.text(text_in(each));
      else if (each.is_number() || each.is_array())
        said.text(std::string(
            bytes_per_token * std::max<std::size_t>(each.size(), 1), ' '));
      else
        from.wrong("input", "Expected strings or token numbers.");
    }
  } else {
    from.wrong("input", "Expected a string, or an array of 1 to 2048.");
  }
  from.whole("dimensions", 1, 4'096);
  const auto encoding = from.text("encoding_format").value_or("float");
  if (encoding != "float" && encoding != "base64")
    from.wrong("encoding_format", "Expected 'float' or 'base64'.");
  said.finish();
  return from.fault();
}

}  // namespace troupe::simulator
