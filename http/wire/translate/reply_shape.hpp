// How a client wants its answer, whoever makes it.
//
// Taken from the client's request where that is translated, and given to the
// answer's translation: the two halves know nothing else of each other.

#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <string>

namespace troupe::http::wire {

/// How the client wants its answer: made from its request.
struct reply_shape {
  config::protocol client;   ///< Whose wire the client speaks.
  bool streams = false;      ///< Whether it asked for a stream.
  bool usage_chunk = false;  ///< OpenAI's stream_options.include_usage.
  bool json_array = false;   ///< Gemini's stream without alt=sse.
  /// Seed for ids that the client's wire needs and the provider's lacks.
  std::string request_id;
  /// Shown where the provider's answer names no model.
  std::string model = {};
  /// Seconds since 1970, shown to OpenAI's clients where the provider says
  /// nothing of it.
  std::uint64_t created = 0;
};

}  // namespace troupe::http::wire
