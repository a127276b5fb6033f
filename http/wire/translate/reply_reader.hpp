// What a provider says, as deltas: one reader for each wire.
//
// A reader walks the JSON of one event, or of a whole body, to its end, as
// everything in http/wire does, and notes what it knows. What it does not know
// (citations, annotations, ratings, the provider's own tools) is walked and
// left out; the README lists it.
//
// Limits: a text whose escapes are broken, a number of a log-probability that
// is none, and arguments that are no JSON make the event unsound.

#pragma once

#include "http/wire/json.hpp"
#include "http/wire/translate/reply.hpp"

#include <span>
#include <string_view>

namespace troupe::http::wire {

/// Reads an event of a stream into `event`, which was cleared, and its counts
/// into `usage`. `type` is the event's name where the JSON has none. False if
/// it is not sound; then both say nothing. The views of `event` hold as long as
/// `doc`.
bool read_reply_event(config::protocol from, std::string_view type,
                      json::document& doc, token_usage& usage,
                      reply_event& event);

/// The same for a whole body.
bool read_reply_body(config::protocol from, json::document& doc,
                     token_usage& usage, reply_event& event);

// -- one reader each
// ----------------------------------------------------------------------

enum class extent : std::uint8_t { event, body };

bool read_openai_reply(json::object& root, extent e, token_usage& usage,
                       reply_event& event);
bool read_anthropic_reply(json::object& root, std::string_view type, extent e,
                          token_usage& usage, reply_event& event);
bool read_gemini_reply(json::object& root, token_usage& usage,
                       reply_event& event);

// -- what they share
// ----------------------------------------------------------------------

/// Walks `v`; takes it if it is a string. False if it is not sound.
bool take_text(json::value& v, std::size_t depth, std::string_view& into);

/// The same for a number as written, also a negative one.
bool take_number(json::value& v, std::size_t depth, std::string_view& into);

/// The same for a position; larger ones than 32 bits are cut to that.
bool take_index(json::value& v, std::size_t depth, std::uint32_t& into);

/// Takes an object as escaped text; anything else is only walked.
bool take_object(json::value& v, std::size_t depth, reply_event& event,
                 std::string_view& into);

/// Walks an `error` member: anything but null is one.
bool take_error(json::value& v, std::size_t depth, reply_event& event);

/// What a wire calls a stop reason.
struct reason_row {
  std::string_view name;
  stop_reason reason;
};

/// The reason called `name`: `none` if it is empty, `other` if it is new.
stop_reason reason_of(std::string_view name,
                      std::span<const reason_row> rows) noexcept;

}  // namespace troupe::http::wire
