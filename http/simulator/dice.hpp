// Chance that can be repeated.
//
// A throw is a hash of the seed and of what it is thrown for, so it depends on
// nothing that happened before: the seventh request of a run meets the same
// fault whatever the other requests were.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::simulator {

/// 64 well-mixed bits of `text`.
std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0) noexcept;

/// 64 well-mixed bits of `number`.
std::uint64_t mix(std::uint64_t number, std::uint64_t seed) noexcept;

/// A number in [0, 1) from 64 bits.
double share_of(std::uint64_t bits) noexcept;

/// `size` letters and digits made of `bits`, as the providers' ids look.
std::string id_text(std::uint64_t bits, std::size_t size);

}  // namespace troupe::simulator
