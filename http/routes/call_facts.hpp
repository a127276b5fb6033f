// What the actors must know of a request, beside its body.
//
// Fields that a client may send, all optional:
//
//   x-troupe-priority       critical, high, normal, low, or 0 to 10
//   x-troupe-conversation   names the conversation, for the key it sticks to
//   X-Stainless-Timeout     seconds the SDK waits: troupe does not wait longer

#pragma once

#include "actors/contracts.hpp"
#include "http/routes/outgoing.hpp"

#include <chrono>
#include <optional>

namespace troupe::http {

/// Prompts smaller than this (tokens) are cached by no provider, so that any
/// key serves them as well.
inline constexpr std::uint64_t cached_prompt_min = 1024;

/// What names a conversation whose client does not: the beginning of its
/// prompt, bytes. A quarter of the smallest cached prompt, so that it is the
/// same in every later turn.
inline constexpr std::size_t prompt_prefix_size = 1024;

/// Writes the facts of `what` into `c`; `total_max` bounds the wait. Returns
/// what is wrong with the fields, if anything is.
std::optional<wire::refusal> write_facts(call& c, const asked& what,
                                         time_point started,
                                         std::chrono::milliseconds total_max);

}  // namespace troupe::http
