// How the pieces of a streamed object go together.
//
//   texts        one behind the other; names and signatures replace each other
//   numbers      the later one
//   objects      member by member
//   arrays       elements with an `index` of an element before join it, all
//                others follow
//   null         changes nothing
//
// These are the rules by which the providers' SDKs put chunks together, and
// they hold for members that troupe does not know.
//
// Limits: kinds that contradict each other are an error; so are more members or
// numbered elements than any real answer has, because each is looked for.

#pragma once

#include "http/wire/translate/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Most members of an object that grows. Real ones have up to forty.
inline constexpr std::size_t folded_members_max = 256;

/// Most elements that are looked for by their number: choices, calls, blocks.
inline constexpr std::size_t folded_elements_max = 1024;

/// What an answer may still grow by, in bytes.
class growth {
public:
  explicit growth(std::size_t left) : left_(left) {}

  /// False once it is used up.
  bool take(std::size_t size);

  /// A value that was counted is no more.
  void give_back(std::size_t size) { left_ += size; }

private:
  std::size_t left_;
};

/// About the bytes of `value` as text.
std::size_t weight_of(const tree& value);

/// The member `name` to change, or null.
tree* find_member(tree& object, std::string_view name);

/// Takes the member out of the object; null if there is none.
tree take_member(tree& object, std::string_view name);

/// Joins `piece` to the member `name`, or makes it one. False if they do not go
/// together, or there is no room. @pre `object` is one.
bool fold_member(tree& object, std::string_view name, tree piece, growth& room);

/// The later value replaces the earlier one; null only an absent one.
bool replace_member(tree& object, std::string_view name, tree value,
                    growth& room);

/// The member as a place in an array; nothing if it is no number from 0 up.
std::optional<std::uint64_t> index_in(const tree& object);

/// The member if it is an array of objects, else null.
const tree* objects_in(const tree& holder, std::string_view name);

/// An event as a tree; nothing if it is none, or cannot be told exactly.
std::optional<tree> read_exactly(std::string_view text);

}  // namespace troupe::http::wire
