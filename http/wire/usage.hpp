// The providers' token counts, made into disjoint parts.
//
//              in_uncached              cache read    cache write   output
//   OpenAI     prompt - cached - write  cached        write         completion
//   Anthropic  input                    cache_read    5m and 1h     output
//   Gemini     prompt - cached + tools  cached        -             candidates
//
// and reasoning apart: a part of OpenAI's and Anthropic's output, beside
// Gemini's. Sound in and out is taken out of the text's counts where a provider
// tells it. Each reader overwrites what it finds and leaves the rest, so that a
// later and more complete count of the same answer simply replaces an earlier
// one; nothing is ever added up over events.

#pragma once

#include "actors/outcome.hpp"
#include "http/wire/json.hpp"

namespace troupe::http::wire {

/// Each walks `v` and updates `usage` if it is an object with counts in it.
/// Returns whether it was sound.
bool read_openai_usage(json::value& v, std::size_t depth, token_usage& usage);
bool read_anthropic_usage(json::value& v, std::size_t depth,
                          token_usage& usage);
bool read_gemini_usage(json::value& v, std::size_t depth, token_usage& usage);

}  // namespace troupe::http::wire
