// Guesses how often each of very many keys was asked for of late.
//
// A count-min sketch of four-bit counters: four counters a key, the smallest of
// them is the guess, never too low but for ageing. When as many have been
// counted as ten times the entries it is for, every counter is halved, so that
// yesterday's favourites do not outweigh today's. After Cormode and
// Muthukrishnan, and "TinyLFU: A Highly Efficient Cache Admission Policy" by
// Einziger, Friedman and Manes, whose sizes these are.
//
// Limits: it knows hashes only; two keys of one hash are one key to it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

class frequency_sketch {
public:
  /// The most a counter holds: what was asked for more often than this in one
  /// period needs no closer look.
  static constexpr std::uint32_t count_max = 15;

  /// For a cache of `entries_max` entries.
  explicit frequency_sketch(std::size_t entries_max);

  /// Somebody asked for the key with this hash.
  void count(std::uint64_t hash);

  /// About how often, 0 to `count_max`.
  std::uint32_t frequency(std::uint64_t hash) const;

private:
  static constexpr std::size_t rows = 4;

  struct place {
    std::size_t word;
    unsigned shift;  // bits
  };

  place place_of(std::uint64_t hash, std::size_t row) const;
  void age();

  std::vector<std::uint64_t> words_;  // Sixteen counters each.
  std::size_t counted_ = 0;
  std::size_t period_;
};

}  // namespace troupe
