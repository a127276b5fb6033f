// The header fields that each provider puts on its answers.

#pragma once

#include "http/message.hpp"
#include "http/simulator/rate_limiter.hpp"
#include "http/simulator/refusal.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace troupe::simulator {

/// A duration as Go prints it: `0s`, `12ms`, `1.5s`, `6m0s`, `1h0m0s`.
std::string go_duration(std::chrono::milliseconds time);

/// A time as RFC 3339 prints it, in UTC and whole seconds.
std::string rfc3339(std::chrono::system_clock::time_point time);

/// Fields of every answer.
void add_usual_headers(http::header_list& to, wire on,
                       std::string_view request_id,
                       std::chrono::milliseconds took);

/// What is left of the key's limits. Gemini says nothing of them.
void add_rate_headers(http::header_list& to, wire on, const rate_verdict& rate,
                      std::chrono::system_clock::time_point now);

/// When to come back. Gemini says it in the body instead.
void add_retry_headers(http::header_list& to, wire on, const refusal& no);

}  // namespace troupe::simulator
