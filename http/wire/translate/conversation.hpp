// A chat request in no wire's words: what readers make and writers take.
//
// Three readers and three writers meet here, so that nine directions cost six
// files. It holds what at least two wires can say; what only one can is either
// dropped by a documented rule or refused (the tables are in the README).
//
// What always holds once it was read: turns alternate between user and model,
// results stand first in their turn, every call has an id of its own, and every
// result answers a call before it. Each part knows where the client wrote it,
// so that a writer's refusal can name the client's own field.

#pragma once

#include "http/wire/request_facts.hpp"
#include "http/wire/translate/signature.hpp"
#include "http/wire/translate/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::http::wire::dialogue {

/// The one member of a call's arguments that are no JSON object.
inline constexpr std::string_view unparsed_arguments = "_unparsed_arguments";

enum class part_kind : std::uint8_t {
  text,
  media,     ///< A picture, document, sound or film.
  thinking,  ///< With a signature, or it would not have been kept.
  redacted,  ///< Thinking that only its maker can read.
  call,
  result,
};

/// Bytes or an address.
struct media {
  std::string mime;   ///< `image/png`; may be empty for an address.
  std::string bytes;  ///< Base64; empty if there is an address.
  std::string url;
  std::string name;  ///< A file's name or a document's title.
};

/// One piece of a turn; `kind` says which fields count.
struct part {
  part_kind kind = part_kind::text;
  std::string at;    ///< The client's field, as `messages[0].content[1]`.
  std::string text;  ///< Text, thinking, or what was redacted.
  media file = {};
  std::string id = {};    ///< A call's, or of the call a result answers.
  std::string name = {};  ///< A function's, also of a result.
  tree arguments = {};    ///< A call's: an object.
  std::vector<part> content = {};  ///< A result's: texts and media.
  bool failed = false;             ///< Whether a result tells of an error.
  std::optional<wire::signature> signature = {};
};

enum class role : std::uint8_t { user, model };

struct turn {
  dialogue::role role = role::user;
  std::vector<part> parts;
};

struct function {
  std::string at;
  std::string name;
  std::string description;
  tree schema;  ///< JSON Schema of its arguments; null if there is none.
  std::optional<bool> strict;
};

enum class choice : std::uint8_t { unset, automatic, none, required };

struct tool_use {
  std::vector<function> functions;
  dialogue::choice choice = choice::unset;
  std::vector<std::string> allowed;  ///< Only these; empty if all are.
  bool parallel = true;
};

enum class form : std::uint8_t { text, json_object, json_schema };

struct output_form {
  dialogue::form form = form::text;
  std::string name;
  std::string description;
  tree schema;
  std::optional<bool> strict;
};

enum class effort : std::uint8_t {
  none,
  minimal,
  low,
  medium,
  high,
  xhigh,
  max,
};

/// How much the model shall think, in the client's own measure.
struct thinking_wish {
  std::optional<bool> on;  ///< Nothing: the provider's default.
  std::optional<dialogue::effort> effort;
  std::optional<std::uint64_t> budget;  ///< Tokens.
  bool shown = false;                   ///< Whether the client wants to see it.
};

struct sampling {
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<std::uint64_t> top_k;
  std::optional<double> presence_penalty;
  std::optional<double> frequency_penalty;
  std::optional<std::int64_t> seed;
  std::optional<std::uint64_t> output_tokens_max;
  std::uint64_t answers = 1;
  std::vector<std::string> stops;
  bool logprobs = false;
  std::optional<std::uint64_t> top_logprobs;
};

struct conversation {
  config::protocol client = config::protocol::openai;
  std::vector<part> system;  ///< Texts.
  std::vector<turn> turns;
  tool_use tools;
  output_form output;
  thinking_wish thinking;
  dialogue::sampling sampling;
  std::string user;          ///< The client's name for its own user.
  bool usage_chunk = false;  ///< OpenAI's stream_options.include_usage.

  /// The turn that a message of `who` belongs to: the last, if it is theirs.
  turn& turn_of(role who);
};

/// The client's name for one of its fields: `n` is `generationConfig.
/// candidateCount` to a Gemini client.
enum class field : std::uint8_t { answers, logprobs, stops, tool_choice };
std::string_view name_of(field f, config::protocol client);

}  // namespace troupe::http::wire::dialogue
