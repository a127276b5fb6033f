// What a whole answer's body says: is it what the wire promises, and what did
// it cost?
//
// Limits: only the answer's outline is judged (each endpoint's one telling
// field) and its JSON; vectors of embeddings are not looked into, which would
// cost more than all the rest.

#pragma once

#include "actors/outcome.hpp"
#include "http/wire/endpoint.hpp"

#include <string_view>

namespace troupe::http::wire {

struct answer_facts {
  /// Whether it is one JSON object of the kind the endpoint answers with. If
  /// not, the attempt ended in `fault::malformed`.
  bool sound = false;
  token_usage usage;
};

/// Reads the body of a 2xx answer. @pre none; bodies with
/// `simdjson::SIMDJSON_PADDING` readable bytes behind them are not copied if
/// given as a string with that capacity.
answer_facts read_answer(endpoint e, const std::string& body);

}  // namespace troupe::http::wire
