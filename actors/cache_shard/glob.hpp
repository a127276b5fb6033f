// Patterns for names: `*` stands for any characters, `?` for one, and `\` takes
// the next as it is.
//
// A character is a code point of UTF-8; in bytes that are none, those that can
// go on a character belong to the one before them. Matching remembers one place
// to go back to and no more, so that its time is at most the product of both
// lengths.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Whether all of `name` is what `pattern` describes.
bool matches(std::string_view pattern, std::string_view name) noexcept;

/// The one name that a pattern without `*` and `?` describes.
std::optional<std::string> only_match_of(std::string_view pattern);

}  // namespace troupe
