// A provider's whole answer, or its error, for a client of another wire.
//
// Limits: what the README lists as dropped is dropped. An error's message is
// kept as it is (shortened as all of ours are), its type and code become those
// that the client's wire has for the status and the fault.

#pragma once

#include "actors/outcome.hpp"
#include "http/wire/error_body.hpp"
#include "http/wire/translate/reply_shape.hpp"

#include <string>
#include <string_view>

namespace troupe::http::wire {

struct translated_reply {
  /// Whether the provider's body was an answer; else `fault` says what it was
  /// and `body` is empty.
  bool sound = false;
  std::string body;
  token_usage usage;
  troupe::fault fault = troupe::fault::none;
};

/// Translates the body of a 2xx answer.
translated_reply translate_reply(config::protocol from, std::string_view body,
                                 const reply_shape& to);

/// Translates the body of an answer with an error's status.
std::string translate_error(config::protocol from, unsigned status,
                            std::string_view body, const reply_shape& to);

/// What a provider's error says, before it is put in the client's shape.
/// `status` 0 stands for an error event of a stream, which names its own.
door_error read_error(config::protocol from, unsigned status,
                      std::string_view body);

}  // namespace troupe::http::wire
