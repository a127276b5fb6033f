// troupe's own errors, in the shape of each wire.
//
// A client's SDK must recognise an error of the gateway as it recognises one of
// its provider: the status picks the SDK's error class, the type and code in
// the body say more. The words of each wire follow from the status
// (`wire_words`), so that the two can never contradict each other.
//
// Limits: messages are shortened to `message_size_max`; bytes that are not
// UTF-8 are replaced.

#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Longest message, bytes: a message may quote what a client sent.
inline constexpr std::size_t message_size_max = 1000;

/// What went wrong, before it is put in a wire's shape.
struct door_error {
  unsigned status = 500;
  std::string code;     ///< Ours: `unknown_model`, `invalid_request`, ...
  std::string message;  ///< For people. Never a secret.
  std::string param;    ///< The field at fault, if it is one.
  std::string request_id;
  std::optional<std::chrono::milliseconds> retry_after;
};

/// How each wire calls a status.
struct wire_words {
  unsigned status;
  std::string_view openai_type;
  std::string_view anthropic_type;
  std::string_view gemini_status;
};

/// The row of `status`; of 400 or 500 if it has none of its own.
const wire_words& words_of(unsigned status) noexcept;

/// The JSON body of `err` for a client that speaks `dialect`; nothing for one
/// of troupe's own endpoints.
std::string error_body(std::optional<config::protocol> dialect,
                       const door_error& err);

/// The JSON of an error event inside a stream of OpenAI's Responses.
std::string responses_error_event(const door_error& err,
                                  std::uint64_t sequence_number);

}  // namespace troupe::http::wire
