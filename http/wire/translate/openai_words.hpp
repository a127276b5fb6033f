// The words of a chat completion that a whole one and a chunk have in common.
//
// Texts go in as they stand in JSON. Thoughts are shown as other gateways show
// them: `reasoning_content` for who wants to read them, `thinking_blocks` for
// who must send them back.

#pragma once

#include "http/wire/translate/reply_writer.hpp"

namespace troupe::http::wire::openai_words {

std::string_view finish_name(stop_reason reason);

void append_usage(std::string& out, const token_usage& u);

/// `null` if there are no steps.
void append_logprobs(std::string& out, const std::vector<kept_step>& steps);

/// An element of `thinking_blocks`.
void append_thought(std::string& out, std::string_view text,
                    std::string_view signature, const reply_route& route);

/// The same of a thought that only its provider can read.
void append_sealed(std::string& out, std::string_view text,
                   const reply_route& route);

/// An element of `images`.
void append_image(std::string& out, std::string_view type,
                  std::string_view base64);

/// The members of a call but its index, and the brace behind them.
void append_call(std::string& out, std::string_view id, std::string_view name,
                 std::string_view signature, std::string_view arguments,
                 const reply_route& route);

/// What every object of an answer begins with, up to its first choice.
std::string opening(std::string_view object, const reply_outline& outline,
                    const reply_route& route);

}  // namespace troupe::http::wire::openai_words
