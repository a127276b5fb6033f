// What may go wrong at a provider, as values.
//
// A fault is chosen once a request, by the model's name or by chance
// (desk.hpp), and applied to the finished answer (spoil.hpp). Nothing here
// knows a wire.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::simulator {

enum class fault_kind : std::uint8_t {
  status,          ///< An error of the wire instead of the answer.
  reset,           ///< The connection is cut before the first byte.
  hang,            ///< No answer until the client leaves.
  slow_first,      ///< The first token comes late.
  stall,           ///< The answer stops in its middle and says no more.
  cut,             ///< The connection is cut in the middle of the answer.
  malformed,       ///< A part of the answer is no JSON.
  no_done,         ///< The stream ends well but for its terminal event.
  error_event,     ///< The stream says 200 and then reports an error.
  context_length,  ///< The wire's error for a prompt that is too long.
  content_filter,  ///< The model refuses to answer.
  blocked,         ///< The wire's error for content nobody may ask for.
  empty_body,      ///< 200, and nothing else.
  quota,           ///< The wire's error for an account without money.
  unknown_model,   ///< The wire's error for a model that does not exist.
  count_,          ///< Number of kinds; keep last.
};

/// The snake_case spelling used by flags and statistics.
std::string_view name_of(fault_kind kind) noexcept;

/// The kind spelled `name`, with `-` and `_` taken as the same.
std::optional<fault_kind> fault_named(std::string_view name) noexcept;

/// One fault, chosen.
struct fault {
  fault_kind kind = fault_kind::status;
  /// For `status`: 400 to 599.
  unsigned status = 503;
  /// Said in the answer's headers (Gemini: in its body) if set.
  std::optional<std::chrono::milliseconds> retry_after;
  /// What would befall the middle of an answer befalls its very beginning: the
  /// head is sent, and not one event or byte of the answer before the fault.
  bool early = false;

  bool operator==(const fault&) const = default;
};

/// A fault that befalls any request with a chance between 0 and 1.
struct fault_chance {
  fault what;
  double chance = 0;
};

/// Reads `KIND=CHANCE`, where KIND is a status code, which `_after_MS` may
/// follow (when to come back), or a name of `fault_kind`, which `_early` may.
std::optional<fault_chance> read_fault_chance(std::string_view text);

/// `status_503` for status faults, else the kind's name; `_early` behind it if
/// so.
std::string label_of(const fault& what);

}  // namespace troupe::simulator
