// Whose signature is it? The rule by which signed thinking crosses wires.
//
// A provider signs its thinking, and takes back only what it signed itself.
// Shown on another wire, a signature therefore carries its maker's name in
// front: `gemini:AbC=`. When the client sends it back, it goes to that maker
// without the name, and to nobody else.
//
// The rule is exact: one name is put on and one is taken off, and a wire never
// names itself, so that a signature which happens to begin with a name (its
// maker being such a gateway too) still arrives as it left.

#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>

namespace troupe::http::wire {

/// A signature as its maker knows it.
struct signature {
  config::protocol maker = config::protocol::openai;
  std::string text;

  bool operator==(const signature&) const = default;
};

/// What stands before Anthropic's redacted thinking where a wire has signatures
/// but no blocks of that kind (Gemini): `anthropic:redacted:AbC=`.
inline constexpr std::string_view redacted_mark = "redacted:";

/// How `own`, as its maker gave it, is shown on the wire `to`.
std::string shown_signature(const signature& own, config::protocol to);

/// Reads what a client of the wire `from` showed.
signature read_signature(std::string_view shown, config::protocol from);

}  // namespace troupe::http::wire
