// An answer, whichever wire it came over.
//
//   provider's event --reader--> reply_event --writer--> client's events
//   provider's body  --reader--> reply_event --reply---> client's body
//
// There is one reader and one writer for each wire, and nothing between them
// but this. A reader turns one event, or a whole body, into a list of deltas; a
// body is nothing but one large event. So what a client gets as a stream and
// what it gets whole say the same.
//
// Texts are views into the provider's JSON, escapes unresolved (see
// escaped_text.hpp): they hold only as long as the event's document. What must
// outlive it is copied by `reply_outline` (the little that ends an answer) and
// by `reply` (all of it).
//
// Limits: more choices or tool calls than `choices_max` and `calls_max` are no
// answer anybody asked for.

#pragma once

#include "actors/outcome.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

/// OpenAI's `n` goes to 128, Gemini's candidateCount to 8.
inline constexpr std::size_t choices_max = 128;

/// Tool calls of one answer; the providers' own limits on tools are 128.
inline constexpr std::size_t calls_max = 1024;

/// Why a choice ended. The README has the table.
enum class stop_reason : std::uint8_t {
  none,  ///< Not told.
  end,
  stop_sequence,
  length,
  window,  ///< The model's context is full.
  tool_calls,
  filter,  ///< Refused, blocked, or given up by the provider.
  pause,   ///< Anthropic's, of long turns.
  other,
};

/// One chosen token, or one it was chosen from.
struct token_probability {
  std::string_view token;
  std::string_view logprob;  ///< A number, as written.
};

/// The tokens of a delta, and for each the best there were.
struct token_step {
  token_probability chosen;
  std::vector<token_probability> best;
};

enum class delta_kind : std::uint8_t {
  thinking,  ///< `text`, and then a `signature` that ends this thought.
  redacted,  ///< A thought only its provider can read, in `text`.
  text,      ///< `text`; a `signature` stands before it.
  refusal,   ///< `text`, instead of an answer.
  media,     ///< Base64 in `text`, its type in `name`.
  call,      ///< A tool call begins: `id`, `name`, first arguments in `text`.
  arguments,
  logprobs,
  finish,
};

struct reply_delta {
  delta_kind kind = delta_kind::text;
  std::uint32_t choice = 0;
  /// Which call of its choice arguments belong to, as the provider counts.
  std::uint32_t slot = 0;
  std::string_view text;
  std::string_view signature;
  std::string_view id;
  std::string_view name;
  bool whole = false;  ///< Of a call: no more arguments will come.
  // Of a finish.
  stop_reason stop = stop_reason::none;
  std::string_view stop_sequence;
  std::string_view explanation;
  // Of logprobs: a part of the event's steps.
  std::size_t steps_at = 0;
  std::size_t steps_count = 0;
};

/// What one event of a provider says. Kept for the next one, for its memory.
struct reply_event {
  std::string_view id;
  std::string_view model;
  std::uint64_t created = 0;
  std::vector<reply_delta> deltas;
  std::vector<token_step> steps;
  /// Texts that do not stand in the event as they are told.
  std::deque<std::string> made;

  bool error = false;     ///< The provider reports a failure.
  bool ping = false;      ///< Says nothing.
  bool terminal = false;  ///< The wire's last event.
  bool marked = false;    ///< Of a body: it has the outline of an answer.

  reply_delta& add(delta_kind kind, std::string_view text = {});
  std::string_view keep(std::string text);
  void clear();
};

/// How far a choice has come.
struct choice_outline {
  bool begun = false;
  bool refused = false;
  std::size_t calls = 0;
  stop_reason stop = stop_reason::none;
  std::string stop_sequence;
  std::string explanation;

  bool finished() const { return stop != stop_reason::none; }
  /// The reason with what else is known: calls make an end a wish for tools.
  stop_reason reason() const;
};

/// What a writer must know of an answer beside the deltas.
struct reply_outline {
  std::string id;
  std::string model;
  std::uint64_t created = 0;
  std::vector<choice_outline> choices;

  /// Takes what an event adds. False if that is beyond the limits.
  bool observe(const reply_event& event);
  bool all_finished() const;
};

/// A part of a whole answer. Texts are escaped, as in the deltas.
struct reply_part {
  delta_kind kind = delta_kind::text;
  std::string text;
  std::string signature;
  std::string id;
  std::string name;
};

struct kept_probability {
  std::string token;
  std::string logprob;
};

struct kept_step {
  kept_probability chosen;
  std::vector<kept_probability> best;
};

struct reply_choice {
  std::vector<reply_part> parts;
  std::vector<kept_step> steps;
};

/// A whole answer.
struct reply {
  reply_outline outline;
  std::vector<reply_choice> choices;  ///< As many as the outline has.
  token_usage usage;

  /// Takes all that a body says. False as for `observe`. @pre called once.
  bool take(const reply_event& body);
};

/// The log-probabilities of a delta, kept beyond their event.
std::vector<kept_step> steps_of(const reply_event& event, const reply_delta& d);

/// Whether a call's delta continues the call that `id` belongs to: some
/// providers repeat id and name with every piece of the arguments.
bool continues(const reply_delta& call, std::string_view id);

}  // namespace troupe::http::wire
