#include "http/wire/translate/thinking.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace troupe::http::wire::dialogue {

namespace {

struct effort_row {
  effort value;
  std::string_view openai;
  std::uint64_t tokens;
  std::string_view anthropic;
  std::string_view level;
};

// clang-format off
constexpr std::array efforts{
    effort_row{effort::none,    "none",    0,     "low",    "MINIMAL"},
    effort_row{effort::minimal, "minimal", 512,   "low",    "MINIMAL"},
    effort_row{effort::low,     "low",     1024,  "low",    "LOW"},
    effort_row{effort::medium,  "medium",  8192,  "medium", "MEDIUM"},
    effort_row{effort::high,    "high",    24576, "high",   "HIGH"},
    effort_row{effort::xhigh,   "xhigh",   32768, "xhigh",  "HIGH"},
    effort_row{effort::max,     "max",     32768, "max",    "HIGH"},
};
// clang-format on

const effort_row& row_of(effort e) {
  return efforts[static_cast<std::size_t>(e)];
}

/// Bounds of the providers' budgets, in tokens.
constexpr std::uint64_t anthropic_budget_min = 1024;
constexpr std::uint64_t gemini_flash_budget_max = 24576;
constexpr std::uint64_t gemini_pro_budget_min = 128;
constexpr std::uint64_t gemini_pro_budget_max = 32768;

/// A model's name without the organisation in front of it.
std::string_view bare(std::string_view model) {
  return model.substr(model.rfind('/') + 1);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// o1, o3-mini, o4-mini, ...
bool is_o_series(std::string_view model) {
  return model.size() > 1 && model[0] == 'o' && is_digit(model[1]);
}

/// gpt-5 itself, without those after it.
bool is_first_gpt_5(std::string_view model) {
  return model == "gpt-5" || model.starts_with("gpt-5-");
}

/// What the model takes of OpenAI's efforts; nothing if it takes none.
std::optional<effort> within(effort wished, std::string_view openai_model) {
  const auto model = bare(openai_model);
  for (const auto* none : {"gpt-3", "gpt-4", "chatgpt"})
    if (model.starts_with(none))
      return std::nullopt;
  if (is_o_series(model))
    return std::clamp(wished, effort::low, effort::high);
  if (is_first_gpt_5(model))
    return std::clamp(wished, effort::minimal, effort::high);
  return wished;
}

/// Claude 3 to 4.5: thinking has a budget. Later ones think adaptively.
bool takes_budget(std::string_view anthropic_model) {
  if (contains(anthropic_model, "claude-3"))
    return true;
  if (anthropic_model.ends_with("-4"))
    return true;
  const auto at = anthropic_model.find("-4-");
  if (at == std::string_view::npos)
    return false;
  const auto minor = anthropic_model.substr(at + 3);
  return minor.starts_with("20")  // claude-sonnet-4-20250514
         || minor.substr(0, minor.find_first_not_of("0123456789")) <= "5";
}

/// The wish as tokens, if it says any.
std::optional<std::uint64_t> tokens_of(const thinking_wish& wish) {
  if (wish.budget)
    return wish.budget;
  if (wish.effort)
    return row_of(*wish.effort).tokens;
  return std::nullopt;
}

std::optional<effort> effort_in(const thinking_wish& wish) {
  if (wish.effort)
    return wish.effort;
  return wish.budget ? std::optional{effort_of(*wish.budget)} : std::nullopt;
}

/// Whether the model waits for results of a turn that did not begin with a
/// thought. A Claude with a budget would refuse that.
bool answers_without_thought(const conversation& said) {
  const auto count = said.turns.size();
  if (count < 2 || said.turns.back().role != role::user
      || said.turns.back().parts.front().kind != part_kind::result)
    return false;
  const auto first = said.turns[count - 2].parts.front().kind;
  return first != part_kind::thinking && first != part_kind::redacted;
}

/// The budget that fits; nothing if none does.
std::optional<std::uint64_t> fitting_budget(const conversation& said) {
  const auto budget = std::max(
      anthropic_budget_min,
      tokens_of(said.thinking).value_or(row_of(effort::medium).tokens));
  const auto limit = said.sampling.output_tokens_max;
  if (!limit)
    return budget;
  return *limit > anthropic_budget_min
             ? std::optional{std::min(budget, *limit - 1)}
             : std::nullopt;
}

}  // namespace

std::optional<effort> effort_of(std::string_view name) {
  for (const auto& row : efforts)
    if (row.openai == name)
      return row.value;
  return std::nullopt;
}

effort effort_of(std::uint64_t tokens) {
  for (const auto& row : efforts)
    if (tokens <= row.tokens && row.value <= effort::high)
      return row.value;
  return effort::high;
}

std::optional<effort> effort_of_level(std::string_view level) {
  std::string upper{level};
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  // From above, so that MINIMAL is not taken for none.
  for (const auto e :
       {effort::minimal, effort::low, effort::medium, effort::high})
    if (row_of(e).level == upper)
      return e;
  return std::nullopt;
}

bool takes_level(std::string_view gemini_model) {
  return contains(gemini_model, "gemini") && !contains(gemini_model, "gemini-1")
         && !contains(gemini_model, "gemini-2");
}

bool takes_completion_limit(std::string_view openai_model) {
  const auto model = bare(openai_model);
  return model.starts_with("gpt-") || model.starts_with("chatgpt")
         || is_o_series(model);
}

void write_openai_thinking(const conversation& said, const target& to,
                           tree& body, findings& found) {
  const auto& wish = said.thinking;
  auto wished = effort_in(wish);
  if (wish.on && !*wish.on)
    wished = effort::none;
  else if (wish.on && !wished)
    wished = effort::medium;
  if (!wished)
    return;
  if (const auto fits = within(*wished, to.model))
    body["reasoning_effort"] = row_of(*fits).openai;
  else if (*wished != effort::none)
    found.drop("thinking");
}

bool write_anthropic_thinking(const conversation& said, const target& to,
                              tree& body, findings& found) {
  const auto& wish = said.thinking;
  const auto limit = said.sampling.output_tokens_max;
  const bool budgeted = takes_budget(to.model);
  body["max_tokens"] = limit.value_or(to.max_tokens_default);
  if (wish.on && !*wish.on && !budgeted)
    body["thinking"] = tree{{"type", "disabled"}};
  if (!wish.on.value_or(wish.effort.has_value()))
    return false;
  const auto budget = fitting_budget(said);
  if (said.tools.choice == choice::required
      || (budgeted && (!budget || answers_without_thought(said)))) {
    found.drop("thinking");
    return false;
  }
  // Thinking counts: a limit that nobody asked for must leave room for it.
  if (!limit)
    body["max_tokens"] = to.max_tokens_default + *budget;
  if (budgeted) {
    body["thinking"] = tree{{"type", "enabled"}, {"budget_tokens", *budget}};
    return true;
  }
  body["thinking"] = tree{{"type", "adaptive"},
                          {"display", wish.shown ? "summarized" : "omitted"}};
  if (const auto wished = effort_in(wish))
    body["output_config"]["effort"] = row_of(*wished).anthropic;
  return true;
}

void write_gemini_thinking(const conversation& said, const target& to,
                           tree& config) {
  const auto& wish = said.thinking;
  const bool is_pro = contains(to.model, "pro");
  if (!wish.on && !wish.effort)
    return;
  auto thinking = tree::object();
  if (takes_level(to.model)) {
    auto wished =
        wish.on.value_or(true) ? effort_in(wish) : std::optional{effort::none};
    if (wished && is_pro)
      wished = std::max(*wished, effort::low);
    if (wished)
      thinking["thinkingLevel"] = row_of(*wished).level;
  } else if (const auto tokens = wish.on.value_or(true)
                                     ? tokens_of(wish)
                                     : std::optional<std::uint64_t>{0}) {
    thinking["thinkingBudget"] =
        is_pro
            ? std::clamp(*tokens, gemini_pro_budget_min, gemini_pro_budget_max)
            : std::min(*tokens, gemini_flash_budget_max);
  } else {
    thinking["thinkingBudget"] = -1;  // As much as the model finds right.
  }
  if (wish.shown)
    thinking["includeThoughts"] = true;
  if (!thinking.empty())
    config["thinkingConfig"] = std::move(thinking);
}

}  // namespace troupe::http::wire::dialogue
