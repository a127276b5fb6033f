// What a provider gets without being told.
//
// Its address, by its protocol; the public ids of its keys, by their position;
// and, where no provider is configured at all, its existence, by the variables
// the providers' own SDKs read.

#pragma once

#include "config/settings.hpp"

#include <array>
#include <span>
#include <string_view>

namespace troupe::config {

/// Fills in the base URL and the keys' ids once a provider is read.
void complete(provider_settings& p);

/// Everything else is complete as read.
template <class Section>
void complete(Section&) {}

/// A provider that variables can call into being.
struct implied_provider {
  config::protocol protocol;  ///< Its name is the protocol's.
  /// Variables in the order of preference; the first that is set counts.
  std::array<std::string_view, 3> variables;
};

/// The providers that variables can call into being.
std::span<const implied_provider> implied_providers() noexcept;

}  // namespace troupe::config
