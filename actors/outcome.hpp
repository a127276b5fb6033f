// How an attempt ended, and what it cost: words that actors and doors share.
//
// Apart from contracts.hpp because the wires speak them too, and know nothing
// of actors.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe {

/// What went wrong with an attempt, in the words that decide what to do next.
enum class fault : std::uint8_t {
  none,            ///< Served.
  transient,       ///< 5xx, 529, 408, network, a time-out. May pass by itself.
  rate,            ///< 429 that passes: this key must rest a while.
  quota,           ///< 429 or 402 that does not pass soon: the key is spent.
  credential,      ///< 401, 403: the key is dead until somebody acts.
  context_length,  ///< The model's window is too small for this request.
  content_filter,  ///< The provider refuses the content.
  client,          ///< The request itself is wrong; nobody else's fault.
  malformed,       ///< The provider's answer is not what its wire promises.
  untranslatable,  ///< The target's wire has no words for the request.
  abandoned,       ///< The client left, or troupe stopped; says nothing.
  count_,
};

/// Returns `none`, `transient`, ... for logs and metric labels.
std::string_view name_of(fault f) noexcept;

/// Where an attempt that may end better is made.
enum class remedy : std::uint8_t {
  nobody,         ///< No attempt would end better.
  other_key,      ///< The same target with another key, at once.
  other_target,   ///< Another target at once; the same one after a pause.
  larger_target,  ///< A target with a larger context window, at once.
  next_target,    ///< Another target at once; this one is out of the question.
};

/// What a fault means for the key it was met with.
enum class key_penalty : std::uint8_t {
  none,    ///< Says nothing about the key.
  counts,  ///< Enough of them in a row open its breaker.
  rests,   ///< The key rests as long as the provider asks.
  spent,   ///< The key is left alone until its quota may be back.
  dead,    ///< The key is left alone until a probe or an operator revives it.
};

/// Whom the client hears when this fault was the last word.
enum class last_word : std::uint8_t {
  provider,  ///< The provider's answer, verbatim.
  troupe,    ///< Ours: the provider's speaks of our keys.
};

/// One row of the taxonomy: what follows from a fault.
struct fault_rule {
  troupe::fault fault;
  remedy next;
  key_penalty key;
  bool blames_target;  ///< Counts towards the breaker of the target.
  last_word says;
};

/// The row of `f`.
const fault_rule& rule_of(fault f) noexcept;

/// Whether a fault is about the request, and not about who was asked.
bool is_about_request(fault f) noexcept;

/// Whether another attempt may end better.
inline bool is_retryable(fault f) noexcept {
  return rule_of(f).next != remedy::nobody;
}

/// Tokens of one call in disjoint parts: no token is counted in two of them.
struct token_usage {
  std::uint64_t in_uncached = 0;
  std::uint64_t in_cache_read = 0;
  std::uint64_t in_cache_write_5m = 0;
  std::uint64_t in_cache_write_1h = 0;
  std::uint64_t in_audio = 0;
  std::uint64_t out_text = 0;
  std::uint64_t out_reasoning = 0;
  std::uint64_t out_audio = 0;
  /// Uses of tools the provider runs itself: searches and the like. No tokens.
  std::uint64_t tool_units = 0;
  /// Whether the provider reported any of it: explicit 0 is not missing.
  bool reported = false;

  std::uint64_t input() const {
    return in_uncached + in_cache_read + in_cache_write_5m + in_cache_write_1h
           + in_audio;
  }
  std::uint64_t output() const { return out_text + out_reasoning + out_audio; }
  std::uint64_t total() const { return input() + output(); }
};

/// The parts of a `token_usage`, for metrics and the ledger.
enum class token_kind : std::uint8_t {
  input,
  cache_read,
  cache_write_5m,
  cache_write_1h,
  input_audio,
  output,
  reasoning,
  output_audio,
  tool_units,
  count_,
};

/// Returns `input`, `cache_read`, ... for metric labels.
std::string_view name_of(token_kind k) noexcept;

/// That part of `usage`.
std::uint64_t part_of(const token_usage& usage, token_kind k) noexcept;

/// What a provider's answer says about one of its limits.
struct limit_reading {
  std::optional<std::uint64_t> limit = std::nullopt;
  std::optional<std::uint64_t> remaining = std::nullopt;
  /// Until the limit is all free again.
  std::optional<std::chrono::milliseconds> reset = std::nullopt;
};

/// Which limit a reading speaks of; both wires that tell them have these.
enum class limit_kind : std::uint8_t {
  requests,
  tokens,
  input_tokens,
  output_tokens,
  count_,
};

/// The limits as one answer's headers tell them, by `limit_kind`.
struct limit_readings {
  std::array<limit_reading, static_cast<std::size_t>(limit_kind::count_)> of;
  /// When the answer's head came.
  std::chrono::steady_clock::time_point at;
};

/// Why an attempt ended, as the session reports it to the router.
struct attempt_result {
  troupe::fault fault = fault::none;
  /// The provider's own wish (Retry-After and its relatives), if it had one.
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
};

}  // namespace troupe
