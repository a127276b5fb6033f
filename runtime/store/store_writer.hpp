// STORE WRITER: commits what many ask for at once.
//
// Tickets are gathered until its mailbox has nothing more that came before its
// own `flush`; then all of them go to the disk together (`commit_line`), and
// are answered together. While the disk works the next ones gather. A copy is
// made on a thread of its own, beside the commits.
//
// Failure    Tickets it held answer themselves; of those under way nobody can
//            say whether they were kept. The next incarnation uses the same
//            store.
// Supervised By `queues`; restarted after any abnormal exit.
// Mailbox    Bounded by what waits, in bytes; beyond that: overloaded.
// Thread     Its own: it blocks on the disk.
// Metrics    troupe_store_commit_seconds, troupe_store_changes_total,
//            troupe_store_failures_total.

#pragma once

#include "runtime/contracts.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/store/commit_line.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <optional>

namespace troupe {

struct store_metrics {
  prometheus::Histogram& commit_seconds;
  prometheus::Counter& changes;  ///< On disk.
  /// Commits that failed, by errc: overloaded, store_full, store_corrupt,
  /// store_failed.
  counters_by_name failures;
};

struct store_writer_deps {
  /// The same for all incarnations, one after the other.
  std::shared_ptr<store> where;
  store_metrics metrics;
  commit_bounds bounds{};
};

class store_writer_state {
public:
  static constexpr const char* name = "store-writer";

  using self_pointer = store_writer_actor::stateful_pointer<store_writer_state>;

  // Must stay a constructor, see api_key_state.
  explicit store_writer_state(self_pointer self) : self_(self) {}

  store_writer_actor::behavior_type make_behavior(store_writer_deps deps);

private:
  void gather(const commit_ticket& ticket);
  void flush();
  caf::error write(const commit_group& group);
  void copy(const backup_ticket& ticket);

  self_pointer self_;
  std::optional<store_writer_deps> deps_;  // Set once, by make_behavior.
  std::optional<commit_line> line_;        // Likewise.
  bool flushes_ = false;                   // A flush is in the mailbox.
  bool copies_ = false;                    // A copy is being made.
};

/// Returns the behavior of a store's writer. @pre `where` is not null.
store_writer_actor::behavior_type
store_writer(store_writer_state::self_pointer self, store_writer_deps deps);

}  // namespace troupe
