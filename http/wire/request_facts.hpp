// What the gateway must know of a request's body, read in one pass.
//
// Model, stream or not, how many tokens it may cost, and where in the bytes the
// few things stand that troupe may have to change. Everything else in the body
// is the provider's to judge: a field troupe does not know passes.
//
// A body is refused here when no provider could take it (not JSON, no model, no
// messages) or when troupe itself would read it wrongly (a model given twice, a
// limit that is no number), always with the field at fault.
//
// Limits: nesting deeper than `json::depth_max` is refused. Tokens are an
// estimate for reserving, from the size of the text; the bill comes from the
// provider.

#pragma once

#include "http/wire/endpoint.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Characters a token has on average in English and in JSON; other scripts
/// have fewer, keys and punctuation of the body make up for it.
inline constexpr std::uint64_t bytes_per_token = 4;

/// Output reserved for a request that names no limit: longer than most answers,
/// and a small part of the smallest paid limit (30,000 tokens a minute).
inline constexpr std::uint64_t output_tokens_default = 1024;

/// Reserved for one picture, sound or file sent as base64 text, whatever its
/// size: an Anthropic picture is 1,600 tokens at most, the others' are cheaper.
inline constexpr std::uint64_t media_tokens = 1600;

/// Base64 shorter than this (bytes) counts as text.
inline constexpr std::size_t media_size_min = 1024;

/// A part of the body, counted in bytes from its start.
struct span {
  std::size_t at = 0;
  std::size_t size = 0;

  explicit operator bool() const { return size != 0; }
};

struct request_facts {
  /// As the client named it, from body or path.
  std::string model;
  /// Whether the answer is to come as a stream.
  bool streams = false;
  /// Input and output together, as reserved before the call.
  std::uint64_t tokens_estimated = 0;
  std::uint64_t tokens_in = 0;  ///< The input's part of it.
  /// Whether the client asked for the usage chunk of an OpenAI stream.
  bool asks_usage = false;

  /// The model's values, quotes included, in order. One for OpenAI and
  /// Anthropic; Gemini names it in the path, and in some bodies once more.
  boost::container::small_vector<span, 2> models;
  /// The value of `stream_options`, and of `include_usage` in it.
  span stream_options;
  span include_usage;
  /// The content: messages, prompt, input.
  span prompt;
  /// The position behind the body's opening brace.
  std::size_t inside = 0;
};

/// Why a body was refused, for a 400.
struct refusal {
  std::string message;
  std::string param;  ///< The field at fault; empty if it is the body as such.
};

/// Facts, or a refusal.
struct reading {
  request_facts facts;
  std::optional<refusal> refused;
};

/// Reads the request that `m` was found for. Costs nothing beside the walk if
/// `body.capacity()` is at least `body.size() + simdjson::SIMDJSON_PADDING`;
/// else makes it so first. Endpoints without a body are read from `m` alone.
reading read_request(const match& m, std::string& body);

/// What troupe changes in a request's body.
struct changes {
  /// The provider's name for the model; empty to leave it as it is.
  std::string_view model;
  /// Whether to ask for the usage chunk of an OpenAI stream.
  bool ask_usage = false;
};

/// The body with only these parts changed, all other bytes as they were.
/// @pre `facts` were read from `body`.
std::string rewritten(std::string_view body, const request_facts& facts,
                      const changes& wanted);

/// The body with another model.
std::string with_model(std::string_view body, const request_facts& facts,
                       std::string_view new_model);

/// The body of a chat or completion with `stream_options.include_usage` true.
std::string with_usage_asked(std::string_view body, const request_facts& facts);

}  // namespace troupe::http::wire
