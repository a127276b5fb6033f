// A lease's token as workers see it: `SSSSSS-NNNNNNNNNN`, the queue's start and
// the lease since then. Of fixed width, so that it grows as text too, which is
// what a store beyond us compares it as (fencing).
//
// Limits: a million starts, ten thousand million leases in one; the text is
// longer beyond, and right as a number still.

#pragma once

#include "actors/queue/kept_job.hpp"

#include <string>
#include <string_view>

namespace troupe {

std::string text_of(const lease_token& token);

/// {0, 0} if it is not a token.
lease_token token_of(std::string_view text);

}  // namespace troupe
