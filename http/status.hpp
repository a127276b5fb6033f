// What each of troupe's own errors is to an HTTP client: the one table.
//
// Every `errc` becomes a status here and nowhere else; the words of each wire
// follow from the status (wire/error_body.hpp).

#pragma once

#include "http/wire/error_body.hpp"
#include "runtime/errc.hpp"

#include <optional>

namespace troupe::http {

/// What the code alone does not say.
struct circumstance {
  /// Whose client waits; nothing for troupe's own endpoints.
  std::optional<config::protocol> dialect;
  /// For `keys_cooling`: whether the keys rest because the provider failed, and
  /// not because limits are spent.
  bool cooling_from_faults = false;
};

struct verdict {
  unsigned status;
  /// Whether the answer carries `x-should-retry: false`: troupe has tried, or
  /// trying again cannot help; the SDKs would try twice more.
  bool forbid_retry;
  /// A sentence for the client.
  std::string_view message;
};

/// How a client is told of `code`.
verdict verdict_of(errc code, const circumstance& at = {});

/// The door's error for `code`: status, code and message filled in.
wire::door_error door_error_of(errc code, const circumstance& at = {});

/// As above, with what `why` carries along: the wait of `keys_cooling` and
/// `overloaded` (milliseconds), the words of `unknown_model`.
wire::door_error door_error_of(const caf::error& why,
                               const circumstance& at = {});

/// The value of a Retry-After field: whole seconds, rounded up, at least 1.
std::string retry_after_seconds(std::chrono::milliseconds wait);

}  // namespace troupe::http
