// Reading a request of OpenAI's chat.

#include "http/wire/translate/dialects.hpp"
#include "http/wire/translate/thinking.hpp"

namespace troupe::http::wire::dialogue {

namespace {

void read_function(const tree& source, const std::string& at,
                   conversation& into, findings& found) {
  object_reader from{source, at, found};
  if (from.needed_text("type") != "function")
    return from.refuse("type", "Only functions have an equal.");
  const auto* holder = from.need("function");
  from.drop_rest();
  if (holder == nullptr)
    return;
  object_reader inner{*holder, from.path_of("function"), found};
  function made;
  made.at = at;
  made.name = inner.needed_text("name");
  made.description = inner.text("description").value_or("");
  if (const auto* schema = inner.object("parameters"))
    made.schema = *schema;
  made.strict = inner.flag("strict");
  inner.drop_rest();
  into.tools.functions.push_back(std::move(made));
}

choice choice_of(std::string_view mode) {
  if (mode == "none")
    return choice::none;
  if (mode == "required")
    return choice::required;
  return mode == "auto" ? choice::automatic : choice::unset;
}

/// `{"type":"function","function":{"name":...}}`
std::string named_function(const tree& source, const std::string& at,
                           findings& found) {
  object_reader from{source, at, found};
  if (from.needed_text("type") != "function") {
    from.refuse("type", "Only functions have an equal.");
    return {};
  }
  const auto* holder = from.need("function");
  if (holder == nullptr)
    return {};
  return object_reader{*holder, from.path_of("function"), found}.needed_text(
      "name");
}

void read_allowed(object_reader& from, tool_use& into) {
  const auto* holder = from.need("allowed_tools");
  if (holder == nullptr)
    return;
  object_reader inner{*holder, from.path_of("allowed_tools"), from.found()};
  into.choice = choice_of(inner.needed_text("mode"));
  if (into.choice != choice::automatic && into.choice != choice::required)
    inner.expected("mode", "'auto' or 'required'");
  inner.needed_array("tools");
  each_in(inner, "tools", [&](const tree& item, const std::string& at) {
    into.allowed.push_back(named_function(item, at, from.found()));
  });
  if (into.allowed.empty())
    inner.expected("tools", "at least one function");
}

void read_choice(object_reader& from, tool_use& into) {
  const auto* source = from.any("tool_choice");
  if (source == nullptr)
    return;
  if (source->is_string()) {
    into.choice = choice_of(text_in(*source));
    if (into.choice == choice::unset)
      from.expected("tool_choice", "'none', 'auto', 'required' or a function");
    return;
  }
  object_reader inner{*source, from.path_of("tool_choice"), from.found()};
  if (inner.text("type") == "allowed_tools")
    return read_allowed(inner, into);
  into.choice = choice::required;
  into.allowed.push_back(named_function(*source, inner.at(), from.found()));
}

void read_schema(object_reader& from, output_form& into) {
  const auto* holder = from.need("json_schema");
  if (holder == nullptr)
    return;
  object_reader inner{*holder, from.path_of("json_schema"), from.found()};
  into.name = inner.needed_text("name");
  into.description = inner.text("description").value_or("");
  into.strict = inner.flag("strict");
  if (const auto* schema = inner.object("schema"))
    into.schema = *schema;
  inner.drop_rest();
}

void read_form(object_reader& from, output_form& into) {
  const auto* source = from.any("response_format");
  if (source == nullptr)
    return;
  object_reader inner{*source, from.path_of("response_format"), from.found()};
  const auto type = inner.needed_text("type");
  if (type == "json_schema") {
    into.form = form::json_schema;
    read_schema(inner, into);
    if (into.schema.is_null())  // A schema that says nothing.
      into.form = form::json_object;
  } else if (type == "json_object") {
    into.form = form::json_object;
  } else if (type != "text") {
    inner.expected("type", "'text', 'json_object' or 'json_schema'");
  }
}

void read_stops(object_reader& from, sampling& into) {
  const auto* stop = from.any("stop");
  if (stop == nullptr)
    return;
  if (stop->is_string())
    return into.stops.emplace_back(text_in(*stop)), void();
  if (!stop->is_array())
    return from.expected("stop", "a string or an array of strings");
  for (const auto& one : *stop) {
    if (!one.is_string())
      from.expected("stop", "a string or an array of strings");
    into.stops.emplace_back(text_in(one));
  }
}

void read_sampling(object_reader& from, sampling& into) {
  into.temperature = from.number("temperature", 0, 2);
  into.top_p = from.number("top_p", 0, 1);
  into.top_k = from.whole("top_k", 0);  // The custom of many providers.
  into.presence_penalty = from.number("presence_penalty", -2, 2);
  into.frequency_penalty = from.number("frequency_penalty", -2, 2);
  into.seed = from.integer("seed");
  into.output_tokens_max = from.whole("max_tokens", 1);
  if (const auto limit = from.whole("max_completion_tokens", 1))
    into.output_tokens_max = limit;
  into.answers = from.whole("n", 1).value_or(1);
  into.logprobs = from.flag("logprobs").value_or(false);
  into.top_logprobs = from.whole("top_logprobs", 0);
  read_stops(from, into);
}

void read_effort(object_reader& from, thinking_wish& into) {
  const auto name = from.text("reasoning_effort");
  if (!name)
    return;
  into.effort = effort_of(*name);
  if (!into.effort)
    return from.expected("reasoning_effort", "'none', 'minimal', 'low', "
                                             "'medium', 'high', 'xhigh' or "
                                             "'max'");
  into.on = *into.effort != effort::none;
  into.shown = *into.on;
}

void read_modalities(object_reader& from) {
  each_in(from, "modalities", [&](const tree& one, const std::string&) {
    if (text_in(one) != "text")
      from.refuse("modalities", "Only text has an equal.");
  });
}

}  // namespace

conversation read_openai(const tree& body, findings& found) {
  conversation said;
  said.client = config::protocol::openai;
  object_reader from{body, {}, found};
  from.needed_array("messages");
  each_in(from, "messages", [&](const tree& item, const std::string& at) {
    read_openai_message(item, at, said, found);
  });
  each_in(from, "tools", [&](const tree& item, const std::string& at) {
    read_function(item, at, said, found);
  });
  read_choice(from, said.tools);
  said.tools.parallel = from.flag("parallel_tool_calls").value_or(true);
  read_form(from, said.output);
  read_sampling(from, said.sampling);
  read_effort(from, said.thinking);
  read_modalities(from);
  said.user =
      from.text("user").value_or(from.text("safety_identifier").value_or(""));
  if (const auto* options = from.object("stream_options"))
    if (const auto* wish = member_of(*options, "include_usage"))
      said.usage_chunk = *wish == true;
  from.skip({"model", "stream", "safety_identifier"});
  from.drop({"logit_bias", "metadata", "prediction", "prompt_cache_key",
             "prompt_cache_options", "prompt_cache_retention", "service_tier",
             "store", "verbosity"});
  from.refuse_rest();
  return said;
}

}  // namespace troupe::http::wire::dialogue
