// Reading a request of Gemini's generateContent.

#include "http/wire/translate/dialects.hpp"
#include "http/wire/translate/schema.hpp"
#include "http/wire/translate/thinking.hpp"

#include <algorithm>

namespace troupe::http::wire::dialogue {

namespace {

void read_declaration(const tree& source, const std::string& at,
                      conversation& into, findings& found) {
  object_reader from{source, at, found};
  function made;
  made.at = at;
  made.name = from.needed_text("name");
  made.description = from.text("description").value_or("");
  if (const auto* schema = from.object("parametersJsonSchema"))
    made.schema = *schema;
  else if (const auto* older = from.object("parameters"))
    made.schema = json_schema_of(*older);
  from.drop({"behavior", "response", "responseJsonSchema"});
  from.drop_rest();
  into.tools.functions.push_back(std::move(made));
}

void read_tool(const tree& source, const std::string& at, conversation& into,
               findings& found) {
  object_reader from{source, at, found};
  each_in(from, "functionDeclarations",
          [&](const tree& item, const auto& path) {
            read_declaration(item, path, into, found);
          });
  from.refuse_rest();
}

void read_choice(object_reader& from, tool_use& into) {
  const auto* config = from.object("toolConfig");
  if (config == nullptr)
    return;
  object_reader holder{*config, "toolConfig", from.found()};
  const auto* calling = holder.object("functionCallingConfig");
  holder.drop_rest();
  if (calling == nullptr)
    return;
  object_reader inner{*calling, "toolConfig.functionCallingConfig",
                      from.found()};
  const auto mode = inner.text("mode").value_or("AUTO");
  if (mode == "NONE")
    into.choice = choice::none;
  else if (mode == "ANY")
    into.choice = choice::required;
  else if (mode == "AUTO" || mode == "VALIDATED" || mode == "MODE_UNSPECIFIED")
    into.choice = choice::automatic;
  else
    inner.expected("mode", "AUTO, ANY, NONE or VALIDATED");
  each_in(inner, "allowedFunctionNames", [&](const tree& one, const auto&) {
    into.allowed.emplace_back(text_in(one));
  });
  inner.drop_rest();
}

void read_thinking(object_reader& config, thinking_wish& into) {
  const auto* source = config.object("thinkingConfig");
  if (source == nullptr)
    return;
  object_reader inner{*source, config.path_of("thinkingConfig"),
                      config.found()};
  into.shown = inner.flag("includeThoughts").value_or(false);
  if (const auto level = inner.text("thinkingLevel")) {
    into.effort = effort_of_level(*level);
    if (!into.effort && *level != "THINKING_LEVEL_UNSPECIFIED")
      inner.expected("thinkingLevel", "MINIMAL, LOW, MEDIUM or HIGH");
  }
  const auto budget = inner.integer("thinkingBudget");
  if (budget && *budget < -1)
    inner.expected("thinkingBudget", "-1 or more");
  if (budget && *budget > 0)
    into.budget = static_cast<std::uint64_t>(*budget);
  if (budget || into.effort || into.shown)
    into.on = !budget || *budget != 0;
  inner.drop_rest();
}

void read_form(object_reader& config, output_form& into) {
  const auto mime = config.text("responseMimeType").value_or("text/plain");
  const auto* schema = config.object("responseJsonSchema");
  const auto* older = config.object("responseSchema");
  if (mime == "text/plain")
    return;
  if (mime != "application/json")
    return config.refuse("responseMimeType", "Only text and JSON have an "
                                             "equal.");
  into.form = schema || older ? form::json_schema : form::json_object;
  if (schema != nullptr)
    into.schema = *schema;
  else if (older != nullptr)
    into.schema = json_schema_of(*older);
}

void read_modalities(object_reader& config) {
  each_in(config, "responseModalities", [&](const tree& one, const auto&) {
    if (text_in(one) != "TEXT" && text_in(one) != "MODALITY_UNSPECIFIED")
      config.refuse("responseModalities", "Only text has an equal.");
  });
}

void read_config(object_reader& from, conversation& into) {
  const auto* source = from.object("generationConfig");
  if (source == nullptr)
    return;
  object_reader config{*source, "generationConfig", from.found()};
  auto& sampling = into.sampling;
  sampling.temperature = config.number("temperature", 0, 2);
  sampling.top_p = config.number("topP", 0, 1);
  // Google writes a whole number as a float here.
  sampling.top_k = config.whole("topK", 0);
  sampling.presence_penalty = config.number("presencePenalty", -2, 2);
  sampling.frequency_penalty = config.number("frequencyPenalty", -2, 2);
  sampling.seed = config.integer("seed");
  sampling.output_tokens_max = config.whole("maxOutputTokens", 1);
  sampling.answers = config.whole("candidateCount", 1).value_or(1);
  sampling.logprobs = config.flag("responseLogprobs").value_or(false);
  sampling.top_logprobs = config.whole("logprobs", 0);
  each_in(config, "stopSequences", [&](const tree& one, const std::string& at) {
    if (!one.is_string())
      config.found().refuse(at, "Invalid value for '" + at
                                    + "': expected a string.");
    sampling.stops.emplace_back(text_in(one));
  });
  read_thinking(config, into.thinking);
  read_form(config, into.output);
  read_modalities(config);
  config.drop({"enableEnhancedCivicAnswers", "mediaResolution"});
  config.refuse_rest();
}

}  // namespace

conversation read_gemini(const tree& body, findings& found) {
  conversation said;
  said.client = config::protocol::gemini;
  object_reader from{body, {}, found};
  if (const auto* system = from.any("systemInstruction"))
    read_gemini_system(*system, "systemInstruction", said, found);
  // One content may stand without its brackets.
  if (const auto* one = from.need("contents"); one && one->is_object()) {
    read_gemini_content(*one, "contents", said, found);
  } else {
    each_in(from, "contents", [&](const tree& item, const std::string& at) {
      read_gemini_content(item, at, said, found);
    });
  }
  each_in(from, "tools", [&](const tree& item, const std::string& at) {
    read_tool(item, at, said, found);
  });
  read_choice(from, said.tools);
  read_config(from, said);
  from.skip({"model"});
  from.drop({"labels", "safetySettings", "serviceTier", "store"});
  from.refuse_rest();
  return said;
}

}  // namespace troupe::http::wire::dialogue
