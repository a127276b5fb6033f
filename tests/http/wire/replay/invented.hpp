// Whole answers as nobody sent them, but anybody could: every part a wire has,
// in any number and beside members that troupe does not know.
//
// The same seed gives the same answer, so that a failure can be repeated.

#pragma once

#include "http/wire/endpoint.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace troupe::http::wire {

/// A whole answer of an endpoint that streams.
nlohmann::json invented_answer(endpoint e, std::uint32_t seed);

}  // namespace troupe::http::wire
