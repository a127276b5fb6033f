// What in a request cannot change its answer, and what forbids to keep that.
//
// Two tables, a row for each place in a body. A member that is in neither stays
// in the digest and forbids nothing.

#pragma once

#include "http/wire/endpoint.hpp"
#include "http/wire/identity/sorted_tree.hpp"

#include <string_view>

namespace troupe::http::wire {

/// Marks what cannot change the answer as left out.
void leave_out(config::protocol wire, sorted_tree& body);

/// Why an answer to the request must not be given to anybody else; empty if
/// nothing forbids it.
std::string_view barred(config::protocol wire, sorted_tree& body);

/// Whether the answer is a function of the request alone.
bool is_deterministic(endpoint e, sorted_tree& body);

/// Whether the model is offered tools.
bool offers_tools(const sorted_tree& body);

/// The text of the last turn, if that is one plain text of the user's.
const sorted_tree::node* question_in(endpoint e, const sorted_tree& body);

/// Whether the members of `properties` keep their order in the root's member
/// `name`: models answer in the order of the schema.
bool holds_answer_schema(std::string_view name);

}  // namespace troupe::http::wire
