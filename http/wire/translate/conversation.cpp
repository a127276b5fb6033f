#include "http/wire/translate/conversation.hpp"

namespace troupe::http::wire::dialogue {

using config::protocol;

turn& conversation::turn_of(dialogue::role who) {
  if (turns.empty() || turns.back().role != who)
    turns.push_back({who, {}});
  return turns.back();
}

std::string_view name_of(field f, config::protocol client) {
  struct row {
    std::string_view openai, anthropic, gemini;
  };
  static constexpr row rows[]{
      {"n", "", "generationConfig.candidateCount"},
      {"logprobs", "", "generationConfig.responseLogprobs"},
      {"stop", "stop_sequences", "generationConfig.stopSequences"},
      {"tool_choice", "tool_choice", "toolConfig.functionCallingConfig"},
  };
  const auto& found = rows[static_cast<std::size_t>(f)];
  switch (client) {
  case protocol::openai:
    return found.openai;
  case protocol::anthropic:
    return found.anthropic;
  case protocol::gemini:
    return found.gemini;
  }
  return {};
}

}  // namespace troupe::http::wire::dialogue
