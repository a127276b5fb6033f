// The words of a message that a whole one and a stream have in common.
//
// Texts go in as they stand in JSON.

#pragma once

#include "http/wire/translate/reply_writer.hpp"

namespace troupe::http::wire::anthropic_words {

/// The counts that a message's start and end have in common, and for a whole
/// message (or its start) the rest.
void append_usage(std::string& out, const token_usage& u, bool whole);

/// `stop_reason`, `stop_sequence` and `stop_details`, without braces.
void append_stop(std::string& out, const choice_outline& choice);

/// A message up to its first block.
void append_message_start(std::string& out, const reply_outline& outline,
                          const reply_route& route);

/// A tool's block up to its input.
void append_tool_start(std::string& out, std::string_view id,
                       std::string_view name);

void append_thought(std::string& out, std::string_view text,
                    std::string_view signature, const reply_route& route);

/// A thought that only its provider can read.
void append_sealed(std::string& out, std::string_view text,
                   const reply_route& route);

}  // namespace troupe::http::wire::anthropic_words
