// A request of any wire, reduced to what the model looks at.
//
// Pointers in here point into the request's JSON, which outlives the prompt.

#pragma once

#include "http/simulator/json_text.hpp"
#include "http/simulator/tokens.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::simulator {

/// The model reads no more of a message: its answer repeats the message, and a
/// body of 20 MiB shall not be answered with one.
inline constexpr std::size_t said_max = 4'096;
/// Longest name of a model; longer ones are refused.
inline constexpr std::size_t model_name_max = 256;
/// As many answers as one request may ask for.
inline constexpr std::uint64_t choices_max = 128;

enum class tool_choice : std::uint8_t { automatic, none, required, named };
enum class output_form : std::uint8_t { text, json_object, json_schema };

struct tool {
  std::string name;
  /// Of its arguments; null if it takes any.
  const json* schema = nullptr;
};

/// What the request says about the provider's prompt cache.
struct cache_wish {
  bool asked = false;
  /// Hash of everything up to the mark.
  std::uint64_t prefix = 0;
  /// Tokens up to the mark.
  std::size_t tokens = 0;
  /// Whether to be kept for an hour (Anthropic) and not five minutes.
  bool for_an_hour = false;
};

struct prompt {
  std::string model;
  bool stream = false;

  /// The last thing the user said, cut to `said_max`.
  std::string said;
  /// Set if the last message is what a tool returned, cut likewise.
  std::optional<std::string> tool_result;
  /// Messages of the user so far.
  std::size_t turns = 0;
  std::size_t input_tokens = 0;

  std::vector<tool> tools;
  tool_choice choice = tool_choice::automatic;
  std::string tool_named;
  bool parallel_calls = true;

  output_form form = output_form::text;
  const json* schema = nullptr;
  bool thinks = false;
  bool shows_thoughts = false;

  /// Longest answer in tokens; none means any.
  std::optional<std::size_t> tokens_max;
  /// Whole answer in tokens, padded or cut to this.
  std::optional<std::size_t> tokens_exact;
  std::vector<std::string> stops;
  unsigned choices = 1;

  bool wants_usage = false;
  bool wants_logprobs = false;
  unsigned top_logprobs = 0;
  bool filtered = false;
  cache_wish cache;
};

/// Counts a conversation's tokens and remembers who spoke last.
class transcript {
public:
  explicit transcript(prompt& into) : prompt_(into) {}

  /// A message begins.
  void message() { tokens_ += tokens_per_message; }
  /// Text of any role. Counts only.
  void text(std::string_view text);
  /// A part that is no text.
  void attachment() { tokens_ += tokens_per_attachment; }
  /// The user's message is complete.
  void user_said(std::string_view text);
  /// A tool's result is complete.
  void tool_said(std::string_view text);
  /// The model's own message is complete.
  void model_said() { prompt_.tool_result.reset(); }
  /// Everything so far may be cached.
  void cache_here(bool for_an_hour);

  /// Tells the prompt the sum.
  void finish() { prompt_.input_tokens = tokens_ + tokens_of(bytes_); }

private:
  prompt& prompt_;
  std::size_t tokens_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace troupe::simulator
