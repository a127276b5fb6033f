// Reading Gemini's requests.

#include "http/simulator/wires.hpp"

#include <algorithm>

namespace troupe::simulator {

namespace {

constexpr std::uint64_t tokens_limit_max = 10'000'000;

struct parts_read {
  std::string text;
  std::optional<std::string> tool_result;
};

parts_read read_parts(fields& from, transcript& said) {
  parts_read read;
  const auto* parts = from.needed_array("parts");
  for (std::size_t i = 0; parts != nullptr && i < parts->size(); ++i) {
    const auto& source = (*parts)[i];
    fields part{source, from.path_of(indexed("parts", i))};
    if (part.any("text") != nullptr) {
      const auto text = part.needed_text("text");
      said.text(text);
      read.text += text;
    } else if (const auto* call = part.object("functionCall")) {
      said.text(write_json(*call));
    } else if (const auto* result = part.object("functionResponse")) {
      fields inner{*result, part.path_of("functionResponse")};
      inner.needed_text("name");
      read.tool_result = inner.any("response") == nullptr
                             ? std::string{}
                             : write_json(*inner.any("response"));
      said.text(*read.tool_result);
      part.absorb(inner);
    } else if (source.is_object() && !source.empty()) {
      said.attachment();
    } else {
      part.wrong("data", "Required oneof field 'data' must have one "
                         "initialized field.");
    }
    from.absorb(part);
  }
  return read;
}

void read_content(fields& content, transcript& said) {
  const auto role = content.text("role").value_or("user");
  said.message();
  const auto read = read_parts(content, said);
  if (role == "model")
    said.model_said();
  else if (read.tool_result)
    said.tool_said(*read.tool_result);
  else if (role == "user")
    said.user_said(read.text);
  else
    content.wrong("role", "Please use a valid role: user, model.");
}

void read_contents(fields& from, transcript& said) {
  const auto* contents = from.needed_array("contents");
  if (contents != nullptr && contents->empty())
    from.wrong("contents", "Contents are required.");
  for (std::size_t i = 0; contents != nullptr && i < contents->size(); ++i) {
    fields content{(*contents)[i], from.path_of(indexed("contents", i))};
    read_content(content, said);
    from.absorb(content);
  }
}

void read_system(fields& from, transcript& said) {
  // Google's own examples spell it both ways.
  for (const auto* name : {"systemInstruction", "system_instruction"})
    if (const auto* system = from.object(name)) {
      fields content{*system, from.path_of(name)};
      read_parts(content, said);
      from.absorb(content);
    }
}

void read_declaration(fields& one, prompt& into, transcript& said) {
  tool made;
  made.name = one.needed_text("name");
  made.schema = one.object("parameters");
  if (made.schema == nullptr)
    made.schema = one.object("parametersJsonSchema");
  said.text(made.name);
  said.text(one.text("description").value_or(""));
  if (made.schema != nullptr)
    said.text(write_json(*made.schema));
  into.tools.push_back(std::move(made));
}

void read_tools(fields& from, prompt& into, transcript& said) {
  const auto* tools = from.array("tools");
  for (std::size_t i = 0; tools != nullptr && i < tools->size(); ++i) {
    fields group{(*tools)[i], from.path_of(indexed("tools", i))};
    const auto* list = group.array("functionDeclarations");
    for (std::size_t n = 0; list != nullptr && n < list->size(); ++n) {
      fields one{(*list)[n], group.path_of(indexed("functionDeclarations", n))};
      read_declaration(one, into, said);
      group.absorb(one);
    }
    from.absorb(group);
  }
}

void read_tool_choice(fields& from, prompt& into) {
  const auto* config = from.object("toolConfig");
  const auto calling = config == nullptr
                           ? json::const_iterator{}
                           : config->find("functionCallingConfig");
  if (config == nullptr || calling == config->end())
    return;
  fields inner{*calling, "toolConfig.functionCallingConfig"};
  const auto mode = inner.text("mode").value_or("AUTO");
  const auto* allowed = inner.array("allowedFunctionNames");
  if (mode == "NONE") {
    into.choice = tool_choice::none;
  } else if (mode == "ANY" && allowed != nullptr && !allowed->empty()) {
    into.choice = tool_choice::named;
    into.tool_named = text_in(allowed->front());
  } else if (mode == "ANY") {
    into.choice = tool_choice::required;
  } else if (mode != "AUTO" && mode != "VALIDATED") {
    inner.wrong("mode", "Expected AUTO, ANY, NONE or VALIDATED.");
  }
  from.absorb(inner);
}

void read_thinking(fields& config, prompt& into) {
  const auto* thinking = config.object("thinkingConfig");
  if (thinking == nullptr)
    return;
  fields inner{*thinking, config.path_of("thinkingConfig")};
  into.shows_thoughts = inner.flag("includeThoughts");
  const auto* budget = inner.any("thinkingBudget");
  into.thinks = into.shows_thoughts || inner.text("thinkingLevel").has_value()
                || (budget != nullptr && *budget != 0);
  config.absorb(inner);
}

void read_form(fields& config, prompt& into) {
  if (config.text("responseMimeType").value_or("") != "application/json")
    return;
  into.form = output_form::json_object;
  for (const auto* name : {"responseSchema", "responseJsonSchema"})
    if (const auto* schema = config.object(name)) {
      into.form = output_form::json_schema;
      into.schema = schema;
    }
}

void read_config(fields& from, prompt& into) {
  const auto* source = from.object("generationConfig");
  if (source == nullptr)
    return;
  fields config{*source, from.path_of("generationConfig")};
  into.tokens_max = config.whole("maxOutputTokens", 1, tokens_limit_max);
  constexpr std::uint64_t candidates_max = 8;
  into.choices = static_cast<unsigned>(
      config.whole("candidateCount", 1, candidates_max).value_or(1));
  config.number("temperature", 0, 2);
  config.number("topP", 0, 1);
  config.number("topK", 0, 1'000'000);
  if (const auto* stops = config.array("stopSequences"))
    for (const auto& each : *stops)
      into.stops.emplace_back(text_in(each));
  read_thinking(config, into);
  read_form(config, into);
  from.absorb(config);
}

void read_request(fields& from, prompt& into, transcript& said) {
  read_tools(from, into, said);
  read_system(from, said);
  read_contents(from, said);
  read_tool_choice(from, into);
  read_config(from, into);
}

void read_embed(fields& from, transcript& said) {
  const auto* content = from.need("content");
  if (content != nullptr) {
    fields inner{*content, from.path_of("content")};
    read_parts(inner, said);
    from.absorb(inner);
  }
  from.whole("outputDimensionality", 1, 4'096);
}

}  // namespace

std::optional<refusal> read_gemini(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_request(from, into, said);
  if (from.text("cachedContent"))
    said.cache_here(false);
  said.finish();
  return from.fault();
}

std::optional<refusal> read_gemini_count(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  if (const auto* whole = from.object("generateContentRequest")) {
    fields inner{*whole, "generateContentRequest"};
    read_request(inner, into, said);
    from.absorb(inner);
  } else {
    read_request(from, into, said);
  }
  said.finish();
  return from.fault();
}

std::optional<refusal> read_gemini_embedding(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  read_embed(from, said);
  said.finish();
  return from.fault();
}

std::optional<refusal> read_gemini_batch(const json& body, prompt& into) {
  fields from{body};
  transcript said{into};
  const auto* requests = from.needed_array("requests");
  constexpr std::size_t requests_max = 2'048;
  if (requests != nullptr
      && (requests->empty() || requests->size() > requests_max))
    from.wrong("requests", "Expected 1 to 2048 requests.");
  for (std::size_t i = 0; requests != nullptr && i < requests->size(); ++i) {
    fields one{(*requests)[i], indexed("requests", i)};
    read_embed(one, said);
    from.absorb(one);
  }
  said.finish();
  return from.fault();
}

}  // namespace troupe::simulator
