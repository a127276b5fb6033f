// Which request is this? The table of all LLM endpoints.
//
// One row each: dialect, method, path, whether it streams, whether it has a
// body. The door finds the row of a request here, and the path under which the
// provider has the same endpoint.
//
// /v1/models is OpenAI's and Anthropic's (and Gemini's) at once; the headers
// that only one dialect's clients send decide.
//
// Limits: paths are compared as sent; only the model's name in a path may be
// percent-encoded.

#pragma once

#include "config/settings.hpp"
#include "http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

enum class endpoint : std::uint8_t {
  // OpenAI
  chat_completions,
  completions,
  responses,
  embeddings,
  list_models,
  get_model,
  // Anthropic
  messages,
  count_message_tokens,
  list_anthropic_models,
  get_anthropic_model,
  // Gemini
  generate_content,
  stream_generate_content,
  count_tokens,
  embed_content,
  batch_embed_contents,
  list_gemini_models,
  get_gemini_model,
  count_,
};

struct endpoint_row {
  wire::endpoint endpoint;
  config::protocol protocol;
  std::string_view method;
  /// For Gemini's verbs what follows `models/{m}:`, else the whole path. A
  /// path that ends in `/` is followed by a model's name.
  std::string_view path;
  /// Whether an answer may come as a stream.
  bool streams;
  /// Whether a request has a JSON body.
  bool has_body;
  std::string_view name;  ///< For logs and metric labels.
};

const endpoint_row& row_of(endpoint e) noexcept;

/// Returns `chat_completions`, `messages`, ...
std::string_view name_of(endpoint e) noexcept;

/// A request's endpoint. Views into the path it was found by.
struct match {
  wire::endpoint endpoint = wire::endpoint::chat_completions;
  config::protocol protocol = config::protocol::openai;
  /// Still percent-encoded; empty where the path names no model. Gemini's
  /// `models/` is left out, its `tunedModels/` is not.
  std::string_view model_in_path;
  /// Gemini's `v1beta`, `v1` or `v1alpha`.
  std::string_view version;
};

/// Finds the row of a request. Nothing if there is none; then `methods_of`
/// tells whether only the method was wrong.
std::optional<match> find_endpoint(std::string_view method,
                                   std::string_view path,
                                   const header_list& headers);

/// The method a path has, for a 405's `Allow`; empty if the path is unknown.
std::string_view methods_of(std::string_view path, const header_list& headers);

/// Whose error shape a client on `path` understands, also where there is no
/// such endpoint. Nothing for paths that are no dialect's.
std::optional<config::protocol> dialect_of(std::string_view path,
                                           const header_list& headers);

/// Whether a stream of this endpoint tells its usage only if it is asked to
/// (OpenAI's `stream_options.include_usage`).
bool has_usage_option(endpoint e) noexcept;

/// The model's name in the path, decoded; empty if there is none.
std::string model_of(const match& m);

/// Whether a Gemini client asked for its stream as server-sent events; else it
/// expects one JSON array.
bool asks_for_sse(std::string_view query);

/// The target under which a provider has the endpoint: `base_path` (of its
/// base_url: OpenAI's ends in /v1, the others' do not), path and query. `model`
/// is the provider's name for the model; used where the path has one. A
/// Gemini client's `key` does not stay in the query.
std::string upstream_path(const match& m, std::string_view query,
                          std::string_view base_path, std::string_view model);

}  // namespace troupe::http::wire
