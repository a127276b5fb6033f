// How much a model shall think: three measures and one table.
//
//   OpenAI effort    none  minimal  low   medium  high   xhigh  max
//   tokens           0     512      1024  8192    24576  32768  32768
//   Anthropic effort off   low      low   medium  high   xhigh  max
//   Gemini level     0     MINIMAL  LOW   MEDIUM  HIGH   HIGH   HIGH
//
// Tokens become an effort by the first column that is not below them. A wish
// in the provider's own measure passes as it is, within the model's bounds.
//
// Which measure a model takes is told by its name: older Claudes take a budget,
// Gemini up to 2.5 a budget, the first chat models of OpenAI none at all.

#pragma once

#include "http/wire/translate/dialects.hpp"

#include <optional>
#include <string_view>

namespace troupe::http::wire::dialogue {

/// The effort OpenAI or Anthropic calls so.
std::optional<effort> effort_of(std::string_view name);

/// The effort a budget of thinking tokens comes to.
effort effort_of(std::uint64_t tokens);

/// The effort of a Gemini `thinkingLevel`, whatever its case.
std::optional<effort> effort_of_level(std::string_view level);

/// Whether a Gemini model takes levels (and wants signatures with its calls).
bool takes_level(std::string_view gemini_model);

/// Whether an OpenAI model knows only `max_completion_tokens`, or at least
/// that as well; others of the wire may know only `max_tokens`.
bool takes_completion_limit(std::string_view openai_model);

/// Each adds to `body` what the wish comes to on its wire.
void write_openai_thinking(const conversation& said, const target& to,
                           tree& body, findings& found);
/// Also `max_tokens`, of which a budget must be a part. Returns whether the
/// model will think.
bool write_anthropic_thinking(const conversation& said, const target& to,
                              tree& body, findings& found);
/// `config` is the generationConfig.
void write_gemini_thinking(const conversation& said, const target& to,
                           tree& config);

}  // namespace troupe::http::wire::dialogue
