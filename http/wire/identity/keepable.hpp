// May this answer be kept, and given to others?
//
// Only what a model brought to its own end: every one of its answers finished,
// none cut by a limit, filtered, refused or paused. Answers that call tools are
// told apart, because the caller runs the tools: whoever keeps them must have
// been asked to. What troupe does not know is not kept.
//
// Limits: of vectors and token counts only the outline is judged.

#pragma once

#include "http/wire/endpoint.hpp"

#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Larger answers (bytes) are not kept: one of them would push out hundreds of
/// others, and is asked for twice less often.
inline constexpr std::size_t kept_answer_size_max = 1u << 20;

struct answer_worth {
  /// Whole, sound, finished and small enough.
  bool keepable = false;
  std::string_view reason;  ///< Why it is not, for people; static.
  /// Calls tools that the caller is to run; it may be keepable all the same.
  bool has_tool_calls = false;
};

/// Judges the body of a whole 200 answer in the wire of `e`.
answer_worth worth_of(endpoint e, const std::string& body);

}  // namespace troupe::http::wire
