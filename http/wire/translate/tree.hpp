// A whole JSON text as a tree that keeps the order of members.
//
// Requests and whole answers are translated through it. Order is kept because
// a model sees it: a schema's properties are answered in their order.
//
// What a stranger sends cannot hurt: nesting is bounded before anything walks
// the tree, a member given twice is an error (two readers could understand two
// things), and both cost no more than sorting. Lone surrogates, which clients
// do send, become U+FFFD.
//
// Limits: whole numbers beyond 64 bits become floating point.

#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::wire {

using tree = nlohmann::ordered_json;

/// The text as a tree, or nothing; then `fault`, if given, says why.
std::optional<tree> read_tree(std::string_view text,
                              std::string* fault = nullptr);

/// The tree as JSON text; bytes that are not UTF-8 are replaced.
std::string print_tree(const tree& value);

/// The member `name`, or null if there is none, it is null, or `holder` is no
/// object.
const tree* member_of(const tree& holder, std::string_view name);

/// Appends a member. Costs no look at the others. @pre `object` is one, and has
/// none of the name.
void append_member(tree& object, std::string name, tree value);

/// The text of a string; empty if it is none. A view into `value`.
std::string_view text_in(const tree& value);

}  // namespace troupe::http::wire
