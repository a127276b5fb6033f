// What one event of a streamed answer says.
//
// Every event's JSON is walked once: that proves it whole, and finds the few
// things the gateway must know on the way. (Measured: 0.3 us for a chunk of 270
// bytes, framing included. A search for key words instead would miss a
// malformed chunk.)

#pragma once

#include "actors/outcome.hpp"
#include "http/wire/endpoint.hpp"
#include "http/wire/json.hpp"

#include <cstdint>
#include <string_view>

namespace troupe::http::wire {

/// How an endpoint's events look.
enum class event_kind : std::uint8_t {
  openai_chunk,     ///< Chat completions and completions.
  openai_response,  ///< Responses.
  anthropic,
  gemini,
};

event_kind event_kind_of(endpoint e) noexcept;

struct event_facts {
  bool sound = false;       ///< One JSON object, well formed.
  bool error = false;       ///< The provider reports a failure.
  bool finish = false;      ///< A finish reason.
  bool terminal = false;    ///< The wire's last event.
  bool ping = false;        ///< Keeps the connection alive, says nothing.
  bool usage_only = false;  ///< OpenAI's extra chunk for `include_usage`.
  std::uint64_t sequence_number = 0;  ///< Of Responses.
};

/// Reads one event; counts in it go to `usage`. `type` is the event's name
/// where the JSON has none.
event_facts read_event(event_kind kind, std::string_view type,
                       json::document& doc, token_usage& usage);

}  // namespace troupe::http::wire
