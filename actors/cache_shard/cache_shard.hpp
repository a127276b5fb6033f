// CACHE SHARD: decides what is kept, what goes, and who waits for whom.
//
// The decisions are `cache_keeper`'s; this actor carries them out: it remembers
// which desk asked what, sends the answers, and counts. All it hears and says
// is made of plain values, so that a desk may live on another node.
//
// Timers: none while it holds nothing. Otherwise it looks after what is due
// when that is due, but after entries whose time is over at most every
// `sweep_period`: nobody finds them before. When there is more to do than one
// look allows, it lets others speak and looks again.
//
// Failure    What it kept and who led is gone; its desks answer for it, as if
// it
//            had kept nothing. The next incarnation begins empty.
// Supervised By `caches`; restarted after any abnormal exit.
// Mailbox    One message for each question under way at the desks, which have
//            an edge, and changes, each of which follows such a question.
// Metrics    cache_operations_total, troupe_cache_entries, troupe_cache_bytes.

#pragma once

#include "actors/cache_shard/cache_keeper.hpp"
#include "actors/contracts.hpp"
#include "config/settings.hpp"
#include "runtime/metrics/catalog.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace troupe {

/// What a shard needs of a desk: that it hears answers.
using cache_asker =
    caf::typed_actor<caf::reacts_to<atom::found, std::uint64_t, cache_findings>,
                     caf::reacts_to<atom::kept, std::uint64_t, cache_receipts>>;

/// The instruments of the shards, which they share.
struct cache_metrics {
  std::vector<counters_by_name> operations;  ///< By space and operation.
  std::vector<prometheus::Gauge*> entries;   ///< By space.
  std::vector<prometheus::Gauge*> bytes;     ///< By space.
};

cache_metrics cache_metrics_of(const metric_catalog& catalog);

/// One shard's part of what the configuration allows all of them.
shelf_bounds shard_bounds_of(const config::cache_settings& settings);

/// One shard's share in the gauges. It outlives the shard, whose successor
/// gives back first what the dead one held: nothing is written while actors
/// end, for then the gauges may be gone.
class cache_gauges {
public:
  explicit cache_gauges(const cache_metrics& metrics)
      : entries_(metrics.entries), bytes_(metrics.bytes) {}

  /// The shard holds this now.
  void show(cache_space s, const cache_statistics& held);

private:
  struct share {
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
  };

  std::vector<prometheus::Gauge*> entries_;  // By space.
  std::vector<prometheus::Gauge*> bytes_;    // Likewise.
  std::array<share, cache_tally::spaces> shown_{};
};

/// What a cache shard needs from the outside world.
struct cache_shard_deps {
  config::cache_settings settings;
  cache_metrics metrics;
  /// The same for all incarnations, one after the other.
  std::shared_ptr<cache_gauges> gauges;
  /// Another random number for each incarnation.
  std::uint64_t seed = 0;
};

class cache_shard_state {
public:
  static constexpr const char* name = "cache-shard";

  /// Between two looks at entries whose time is over.
  static constexpr std::chrono::seconds sweep_period{1};

  /// Until the next look in any case. A timer that is overtaken by an earlier
  /// one stays in the clock: for so long and no longer.
  static constexpr std::chrono::seconds sweep_far{10};

  using self_pointer = cache_shard_actor::stateful_pointer<cache_shard_state>;

  // Must stay a constructor, see api_key_state.
  explicit cache_shard_state(self_pointer self) : self_(self) {}

  cache_shard_actor::behavior_type make_behavior(cache_shard_deps deps);

private:
  /// Who asked, and under which number of its own.
  struct asker {
    cache_asker desk;
    std::uint64_t number = 0;
  };

  void find(const asker& by, const cache_questions& questions);
  void change(const asker& by, const cache_changes& changes);
  void purge(const asker& by, const cache_purge& what);
  void sweep();
  void finish(time_point now);
  void deliver();
  void count();
  void watch(time_point now);
  void hurry();
  asker take_asker(std::uint64_t question);
  time_point now() const;

  self_pointer self_;
  std::optional<cache_shard_deps> deps_;  // Set once, by make_behavior.
  std::optional<cache_keeper> keeper_;    // Likewise.
  cache_keeper::outbox out_;
  std::unordered_map<std::uint64_t, asker> askers_;  // Of what waits.
  std::uint64_t last_question_ = 0;
  time_point next_sweep_ = time_point::max();  // In the clock.
  bool hurries_ = false;                       // A look is in the mailbox.
};

/// Returns the behavior of a cache shard that keeps nothing yet. @pre `gauges`
/// is not null.
cache_shard_actor::behavior_type
cache_shard(cache_shard_state::self_pointer self, cache_shard_deps deps);

}  // namespace troupe
