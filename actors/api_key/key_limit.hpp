// The limits a key has, by name.
//
// Those that are configured are counted in exact windows (limit_window.hpp),
// those the provider tells are followed as buckets (learned_limit.hpp); both
// together are the key's `limit_book`. The order is that of the refusals in
// key_guard.hpp: where several limits stand in the way, the first is named.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe {

/// The limits of a key: those configured, then those its provider tells.
enum class key_limit : std::uint8_t {
  rpm,
  rph,
  rpd,
  tpm,
  requests,
  tokens,
  input_tokens,
  output_tokens,
  count_,
};

inline constexpr std::size_t key_limit_count =
    static_cast<std::size_t>(key_limit::count_);

/// Returns `rpm`, ... `learned_requests`, ... for logs and metric labels.
std::string_view name_of(key_limit l) noexcept;

/// The used part of each limit: 0 = nothing (or no such limit), 1 = all.
using limit_uses = std::array<double, key_limit_count>;

}  // namespace troupe
