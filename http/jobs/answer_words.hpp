// Where an answer's text stands, in each endpoint's shape.
//
// A brain over JSON: /api/chat's codec (routes/chat_codec.hpp) for what it
// knows, and OpenAI's Responses beside it.

#pragma once

#include "http/wire/endpoint.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::http {

/// What a whole answer says, in short. Empty where it does not.
struct answer_digest {
  std::string model;
  std::string content;
  std::string finish_reason;
};

/// Reads a whole answer; nothing if it is no JSON object.
std::optional<answer_digest> digest_of(wire::endpoint e, std::string_view body);

/// The text that one event of a stream adds; mostly empty.
std::string words_of(wire::endpoint e, std::string_view event);

/// The message of an error, whole or an event; empty if there is none.
std::string complaint_of(std::string_view body);

}  // namespace troupe::http
