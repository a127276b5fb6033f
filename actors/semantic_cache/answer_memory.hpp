// Answers, and the questions they were given to.
//
// The brain of SEMANTIC CACHE: what is remembered and for how long, which
// remembered question is near enough to a new one, and whether its answer may
// stand. Two questions meet only within a topic, which is a digest of all that
// has to be equal; within it the nearest are sought by their vectors, scored
// (guard.hpp), and held against the threshold and the guard, best score first.
// The first that passes both is the hit.
//
// Bounded in entries and in bytes over all topics; the one used least recently
// goes first. An answer lives for the time that is configured now, whatever was
// configured when it was kept.
//
// Limits: a topic has vectors of one length; a vector of another length, from
// another embedder, finds nothing, and where it is kept the topic begins anew.
// Only `candidates_max` neighbours are looked at.

#pragma once

#include "actors/meaning.hpp"
#include "actors/semantic_cache/neighbor_index.hpp"
#include "actors/semantic_cache/question.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe {

/// Neighbours that are read and judged: more than a few, because the words have
/// a say in the score and the best one is not always the nearest.
inline constexpr std::size_t candidates_max = 16;

/// Bytes an entry costs beside its own: vector, features, places in the lists.
inline constexpr std::uint64_t memory_upkeep = 4096;

struct memory_bounds {
  std::uint32_t threshold = 9'200;  ///< In parts of `score_whole`.
  std::uint64_t max_entries = 5'000;
  std::uint64_t max_bytes = 256ull << 20;
  std::chrono::milliseconds ttl = std::chrono::hours{24};
};

/// The bounds that `settings` ask for. The bytes are those of the exact cache,
/// which mostly holds the same bytes.
memory_bounds bounds_of(const config::settings& settings);

class answer_memory {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit answer_memory(const memory_bounds& bounds) : bounds_(bounds) {}

  /// How many entries went to make room, or because they are too large.
  std::size_t adopt(const memory_bounds& bounds);

  /// Whether there is an answer that may stand. A hit counts as use.
  semantic_finding find(const semantic_question& asked, time_point now);

  /// Remembers an answer; the same text in the same topic is replaced. Returns
  /// how many entries went to make room. An answer that is larger than all may
  /// be, or comes without a vector, is not kept.
  std::size_t keep(semantic_memory memory, time_point now);

  /// Forgets what bears the tag; all if it is empty. Returns how many went.
  std::size_t purge(std::string_view tag);

  /// Forgets what is past its time. Returns how many went.
  std::size_t expire(time_point now);

  std::size_t size() const { return entries_.size(); }
  std::uint64_t bytes() const { return bytes_; }

private:
  using id = std::uint64_t;

  struct topic {
    std::unique_ptr<neighbor_index> index;
    std::unordered_map<std::string, id> by_text;
  };

  struct entry {
    std::string topic;
    std::string text;
    question read;
    cache_entry answer;
    time_point kept_at;
    std::uint64_t bytes = 0;
    std::list<id>::iterator in_use_order;
    std::list<id>::iterator in_keep_order;
  };

  struct judged {
    id which = 0;
    std::uint32_t score = 0;
    std::string refused;  // Empty if it may stand.
  };

  std::vector<judged> judge_all(const topic& in, const semantic_question& asked,
                                time_point now) const;
  void forget_same(const semantic_memory& as);
  std::size_t forget_others(const semantic_memory& than);
  void forget(id which);
  std::size_t make_room();
  bool is_over(const entry& e, time_point now) const {
    return now - e.kept_at >= bounds_.ttl;
  }

  memory_bounds bounds_;
  std::unordered_map<std::string, topic> topics_;
  std::unordered_map<id, entry> entries_;
  std::list<id> by_use_;   // Least recent first.
  std::list<id> by_keep_;  // Oldest first.
  std::uint64_t bytes_ = 0;
  id next_ = 1;
};

}  // namespace troupe
