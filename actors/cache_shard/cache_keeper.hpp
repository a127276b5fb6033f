// What is answered to those who ask a shard of the caches.
//
// The brain of CACHE SHARD, of two halves: `shelf` has what is kept,
// `lead_book` who computes what is not. One question to it has many parts, each
// for a key:
//
//   fresh, and as young as the asker wants ............ fresh or negative
//   past its time, and good enough, while another leads,
//   or for somebody who does not want to lead ......... stale
//   nobody leads, and the asker wants to .............. lead
//   another one leads ................................. busy, or it waits
//   else .............................................. absent
//
// Who waits hears when the leader brings the entry. If the lead ends otherwise,
// the first in line who wants to leads now, and the others wait on; if nobody
// wants to, all hear what there is. A question is answered when no part of it
// waits any more; a part does not wait for a lead that its own question holds.
//
// What was computed before a purge, or a removal of its key, is old content: it
// is refused (`lead_lost`) when its leader brings it after. An entry that is
// too large to be kept is still told to those who wait for it.
//
// Limits: who asks for many keys at once, may lead and waits, does not hear of
// its leads before its waits are over. Somebody may be made leader who does not
// listen any more; his lead ends with its time.

#pragma once

#include "actors/cache_shard/lead_book.hpp"
#include "actors/cache_shard/shelf.hpp"
#include "actors/cached.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace troupe {

struct cache_keeper_options {
  shelf_bounds bounds;
  lead_book::bounds waiting;
  shelf::make_retention retention = make_tiny_lfu;
  /// Where etags, tokens and the hash begin. Another random number for each
  /// incarnation: then no etag or token comes twice.
  std::uint64_t seed = 0;
};

class cache_keeper {
public:
  using time_point = shelf::time_point;

  /// Longer than any provider takes; what is asked beyond is cut.
  static constexpr std::chrono::minutes lead_max{60};
  /// As long as a desk holds a ticket at most.
  static constexpr std::chrono::minutes wait_max{10};

  /// What became of questions that had to wait.
  struct outbox {
    struct answer {
      std::uint64_t question = 0;
      cache_findings findings;
    };
    std::vector<answer> found;
    std::vector<shelf::purged> purged;

    bool empty() const { return found.empty() && purged.empty(); }
  };

  explicit cache_keeper(const cache_keeper_options& options);

  /// Answers at once, or nothing: then the answer comes under the number
  /// `question`. @pre no other question has this number.
  std::optional<cache_findings> find(std::uint64_t question,
                                     const cache_questions& parts,
                                     time_point now, outbox& out);

  cache_receipts change(const cache_changes& changes, time_point now,
                        outbox& out);

  /// Forgets many; the count comes under the number `question`. Returns whether
  /// there is more to do at once.
  bool purge(std::uint64_t question, const cache_purge& what, time_point now,
             outbox& out);

  /// What is past its time goes; purges go on. Returns whether there is more to
  /// do at once.
  bool sweep(time_point now, outbox& out);

  /// When something is due that somebody waits for.
  std::optional<time_point> next_call() const;

  /// When an entry's time is over.
  std::optional<time_point> next_expiry() const { return shelf_.next_due(); }

  void adopt(const shelf_bounds& bounds) { shelf_.adopt(bounds); }

  const shelf& entries() const { return shelf_; }
  cache_tally& tally() { return shelf_.tally(); }

private:
  /// A question some of whose parts wait.
  struct parked {
    cache_findings findings;
    std::size_t left = 0;
  };

  /// Entries looked at in one sweep: some 50 us.
  static constexpr std::size_t slice = 512;

  bool answer(std::uint64_t question, std::size_t part,
              const cache_question& wants, time_point now, cache_finding& to,
              outbox& out);
  bool wait(lead_book::slot lead, std::uint64_t question, std::size_t part,
            const cache_question& wants, time_point now);
  void settle_for(const cache_question& wants, cache_state without,
                  std::uint64_t token, shelf::slot s, time_point now,
                  cache_finding& to);
  void give(shelf::slot s, time_point now, cache_finding& to);
  bool fits(const cache_question& wants, shelf::slot s, time_point now) const;

  cache_receipt change_one(const cache_change& c, time_point now, outbox& out);
  cache_receipt keep(const cache_change& c, std::uint64_t hash,
                     shelf::slot there, lead_book::slot lead, time_point now,
                     outbox& out);
  cache_receipt refuse(const cache_change& c, cache_outcome why,
                       shelf::slot there);
  bool is_outdated(const cache_change& c, lead_book::slot lead) const;

  lead_book::slot lead_of(const cache_key& key, std::uint64_t hash,
                          time_point now, outbox& out);
  void pass_on(lead_book::slot lead, time_point now, outbox& out);
  void tell_line(lead_book::slot lead, const cache_finding& found, outbox& out);
  void tell(const lead_book::waiter& who, cache_finding&& found, outbox& out);
  std::uint64_t next_etag();

  shelf shelf_;
  lead_book leads_;
  std::unordered_map<std::uint64_t, parked> parked_;
  std::uint64_t last_etag_;
};

}  // namespace troupe
