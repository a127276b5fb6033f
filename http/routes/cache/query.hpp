// A query, name by name: every name is known, or the request is refused.
//
// A misspelt `ttl` that is overlooked in silence keeps an entry for too long,
// and nobody ever finds out why.

#pragma once

#include "http/routes/cache/text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::app_cache {

using maybe_fault = std::optional<wire::door_error>;

/// Takes the pair before the next `&` off `query`.
std::string_view take_pair(std::string_view& query);

/// The 400 for a name that means nothing here.
wire::door_error unknown_parameter(std::string_view name);

/// The 400 for a pair that is not properly encoded.
wire::door_error badly_encoded(std::string_view pair);

/// Reads `true` and `false`.
std::optional<bool> read_bool(std::string_view text);

/// What is said of one parameter.
struct taken {
  bool known = true;
  maybe_fault fault = std::nullopt;
};

/// Calls `taken take(name, value)` for each pair of `query`, decoded, until one
/// is unknown or at fault.
template <class Take>
maybe_fault each_parameter(std::string_view query, Take&& take) {
  while (!query.empty()) {
    const auto pair = take_pair(query);
    if (pair.empty())
      continue;
    const auto equals = pair.find('=');
    const auto name = decoded(pair.substr(0, equals), plus::space);
    const auto value = decoded(equals == pair.npos ? std::string_view{}
                                                   : pair.substr(equals + 1),
                               plus::space);
    if (!name || !value)
      return badly_encoded(pair);
    auto got = take(std::string_view{*name}, std::string_view{*value});
    if (!got.known)
      return unknown_parameter(*name);
    if (got.fault)
      return std::move(got.fault);
  }
  return std::nullopt;
}

}  // namespace troupe::http::app_cache
