// How the simulator counts tokens: one for every four bytes, and one for a
// rest.
//
// Near enough to the real counts of English text, and the same rule everywhere:
// usage, token counting and token limits agree to the last token.

#pragma once

#include <cstddef>
#include <string_view>

namespace troupe::simulator {

inline constexpr std::size_t bytes_per_token = 4;
/// What a message costs beside its text: role and separators.
inline constexpr std::size_t tokens_per_message = 3;
/// What a picture, a file or another part without text costs.
inline constexpr std::size_t tokens_per_attachment = 85;

/// Tokens in a text of `bytes` bytes.
constexpr std::size_t tokens_of(std::size_t bytes) noexcept {
  return (bytes + bytes_per_token - 1) / bytes_per_token;
}

/// The beginning of `text` of at most `bytes` bytes that splits no character.
constexpr std::string_view prefix_of(std::string_view text,
                                     std::size_t bytes) noexcept {
  if (bytes >= text.size())
    return text;
  auto size = bytes;
  // Bytes 10xxxxxx continue a character; none is longer than four bytes.
  while (size > 0 && bytes - size < 3
         && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
    --size;
  return text.substr(0, size);
}

/// Takes the next `tokens` tokens off `rest`. Takes at least a byte, so that
/// taking always ends.
constexpr std::string_view take_tokens(std::string_view& rest,
                                       std::size_t tokens) noexcept {
  auto piece = prefix_of(rest, tokens * bytes_per_token);
  if (piece.empty())
    piece = rest.substr(0, bytes_per_token);
  rest.remove_prefix(piece.size());
  return piece;
}

}  // namespace troupe::simulator
