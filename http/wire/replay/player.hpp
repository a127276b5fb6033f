// The parts every wire's playing has in common, and the wires' players.
//
// Rule: a player gives the whole stream, or nothing where the answer has not
// the form its wire promises.

#pragma once

#include "http/wire/replay/fold.hpp"
#include "http/wire/replay/play.hpp"

#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Takes the next piece of at most `size_max` bytes from `rest`, cut between
/// characters.
std::string_view take_piece(std::string_view& rest, std::size_t size_max);

/// Appends a server-sent event; without a name only its `data:`.
void append_event(std::string& out, std::string_view name, const tree& event);

/// Gives a member the value, whether it has one or not.
void set_member(tree& object, std::string_view name, tree value);

std::string play_chunks(const tree& body, const play_options& options);
std::string play_response(const tree& body, const play_options& options);
std::string play_message(const tree& body, const play_options& options);
std::string play_candidates(const tree& body, const play_options& options);

}  // namespace troupe::http::wire
