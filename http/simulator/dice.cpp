#include "http/simulator/dice.hpp"

// The whole of the library is in its header; nothing to link.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace troupe::simulator {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::uint64_t mix(std::uint64_t number, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(&number, sizeof number, seed);
}

double share_of(std::uint64_t bits) noexcept {
  // 53 bits are what a double keeps.
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

std::string id_text(std::uint64_t bits, std::size_t size) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string text(size, '0');
  for (std::size_t i = 0; i < size; ++i) {
    // A 64-bit number holds ten letters of base 62.
    if (i % 10 == 0)
      bits = mix(bits, i);
    text[i] = letters[bits % letters.size()];
    bits /= letters.size();
  }
  return text;
}

}  // namespace troupe::simulator
