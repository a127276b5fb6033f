// How much a model shall think: one row for each kind of model.

#include "tests/http/wire/translate/translating.hpp"

namespace troupe::http::wire {

namespace {

constexpr auto effort = R"("reasoning_effort":"medium",)";
constexpr auto budget =
    R"("thinking":{"type":"enabled","budget_tokens":2048},)";
constexpr auto adaptive = R"("thinking":{"type":"adaptive"},)";
constexpr auto off = R"("thinking":{"type":"disabled"},)";
constexpr auto level =
    R"("generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true}},)";
constexpr auto tokens =
    R"("generationConfig":{"thinkingConfig":{"thinkingBudget":2048}},)";
constexpr auto zero =
    R"("generationConfig":{"thinkingConfig":{"thinkingBudget":0}},)";
constexpr auto dynamic =
    R"("generationConfig":{"thinkingConfig":{"thinkingBudget":-1}},)";
const option_row rows[]{
    // To Claudes with a budget, and to those that think adaptively.
    {{openai, anthropic, "claude-sonnet-4-5"},
     effort,
     "/thinking",
     R"({"type":"enabled","budget_tokens":8192})"},
    {{openai, anthropic, "claude-sonnet-4-5"}, effort, "/max_tokens", "12288"},
    {{openai, anthropic, "claude-opus-5"},
     effort,
     "/thinking",
     R"({"type":"adaptive","display":"summarized"})"},
    {{openai, anthropic, "claude-opus-5"},
     effort,
     "/output_config/effort",
     R"("medium")"},
    {{openai, anthropic, "claude-opus-5"},
     R"("reasoning_effort":"none",)",
     "/thinking",
     R"({"type":"disabled"})"},
    {{openai, anthropic, "claude-3-7-sonnet"},
     R"("reasoning_effort":"none",)",
     "/thinking",
     "null"},
    {{openai, anthropic, "claude-opus-5"},
     R"("reasoning_effort":"minimal",)",
     "/output_config/effort",
     R"("low")"},
    {{openai, anthropic, "claude-opus-5"},
     R"("reasoning_effort":"xhigh",)",
     "/output_config/effort",
     R"("xhigh")"},
    {{openai, anthropic, "claude-haiku-4-5-20251001"},
     R"("reasoning_effort":"high","max_tokens":3000,)",
     "/thinking/budget_tokens",
     "2999"},
    {{openai, anthropic, "claude-sonnet-4-20250514"},
     R"("reasoning_effort":"high","max_tokens":1024,)",
     "/thinking",
     "null"},
    {{gemini, anthropic, "claude-opus-4-6"},
     level,
     "/thinking/type",
     R"("adaptive")"},
    {{gemini, anthropic, "claude-opus-4-6"},
     level,
     "/output_config/effort",
     R"("low")"},
    {{gemini, anthropic, "claude-opus-4-1"},
     tokens,
     "/thinking/budget_tokens",
     "2048"},
    {{gemini, anthropic, "claude-opus-5"},
     zero,
     "/thinking/type",
     R"("disabled")"},
    {{gemini, anthropic, "claude-opus-5"},
     dynamic,
     "/thinking/display",
     R"("omitted")"},
    // To Geminis with a budget, and to those with levels.
    {{openai, gemini, "gemini-2.5-flash"},
     effort,
     "/generationConfig/thinkingConfig",
     R"({"thinkingBudget":8192,"includeThoughts":true})"},
    {{openai, gemini, "gemini-3.8-flash"},
     effort,
     "/generationConfig/thinkingConfig",
     R"({"thinkingLevel":"MEDIUM","includeThoughts":true})"},
    {{openai, gemini, "gemini-3.1-pro-preview"},
     R"("reasoning_effort":"none",)",
     "/generationConfig/thinkingConfig",
     R"({"thinkingLevel":"LOW"})"},
    {{openai, gemini, "gemini-2.5-pro"},
     R"("reasoning_effort":"none",)",
     "/generationConfig/thinkingConfig",
     R"({"thinkingBudget":128})"},
    {{openai, gemini, "gemini-2.5-flash"},
     R"("reasoning_effort":"max",)",
     "/generationConfig/thinkingConfig/thinkingBudget",
     "24576"},
    {{anthropic, gemini, "gemini-2.5-flash"},
     budget,
     "/generationConfig/thinkingConfig",
     R"({"thinkingBudget":2048,"includeThoughts":true})"},
    {{anthropic, gemini, "gemini-3-flash"},
     budget,
     "/generationConfig/thinkingConfig/thinkingLevel",
     R"("MEDIUM")"},
    {{anthropic, gemini, "gemini-2.5-flash"},
     adaptive,
     "/generationConfig/thinkingConfig/thinkingBudget",
     "-1"},
    {{anthropic, gemini, "gemini-2.5-flash"},
     off,
     "/generationConfig/thinkingConfig",
     R"({"thinkingBudget":0})"},
    {{anthropic, gemini, "gemini-3-flash"},
     R"("output_config":{"effort":"high"},)",
     "/generationConfig/thinkingConfig",
     R"({"thinkingLevel":"HIGH"})"},
    // To OpenAI's models.
    {{anthropic, openai, "gpt-6-sol"},
     budget,
     "/reasoning_effort",
     R"("medium")"},
    {{anthropic, openai, "gpt-6-sol"},
     R"("thinking":{"type":"enabled","budget_tokens":1024},)",
     "/reasoning_effort",
     R"("low")"},
    {{anthropic, openai, "gpt-6-sol"}, off, "/reasoning_effort", R"("none")"},
    {{anthropic, openai, "gpt-5-mini"},
     off,
     "/reasoning_effort",
     R"("minimal")"},
    {{anthropic, openai, "o4-mini"}, off, "/reasoning_effort", R"("low")"},
    {{anthropic, openai, "gpt-6-sol"},
     adaptive,
     "/reasoning_effort",
     R"("medium")"},
    {{anthropic, openai, "gpt-4o"}, budget, "/reasoning_effort", "null"},
    {{anthropic, openai, "gpt-6-sol"},
     R"("output_config":{"effort":"max"},)",
     "/reasoning_effort",
     R"("max")"},
    {{gemini, openai, "gpt-6-sol"}, level, "/reasoning_effort", R"("low")"},
    {{gemini, openai, "gpt-6-sol"}, zero, "/reasoning_effort", R"("none")"},
    {{gemini, openai, "gpt-6-sol"}, "", "/reasoning_effort", "null"},
};

TEST(request_effort, maps_thinking) {
  for (const auto& r : rows)
    check(r);
}

TEST(request_effort, keeps_to_what_a_thinking_claude_takes) {
  const auto body =
      made({openai, anthropic, "claude-opus-5"},
           chat_with(openai, R"("reasoning_effort":"low","temperature":0.2,)"
                             R"("top_k":3,"top_p":0.99,)"));
  EXPECT_FALSE(body.contains("temperature"));
  EXPECT_FALSE(body.contains("top_k"));
  EXPECT_EQ(body["top_p"], 0.99);
  // A forced tool and thinking exclude each other; the tool wins.
  const auto forced = made(
      {openai, anthropic, "claude-opus-5"},
      chat_with(openai,
                R"("reasoning_effort":"low","tool_choice":"required",)"
                R"("tools":[{"type":"function","function":{"name":"f"}}],)"));
  EXPECT_FALSE(forced.contains("thinking"));
}

}  // namespace

}  // namespace troupe::http::wire
