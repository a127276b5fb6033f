// STORE READER: reads beside the writer.
//
// One question after the other, in the order in which they came. Ranges of one
// question may see different commits, each of them a whole one.
//
// Failure    Tickets it held answer themselves. The next incarnation opens
//            another way into the same store.
// Supervised By `queues`; restarted after any abnormal exit.
// Mailbox    The questions of the queues, which have an edge each.
// Thread     Its own: it blocks on the disk.
// Metrics    None: who asks counts.

#pragma once

#include "runtime/contracts.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace troupe {

struct store_reader_deps {
  /// The same for all incarnations, and the writer's.
  std::shared_ptr<store> where;
};

class store_reader_state {
public:
  static constexpr const char* name = "store-reader";

  using self_pointer = store_reader_actor::stateful_pointer<store_reader_state>;

  // Must stay a constructor, see api_key_state.
  explicit store_reader_state(self_pointer self) : self_(self) {}

  store_reader_actor::behavior_type make_behavior(store_reader_deps deps);

private:
  caf::expected<record_pages> read(const std::vector<record_range>& ranges);

  self_pointer self_;
  std::shared_ptr<store> where_;
  std::unique_ptr<store_reader> way_in_;  // Gone before the store is.
};

/// Returns the behavior of a store's reader. (Not `store_reader`: that is what
/// it reads by.) @pre `where` is not null.
store_reader_actor::behavior_type
store_reading(store_reader_state::self_pointer self, store_reader_deps deps);

}  // namespace troupe
