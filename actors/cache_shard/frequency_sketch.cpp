#include "actors/cache_shard/frequency_sketch.hpp"

#include <algorithm>
#include <bit>

namespace troupe {

namespace {

constexpr unsigned counter_bits = 4;
constexpr std::uint64_t counter_mask = (1u << counter_bits) - 1;

/// Below this the guesses of a small cache would be mostly collisions.
constexpr std::size_t words_min = 16;

/// Counted in a period, for each entry of the cache.
constexpr std::size_t counted_per_entry = 10;

/// Odd numbers without pattern, one a row: multiplying by them spreads a hash
/// anew. The first digits of the golden ratio, pi, e and the root of 2.
constexpr std::array<std::uint64_t, 4> spreads{
    0x9e3779b97f4a7c15, 0x243f6a8885a308d3, 0xb7e151628aed2a6b,
    0x6a09e667f3bcc909};

/// All counters but their highest bit, which a halving moves out of the next.
constexpr std::uint64_t halved_mask = 0x7777777777777777;

}  // namespace

frequency_sketch::frequency_sketch(std::size_t entries_max)
    : words_(std::bit_ceil(std::max(entries_max, words_min))),
      period_(std::max(entries_max, words_min) * counted_per_entry) {}

frequency_sketch::place frequency_sketch::place_of(std::uint64_t hash,
                                                   std::size_t row) const {
  const auto spread = hash * spreads[row];
  // Rows use different counters of a word, so that one key never meets itself.
  const auto in_word = row * rows + ((spread >> 32) & (rows - 1));
  return {(spread >> 40) & (words_.size() - 1),
          static_cast<unsigned>(in_word) * counter_bits};
}

void frequency_sketch::count(std::uint64_t hash) {
  bool rose = false;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto at = place_of(hash, row);
    if (((words_[at.word] >> at.shift) & counter_mask) == count_max)
      continue;
    words_[at.word] += std::uint64_t{1} << at.shift;
    rose = true;
  }
  if (rose && ++counted_ >= period_)
    age();
}

std::uint32_t frequency_sketch::frequency(std::uint64_t hash) const {
  std::uint64_t least = count_max;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto at = place_of(hash, row);
    least = std::min(least, (words_[at.word] >> at.shift) & counter_mask);
  }
  return static_cast<std::uint32_t>(least);
}

void frequency_sketch::age() {
  for (auto& w : words_)
    w = (w >> 1) & halved_mask;
  counted_ /= 2;
}

}  // namespace troupe
