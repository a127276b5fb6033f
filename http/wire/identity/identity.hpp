// Which requests are the same request?
//
// Two requests share one digest exactly if every answer to one is an answer to
// the other: the SHA-256 of a canonical form in which the order of members,
// white space, escapes and spellings of numbers make no difference, and what
// cannot change the answer is left out (the table in rules.cpp, with reasons).
// What troupe does not know stays in. Right before fast: equivalent requests
// may differ (a text, and one part of text), different ones may not agree.
//
// In the digest: our format, `cache.version`, tenant, endpoint (a stream and
// the whole are one), the API's version and betas, the model as the client
// named it, the query without credentials, the body. Only the members under
// `properties` of an answer's schema keep their order: models answer in it.
//
// Not cacheable, because a second asker would get what only the first may
// have, or get less than asked for: the rows of `barred` in rules.cpp, bodies
// that say a member twice, and bodies beyond the limits below.
//
// Limits: numbers are equal if a double cannot tell them apart, from 2^53 up
// only if they are written alike.

#pragma once

#include "http/message.hpp"
#include "http/wire/endpoint.hpp"
#include "http/wire/request_facts.hpp"

#include <span>
#include <string>
#include <string_view>

namespace troupe::http::wire {

/// Larger bodies (bytes) are not cacheable: hashing one would hold up the
/// thread for milliseconds, and nobody sends such a body twice.
inline constexpr std::size_t identity_size_max = 4u << 20;

/// Longer questions (bytes) have no topic: one word that differs hardly moves
/// the meaning of so long a text.
inline constexpr std::size_t question_size_max = 4096;

/// Who asks, and under which version of the cache.
struct identity_scope {
  std::string_view tenant;
  std::string_view version;  ///< `cache.version`.
  /// Of the client's wish: whether answers that call tools are taken. Those who
  /// take them share no entries with those who do not.
  bool takes_tool_calls = false;
  /// Whether topic and question are wanted; costs a second hash.
  bool with_topic = false;
  /// The configured models: with other targets behind its name, one is another.
  std::span<const config::model_settings> models = {};
};

struct request_identity {
  bool cacheable = false;
  std::string_view reason;  ///< Why it is not, for people; static.
  /// 64 lower-case hex digits; empty if not cacheable.
  std::string digest;
  /// The answer is a function of the request: at temperature 0, embeddings,
  /// token counts. Not with pictures or files behind an address.
  bool deterministic = false;
  /// Offers tools to the model.
  bool has_tools = false;
  /// Digest of all but the last user's text; empty if not wanted, or if the
  /// last turn is not one plain text, or if there are tools.
  std::string topic;
  /// That text.
  std::string question;
};

/// Identifies the request that `m` was found for and `facts` were read from.
/// Never fails: what cannot be read is not cacheable. Costs no copy of the body
/// if `simdjson::SIMDJSON_PADDING` bytes of its capacity are free.
request_identity identify(const match& m, const request& r,
                          const request_facts& facts,
                          const identity_scope& scope);

}  // namespace troupe::http::wire
