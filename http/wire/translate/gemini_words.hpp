// The words of a Gemini answer that a whole one and a chunk have in common.
//
// Texts go in as they stand in JSON.

#pragma once

#include "http/wire/translate/reply_writer.hpp"

namespace troupe::http::wire::gemini_words {

void append_usage(std::string& out, const token_usage& u);

/// A part of text, or of a thought.
void append_text(std::string& out, std::string_view text, bool is_thought,
                 std::string_view signature, const reply_route& route);

/// A thought that only its provider can read is a signature of nothing; the
/// word before it tells it from one that seals a thought.
void append_sealed(std::string& out, std::string_view text,
                   const reply_route& route);

void append_media(std::string& out, std::string_view type,
                  std::string_view base64, std::string_view signature,
                  const reply_route& route);

/// False if the arguments are no object: then there is no such part.
bool append_call(std::string& out, std::string_view id, std::string_view name,
                 std::string_view arguments, std::string_view signature,
                 const reply_route& route);

/// A candidate's log-probabilities; nothing if there are no steps.
void append_logprobs(std::string& out, const std::vector<kept_step>& steps);

/// A candidate's members behind its parts.
void append_index(std::string& out, std::uint32_t index);

/// How a candidate ended. A broken call is one that could not be told.
void append_finish(std::string& out, const choice_outline& choice,
                   bool broken_call);

/// The end of an answer or of a chunk.
std::string closing(const reply_outline& outline, const reply_route& route);

}  // namespace troupe::http::wire::gemini_words
