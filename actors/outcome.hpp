// How an attempt ended, and what it cost: words that actors and doors share.
//
// Apart from contracts.hpp because the wires speak them too, and know nothing
// of actors.

#pragma once

#include <chrono>
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
  abandoned,       ///< The client left, or troupe stopped; says nothing.
  count_,
};

/// Returns `none`, `transient`, ... for logs and metric labels.
std::string_view name_of(fault f) noexcept;

/// Whether another attempt may end better. ROUTER refuses to retry after any
/// other fault, so a session need not ask.
bool is_retryable(fault f) noexcept;

/// Tokens of one call in disjoint parts: no token is counted in two of them.
struct token_usage {
  std::uint64_t in_uncached = 0;
  std::uint64_t in_cache_read = 0;
  std::uint64_t in_cache_write_5m = 0;
  std::uint64_t in_cache_write_1h = 0;
  std::uint64_t out_text = 0;
  std::uint64_t out_reasoning = 0;
  /// Whether the provider reported any of it: explicit 0 is not missing.
  bool reported = false;

  std::uint64_t total() const {
    return in_uncached + in_cache_read + in_cache_write_5m + in_cache_write_1h
           + out_text + out_reasoning;
  }
};

/// Why an attempt ended, as the session reports it to the router.
struct attempt_result {
  troupe::fault fault = fault::none;
  /// The provider's own wish (Retry-After and its relatives), if it had one.
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
};

}  // namespace troupe
