// Embeddings between OpenAI's wire and Gemini's: texts in, vectors out.
//
//   /v1/embeddings  <->  batchEmbedContents, embedContent
//
// Anthropic has none. Only texts travel: token numbers belong to one model's
// vocabulary and are refused. OpenAI's clients may want vectors as base64
// (their SDKs do unless told otherwise), so the request's wish goes with the
// answer.
//
// Limits: Gemini's taskType and title are dropped; vectors are 32-bit floats in
// base64, as at OpenAI.

#pragma once

#include "actors/outcome.hpp"
#include "http/wire/request_facts.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

/// How the client wants its vectors.
struct embedding_shape {
  wire::endpoint client = wire::endpoint::embeddings;
  bool base64 = false;
};

struct embedding_translation {
  std::string body;  ///< For the provider.
  wire::endpoint endpoint = wire::endpoint::embeddings;
  std::vector<std::string> dropped;
  embedding_shape shape;
  std::optional<refusal> refused;
};

/// Translates the request that `m` was found for; `model` is the provider's
/// name for the model.
embedding_translation translate_embeddings(const match& m,
                                           std::string_view body,
                                           config::protocol to,
                                           std::string_view model);

struct embedding_reply {
  bool sound = false;  ///< Whether the provider's answer was one.
  std::string body;    ///< For the client.
  token_usage usage;
};

/// Translates a whole answer of `from`; `model` is the client's name for it.
embedding_reply translate_embeddings_reply(config::protocol from,
                                           std::string_view body,
                                           const embedding_shape& to,
                                           std::string_view model);

}  // namespace troupe::http::wire
