// Vectors on their way through a cache: taken out of an answer one by one, and
// put together into one answer again.
//
// A vector's text stays as its provider wrote it: OpenAI's numbers or base64,
// Gemini's object. An answer that is joined is the provider's own, with only
// the list of vectors made whole and a word in OpenAI's usage; where the
// provider was not asked at all, it is the least the wire promises, at no cost:
//
//   "usage": {"prompt_tokens": 0, "total_tokens": 0, "troupe": {"cached": 60}}
//
// Usage is what was really asked; `cached` counts the items that were not.
// Gemini's answers have no place for either.
//
// Limits: of an element of OpenAI's list only its vector is kept.

#pragma once

#include "http/wire/endpoint.hpp"
#include "http/wire/request_facts.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

/// What an answer holds, and where in its bytes.
struct embedding_vectors {
  std::vector<wire::span> vectors;  ///< In the order of the items.
  wire::span list;                  ///< The value that holds them.
  std::string model;                ///< OpenAI's `model`, as written.
  wire::span usage;                 ///< OpenAI's `usage`, if it is an object.
  wire::span cached;  ///< `usage.troupe`, if another troupe stands behind.
};

/// Reads the body of a 200 answer; nothing if it is not exactly `count` sound
/// vectors, each known to be of one item. Costs as answer_facts.hpp says.
std::optional<embedding_vectors>
read_vectors(endpoint e, const std::string& body, std::size_t count);

/// What of an answer is to be told again.
struct vector_list {
  wire::endpoint endpoint = wire::endpoint::embeddings;
  /// One for each item, in order.
  std::span<const std::string_view> vectors;
  std::size_t known = 0;  ///< How many of them were not asked for.
};

/// The whole answer, made of the provider's. @pre `found` was read from `body`.
std::string join_vectors(const vector_list& all, std::string_view body,
                         const embedding_vectors& found);

/// The whole answer where nothing was asked; `model` as written.
std::string join_vectors(const vector_list& all, std::string_view model);

/// One vector as it is kept: what it was called, and its text.
struct kept_vector {
  std::string_view model;  ///< As written; empty for Gemini's.
  std::string_view vector;
};

/// The bytes of an entry.
std::string written(const kept_vector& kept);

/// Views into `bytes`; nothing if they are no entry's.
std::optional<kept_vector> read_kept_vector(std::string_view bytes);

}  // namespace troupe::http::wire
