// What a provider's answer tells of its key's limits, by its headers.
//
// OpenAI writes x-ratelimit-{limit,remaining,reset}-{requests,tokens}, resets
// as durations (`6m0s`); Anthropic anthropic-ratelimit-{requests,tokens,
// input-tokens,output-tokens}-{limit,remaining,reset}, resets as RFC 3339 dates
// and tokens rounded to the nearest thousand. Gemini tells nothing.
//
// It runs for every answer: one pass over the headers, in which all but the
// fields that matter are passed over by their prefix.
//
// The one rule: what does not read as a sane value was not told. A limit of
// zero or less (Azure sends -1) means that nothing is known of that limit.

#pragma once

#include "actors/outcome.hpp"
#include "http/message.hpp"
#include "http/wire/fault_of.hpp"

#include <chrono>
#include <memory>

namespace troupe::http::wire {

/// Returns what the headers tell of limits; null if nothing. `now` is when the
/// answer's head came; `wall` is the same moment, for resets that are dates.
std::shared_ptr<const limit_readings>
read_limits(const header_list& headers, wall_time wall,
            std::chrono::steady_clock::time_point now);

}  // namespace troupe::http::wire
