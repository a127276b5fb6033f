// Every way the simulator says no, in each wire's own words.
//
// The reasons are ours; their statuses, types, codes and bodies are those of
// the providers (wire_formats, 4.1 to 4.3), told apart in refusal.cpp and
// nowhere else.

#pragma once

#include "http/simulator/fault.hpp"
#include "http/simulator/json_text.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::simulator {

enum class wire : std::uint8_t { openai, anthropic, gemini };

enum class reason : std::uint8_t {
  invalid,         ///< Something in the request is wrong; `param` says what.
  missing_key,     ///< No key was sent.
  dead_key,        ///< The key is wrong.
  forbidden,       ///< The key may not do this.
  unknown_model,   ///< No such model.
  unknown_path,    ///< No such endpoint.
  wrong_method,    ///< The endpoint is asked with another method.
  too_large,       ///< The body is too large.
  rate_limited,    ///< Too many requests or tokens for now.
  quota_spent,     ///< The money is spent; waiting does not help.
  context_length,  ///< The prompt is longer than the model takes.
  blocked,         ///< The provider's filter lets the content not pass.
  failed,          ///< The provider failed.
  unavailable,     ///< The provider is down for now.
  overloaded,      ///< The provider is too busy.
  timed_out,       ///< The provider took too long.
};

struct refusal {
  reason why = reason::invalid;
  std::string message;
  std::string param;  ///< The field at fault, if one is.
  /// For a fault with a status of its own; 0 means the wire's usual one.
  unsigned status = 0;
  std::optional<std::chrono::milliseconds> retry_after;
};

/// The snake_case spelling used by statistics.
std::string_view name_of(reason why) noexcept;

/// Something is wrong with the field `param`.
refusal invalid(std::string param, std::string message);

/// The refusal that a status-code fault stands for.
refusal refusal_of_status(unsigned status);

/// The HTTP status of `no` on `on`.
unsigned status_of(wire on, const refusal& no);

/// The body of `no` on `on`.
json body_of(wire on, const refusal& no, std::string_view request_id);

/// The OpenAI `code` of `no`, null where there is none.
json openai_code_of(const refusal& no);

}  // namespace troupe::simulator
