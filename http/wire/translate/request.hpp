// A client's request, as the provider of another wire wants it.
//
//   client's body --reader--> conversation --writer--> provider's body
//
// What is mapped, dropped and refused stands in the README's tables; nothing is
// lost without a word: what was dropped is listed, and what may change the
// answer's meaning is refused with the client's own field.
//
// Also translates a wire into itself, through the same reader and writer;
// a gateway has `rewritten` for that, which changes nothing else.
//
// Limits: chats only. Legacy completions and OpenAI's responses are refused
// with what to use instead; embeddings and counting have files of their own.

#pragma once

#include "http/message.hpp"
#include "http/wire/request_facts.hpp"
#include "http/wire/translate/reply_shape.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

struct request_options {
  /// Sent where the wire demands a limit (Anthropic) and the client set none.
  std::uint64_t max_tokens_default = 4096;
  /// The query of the client's target: tells how a Gemini stream is framed.
  std::string_view query = {};
  /// For `reply_shape::request_id`.
  std::string_view request_id = {};
};

struct translated_request {
  std::string body;  ///< For the provider.
  /// The provider's endpoint; `upstream_path` takes it in a `match`.
  wire::endpoint endpoint = wire::endpoint::chat_completions;
  /// The `anthropic-version` that the body is written for, whatever the client
  /// sent; empty for other providers.
  std::string_view anthropic_version;
  /// Fields dropped by rule, in the client's words, as `logit_bias`. Each is a
  /// plain word, so that it may go into a header.
  std::vector<std::string> dropped;
  /// What the answer's translation must know.
  reply_shape shape;
};

/// A request, or a refusal for a 400.
struct translation {
  translated_request request;
  std::optional<refusal> refused;
};

/// Translates the body of the request that `m` was found for. `model` is the
/// provider's name for the model, `streams` whether the client wants a stream.
translation translate_request(const match& m, std::string_view body,
                              const header_list& headers, config::protocol to,
                              std::string_view model, bool streams,
                              const request_options& options = {});

}  // namespace troupe::http::wire
