// Gives a whole answer again as a stream: every event that the provider would
// have sent, with the wire's own words, in one piece of bytes.
//
// Long texts come in pieces, cut between characters, because clients show them
// as they come and some bound an event's size. Members that troupe does not
// know go where a client's SDK keeps them: on the first event of what they
// belong to, or on the last. Putting the events together (`collect.hpp`) gives
// the answer again.
//
// Limits: the answer is one that `as_cached` took; of anything else nothing
// comes out. No obfuscation paddings, and no waiting: a replay is as fast as
// the client reads.

#pragma once

#include "http/wire/answer_stream.hpp"
#include "http/wire/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Whether an OpenAI client wants the chunk with the usage
/// (`stream_options.include_usage`). The others' streams have it always.
enum class usage_wish : std::uint8_t { no, yes };

struct play_options {
  usage_wish usage = usage_wish::no;
  wire::framing framing = wire::framing::sse;
  /// Most bytes of text in one event. A client reads some hundred events in a
  /// millisecond, and shows the first while the rest arrive.
  std::size_t piece_max = 2048;
};

/// The stream of a whole answer; empty if `body` is none of `e`.
/// @pre answers of `e` may be streams.
std::string play_stream(endpoint e, std::string_view body,
                        const play_options& options = {});

}  // namespace troupe::http::wire
