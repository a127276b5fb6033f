// The key a client shows at the door, wherever its SDK puts it.
//
// OpenAI's SDKs and Anthropic's newer ones send `Authorization: Bearer`,
// Anthropic's older ones `x-api-key`, Gemini's `x-goog-api-key` or `?key=`.

#pragma once

#include "http/message.hpp"

#include <string>
#include <string_view>

namespace troupe::http::wire {

/// The key as sent; empty if there is none. A secret: for hashing only.
std::string_view credential_of(const request& req);

/// Its SHA-256 as 64 lower-case hex digits; empty if there is no key.
std::string credential_sha256(const request& req);

}  // namespace troupe::http::wire
