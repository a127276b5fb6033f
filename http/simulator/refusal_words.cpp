#include "http/simulator/refusal_words.hpp"

#include <string>

namespace troupe::simulator {

namespace {

std::string missing_key_text(wire on) {
  switch (on) {
  case wire::anthropic:
    return "x-api-key header is required";
  case wire::gemini:
    return "Method doesn't allow unregistered callers. Please use API Key "
           "or other form of API consumer identity to call this API.";
  case wire::openai:
    break;
  }
  return "You didn't provide an API key. You need to provide your API key in "
         "an Authorization header using Bearer auth.";
}

std::string dead_key_text(wire on) {
  switch (on) {
  case wire::anthropic:
    return "invalid x-api-key";
  case wire::gemini:
    return "API key not valid. Please pass a valid API key.";
  case wire::openai:
    break;
  }
  return "Incorrect API key provided.";
}

std::string unknown_model_text(wire on, std::string_view model) {
  const std::string name{model};
  switch (on) {
  case wire::anthropic:
    return "model: " + name;
  case wire::gemini:
    return "models/" + name
           + " is not found for API version v1beta, or is "
             "not supported for this method.";
  case wire::openai:
    break;
  }
  return "The model `" + name
         + "` does not exist or you do not have access "
           "to it.";
}

}  // namespace

refusal missing_key(wire on) {
  return {reason::missing_key, missing_key_text(on), "", 0, {}};
}

refusal dead_key(wire on) {
  return {reason::dead_key, dead_key_text(on), "", 0, {}};
}

refusal no_such_model(wire on, std::string_view model) {
  // Only OpenAI names the field.
  return {reason::unknown_model,
          unknown_model_text(on, model),
          on == wire::openai ? "model" : "",
          0,
          {}};
}

refusal too_long(wire on, std::size_t tokens, std::uint64_t tokens_max) {
  const auto asked = std::to_string(tokens);
  const auto limit = std::to_string(tokens_max);
  refusal no{reason::context_length, "", "", 0, {}};
  if (on == wire::anthropic)
    no.message =
        "prompt is too long: " + asked + " tokens > " + limit + " maximum";
  else if (on == wire::gemini)
    no.message = "The input token count (" + asked
                 + ") exceeds the maximum "
                   "number of tokens allowed ("
                 + limit + ").";
  else
    no.message = "This model's maximum context length is " + limit
                 + " tokens. However, your messages resulted in " + asked
                 + " tokens. Please reduce the length of the messages.";
  if (on == wire::openai)
    no.param = "messages";
  return no;
}

refusal blocked(wire on) {
  const auto* words =
      on == wire::openai
          ? "The response was filtered due to the prompt triggering the "
            "content management policy."
          : "Output blocked by content filtering policy";
  return {reason::blocked, words, on == wire::openai ? "prompt" : "", 0, {}};
}

refusal quota_spent() {
  return {reason::quota_spent,
          "You exceeded your current quota, please check your plan and "
          "billing details.",
          "",
          0,
          {}};
}

}  // namespace troupe::simulator
