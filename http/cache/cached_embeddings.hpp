// A request for embeddings, of which the cache may know some items.
//
//   may the client come in? --no--> refused, whatever the cache has
//       |
//   split into items --not understood--> asked in the plain way (bypass)
//       |
//   ask the cache for all at once
//       |     \--all known--> answered at once (hit)
//   ask the provider for the missing, each once
//       |     \--an error--> the client's, as it is
//   join, answer (miss; `x-troupe-cache-items: 60/100`), keep the new ones
//
// One answer never mixes vectors of two models: what was kept of another model
// than the first one's is missing, and if the provider answers with another
// one, or with something that is not a vector for each item, then the whole is
// asked in the plain way, once.
//
// The edge: what is known of a batch, what is asked for it, and the answer made
// of both are at most `held_answer_max` each; larger ones are asked in the
// plain way, and not kept.
//
// Limits: who asks for the same item at the same moment pays twice.

#pragma once

#include "http/cache/held_answer.hpp"
#include "http/routes/exchange.hpp"
#include "http/routes/lane.hpp"
#include "http/service.hpp"
#include "http/wire/embedding_items.hpp"
#include "http/wire/embedding_vectors.hpp"
#include "http/wire/identity/cache_wish.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace troupe::http {

/// Vectors that are packed and kept at one go, before others get their turn on
/// the thread: about a millisecond's work.
inline constexpr std::size_t kept_at_once = 16;

class cached_embeddings {
public:
  cached_embeddings(lane& l, request& req, responder& res, const wire::match& m,
                    wire::cache_wish wish);

  /// Answers the request. Throws `boost::system::system_error` only when the
  /// client is gone.
  task<> run();

  const exchange_record& record() const { return record_; }

private:
  enum class step : std::uint8_t { done, plainly };

  /// One item that is known, at its place among all.
  struct known_item {
    std::string bytes;  ///< Unpacked.
    cache_finding found;
  };

  bool is_off() const;
  bool split();
  task<> answer();
  task<> find();
  cache_questions questions() const;
  void take(cache_findings found);
  std::size_t kept_size(const cache_findings& found) const;
  std::size_t known_count() const;

  task<> give_known();
  header_list headers_of_hit() const;
  void note_hit();

  task<step> ask();
  task<> ask_for(request& what, responder& to, cache_use use);
  task<> give_and_keep(const held_answer& from,
                       const wire::embedding_vectors& found);
  task<> keep(const held_answer& from, const wire::embedding_vectors& found);
  cache_change change_of(std::size_t missing, std::string_view vector,
                         const held_answer& from,
                         const wire::embedding_vectors& found) const;
  bool is_whole() const;
  request missing_only() const;
  std::string joined(const held_answer& from,
                     const wire::embedding_vectors& found) const;
  bool is_of_known_model(const header_list& headers) const;
  header_list headers_of_joined(const header_list& from) const;
  void count_saved() const;
  task<> refuse_not_cached();

  lane& lane_;
  request& req_;
  responder& res_;
  wire::match match_;
  wire::cache_wish wish_;
  exchange visit_;
  exchange_record record_;
  wire::embedding_items items_;
  std::vector<known_item> known_;     // One for each item; may be empty.
  std::vector<std::size_t> missing_;  // Items to be asked for, each once.
  std::size_t missing_size_ = 0;      // Bytes of them, in the body.
  bool too_large_ = false;            // What is known alone is beyond the edge.
};

/// Answers the request for embeddings that `m` was found for, and writes what
/// the log tells of it.
task<> answer_embeddings(lane& l, request& req, responder& res,
                         const wire::match& m, wire::cache_wish wish,
                         exchange_record& record);

}  // namespace troupe::http
