#include "http/simulator/author.hpp"

#include "http/simulator/dice.hpp"
#include "http/simulator/schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace troupe::simulator {

namespace {

/// How much of a message an answer repeats.
constexpr std::size_t echo_max = 400;
/// Calls in one answer.
constexpr std::size_t calls_max = 16;

bool contains(std::string_view text, std::string_view word) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  return !word.empty() && !std::ranges::search(text, word, same).empty();
}

/// Whether the text names the tool, or the noun in its name: "weather" asks for
/// `get_weather`.
bool asks_for(std::string_view text, std::string_view name) {
  if (contains(text, name))
    return true;
  constexpr std::size_t noun_min = 4;
  constexpr std::array<std::string_view, 6> verbs{"find",   "list", "search",
                                                  "lookup", "make", "current"};
  while (!name.empty()) {
    const auto size = std::min(name.find_first_of("_-."), name.size());
    const auto part = name.substr(0, size);
    if (part.size() >= noun_min && std::ranges::find(verbs, part) == verbs.end()
        && contains(text, part))
      return true;
    name.remove_prefix(std::min(size + 1, name.size()));
  }
  return false;
}

std::vector<const tool*> chosen_tools(const prompt& asked) {
  std::vector<const tool*> chosen;
  if (asked.choice == tool_choice::none || asked.tools.empty())
    return chosen;
  // A result in the last message answers the request for the tool.
  const bool may_ask = !asked.tool_result;
  for (const auto& each : asked.tools) {
    const bool wanted = asked.choice == tool_choice::named
                            ? each.name == asked.tool_named
                            : may_ask && asks_for(asked.said, each.name);
    if (wanted && chosen.size() < calls_max)
      chosen.push_back(&each);
  }
  if (chosen.empty() && asked.choice == tool_choice::required)
    chosen.push_back(&asked.tools.front());
  if (!asked.parallel_calls && chosen.size() > 1)
    chosen.resize(1);
  else if (asked.parallel_calls && !chosen.empty()
           && contains(asked.said, "twice"))
    chosen.insert(chosen.end(), chosen.front());
  return chosen;
}

std::vector<tool_call> write_calls(const prompt& asked, std::uint64_t seed) {
  std::vector<tool_call> calls;
  for (const auto* each : chosen_tools(asked)) {
    auto arguments = each->schema != nullptr
                         ? make_instance(*each->schema, asked.said)
                         : json::object();
    if (!arguments.is_object())
      arguments = json::object();
    calls.push_back({id_text(mix(calls.size(), seed), 24), each->name,
                     write_json(arguments)});
  }
  return calls;
}

/// Adds words until the text has `bytes` bytes or more.
void pad(std::string& text, std::size_t bytes, std::uint64_t seed) {
  constexpr std::array<std::string_view, 24> words{
      "the",   "stage", "lights",  "rise",   "while", "actors",
      "wait",  "for",   "their",   "cue",    "and",   "every",
      "line",  "is",    "heard",   "before", "a",     "quiet",
      "house", "as",    "curtain", "falls",  "once",  "more"};
  text.reserve(std::max(text.size(), bytes + 16));
  for (std::uint64_t i = 0; text.size() < bytes; ++i)
    text.append(" ").append(words[mix(i, seed) % words.size()]);
}

std::string plain_text(const prompt& asked, const author_options& options,
                       std::uint64_t seed) {
  std::string text;
  if (asked.tool_result)
    text.append("The tool answered: ")
        .append(prefix_of(*asked.tool_result, echo_max));
  else
    text.append("You said: ").append(prefix_of(asked.said, echo_max));
  text.append(" (turn ").append(std::to_string(asked.turns)).append(")");
  const auto bytes =
      asked.tokens_exact.value_or(options.tokens_min) * bytes_per_token;
  const bool too_short = text.size() < bytes;
  pad(text, bytes, seed);
  // What was padded ends exactly there; other answers end where they do.
  if (asked.tokens_exact || too_short)
    text = prefix_of(text, bytes);
  return text;
}

std::string spoken_text(const prompt& asked, const author_options& options,
                        std::uint64_t seed) {
  switch (asked.form) {
  case output_form::json_schema:
    if (asked.schema != nullptr)
      return write_json(make_instance(*asked.schema, asked.said));
    [[fallthrough]];
  case output_form::json_object:
    return write_json(
        {{"said", prefix_of(asked.said, echo_max)}, {"turn", asked.turns}});
  case output_form::text:
    break;
  }
  return plain_text(asked, options, seed);
}

void stop_at(answer& made, const std::vector<std::string>& stops) {
  auto at = std::string::npos;
  for (const auto& stop : stops)
    if (const auto found =
            stop.empty() ? std::string::npos : made.text.find(stop);
        found < at) {
      at = found;
      made.stop = stop;
    }
  if (at == std::string::npos)
    return;
  made.text.resize(at);
  made.end = ending::stop;
}

/// Keeps thoughts and text within the tokens allowed.
void limit(answer& made, std::optional<std::size_t> tokens_max) {
  if (!tokens_max)
    return;
  auto left = *tokens_max;
  for (auto* part : {&made.thoughts, &made.text}) {
    if (tokens_of(part->size()) > left) {
      *part = std::string{prefix_of(*part, left * bytes_per_token)};
      made.end = ending::length;
      made.stop.clear();
    }
    left -= tokens_of(part->size());
  }
}

std::size_t tokens_of_calls(const std::vector<tool_call>& calls) {
  std::size_t tokens = 0;
  for (const auto& call : calls)
    tokens += tokens_of(call.name.size() + call.arguments.size());
  return tokens;
}

}  // namespace

answer write_answer(const prompt& asked, const author_options& options,
                    unsigned choice) {
  const auto seed = mix(choice, hash_of(asked.said, options.seed));
  answer made;
  if (asked.filtered) {
    made.end = ending::filtered;
    return made;
  }
  if (asked.thinks)
    made.thoughts = "The user spoke " + std::to_string(asked.turns)
                    + " times. I repeat the last message.";
  made.calls = write_calls(asked, seed);
  const auto call_tokens = tokens_of_calls(made.calls);
  if (!made.calls.empty()
      && call_tokens + tokens_of(made.thoughts.size())
             <= asked.tokens_max.value_or(call_tokens + said_max)) {
    made.end = ending::tools;
    made.spoken_tokens = call_tokens;
  } else {
    // A call that does not fit is not begun.
    made.calls.clear();
    made.text = spoken_text(asked, options, seed);
    stop_at(made, asked.stops);
    limit(made, asked.tokens_max);
    made.spoken_tokens = tokens_of(made.text.size());
  }
  made.thought_tokens = tokens_of(made.thoughts.size());
  return made;
}

}  // namespace troupe::simulator
