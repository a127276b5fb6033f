// The "model": writes an answer that follows from the prompt alone.
//
// It repeats what the user said last and how often the user spoke, so that a
// test can see that its own conversation arrived; it calls a tool when it is
// forced to or the user mentions one; it speaks about a tool's result when that
// is what came last; and it writes JSON that fits the schema it was given. The
// same prompt and seed always give the same answer.

#pragma once

#include "http/simulator/answer.hpp"
#include "http/simulator/prompt.hpp"

#include <cstddef>
#include <cstdint>

namespace troupe::simulator {

struct author_options {
  std::uint64_t seed = 1;
  /// Plain answers are padded to this many tokens.
  std::size_t tokens_min = 0;
};

/// Answer number `choice` to `asked`.
answer write_answer(const prompt& asked, const author_options& options,
                    unsigned choice = 0);

}  // namespace troupe::simulator
