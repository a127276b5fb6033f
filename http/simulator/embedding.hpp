// Turns a text into a direction in space, so that similar texts lie near each
// other.
//
// Each run of three letters adds to one dimension, picked by a hash; the sum is
// scaled to length 1. Texts that share most of their letters in order have a
// cosine near 1, unrelated ones near 0. The case of letters does not matter.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::simulator {

inline constexpr std::size_t dimensions_usual = 1'536;

/// A unit vector of `dimensions` numbers.
std::vector<float> embed(std::string_view text, std::size_t dimensions);

/// The little-endian bytes of `numbers` in base64.
std::string base64_of(const std::vector<float>& numbers);

/// `bytes` in base64, padded.
std::string base64_of(std::string_view bytes);

}  // namespace troupe::simulator
