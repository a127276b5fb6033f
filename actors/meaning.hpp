// What is said about the meaning of texts: their vectors, and answers to
// questions that mean the same.
//
// Values between neighbours: vectors are shared, never sent to another node.

#pragma once

#include "actors/cached.hpp"
#include "runtime/ticket.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// A text's place among all texts, of length 1.
using meaning_ptr = std::shared_ptr<const std::vector<float>>;

/// Asks where a text stands.
struct embed_wish {
  std::string text;
};
using embed_ticket = ticket<embed_wish, meaning_ptr>;

/// The texts an EMBEDDER wants to have embedded at once, and their vectors;
/// `vectors` is as long as `texts`, or empty if there are none to be had.
struct embed_batch {
  std::uint64_t number = 0;
  std::vector<std::string> texts;
  std::vector<meaning_ptr> vectors;
};

/// Cosines are told in parts of this: 9,200 is 0.92.
inline constexpr std::uint32_t score_whole = 10'000;

/// Is there an answer to a question like this?
struct semantic_question {
  /// Digest of all that has to be equal: tenant, model, system prompt, earlier
  /// turns, settings.
  std::string topic;
  std::string text;
  meaning_ptr meaning;
  /// Tells of the nearest entries why each may stand or not, also when one
  /// does; nothing is counted.
  bool explain = false;
};

/// One entry that was looked at.
struct semantic_neighbor {
  std::string text;
  std::uint32_t score = 0;  ///< In parts of `score_whole`.
  std::string refused;      ///< Why it may not stand; empty if it may.
  std::uint64_t age_ms = 0;
};

struct semantic_finding {
  bool hit = false;
  cache_entry entry;
  std::uint64_t age_ms = 0;
  /// Of the hit, or of the nearest one; 0 if there was nothing.
  std::uint32_t score = 0;
  std::string refused;  ///< Why the nearest one may not stand.
  std::vector<semantic_neighbor> nearest;  ///< Only if it was to explain.
};
using semantic_ticket = ticket<semantic_question, semantic_finding>;

/// An answer to be remembered.
struct semantic_memory {
  std::string topic;
  std::string text;
  meaning_ptr meaning;
  cache_entry entry;
};

}  // namespace troupe
