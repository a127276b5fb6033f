// What an answer from the cache says it cost: nothing, and what it cost once.
//
//   "usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}
//   "usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,
//            "troupe":{"cached":true,"input_tokens":20,"output_tokens":9}}
//
// Every number in the wire's own usage object becomes 0, also those that troupe
// does not know (details, searches, another gateway's cost): nothing of it was
// spent. Words stay. All bytes outside of that object stay as they were. It is
// done once, when an answer is put in, so that a hit is a plain copy.
//
// Limits: an answer without a usage object gets none; it has always cost what
// it says, nothing. Only an answer that can be read in one way (no half of a
// surrogate pair, no member given twice) and played as a stream is taken.

#pragma once

#include "http/wire/endpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace troupe::http::wire {

/// An answer as it is kept.
struct cached_answer {
  std::string body;
  std::uint64_t tokens_in = 0;  ///< What it cost at first.
  std::uint64_t tokens_out = 0;
};

/// The whole answer as it is kept and given again; nothing if it cannot be.
std::optional<cached_answer> as_cached(endpoint e, const std::string& body);

}  // namespace troupe::http::wire
