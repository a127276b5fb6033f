// SEMANTIC CACHE: decides whether an answer to a question that means nearly the
// same may be given.
//
// One a node. The decisions are `answer_memory`'s; this actor takes the
// messages, counts, and lets time pass. It has a thread of its own: adding to a
// large topic takes a millisecond, which no socket should wait for.
//
// Failure    All that it remembered is lost, and nothing else: questions in its
//            mailbox are answered with actor_lost, which is a miss.
// Supervised By the root; restarted, empty, after any abnormal exit.
// Mailbox    A question for each call under way, and an answer for each that
//            ended: http bounds both by its `max_connections`. Questions whose
//            asker has given up are passed over, so it catches up by itself.
// Metrics    cache_operations_total and troupe_cache_entries,
// troupe_cache_bytes
//            with cache="semantic".

#pragma once

#include "actors/contracts.hpp"
#include "actors/semantic_cache/answer_memory.hpp"
#include "runtime/metrics/catalog.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// What the semantic cache did; values of the label `operation`.
enum class semantic_operation : std::uint8_t {
  hit,
  miss,     ///< Nothing is near enough.
  refused,  ///< Something is, but the guard would not have it.
  keep,
  evict,
  expire,
  purge,
  count_,
};

std::string_view name_of(semantic_operation x) noexcept;

/// How often what is past its time goes. Nobody is given any of it before
/// either; this is about memory, so a part of the shortest sensible life.
inline constexpr std::chrono::seconds semantic_sweep_interval{10};

struct semantic_cache_metrics {
  counters_by_name done;  ///< By semantic_operation.
  prometheus::Gauge& entries;
  prometheus::Gauge& bytes;
};

semantic_cache_metrics semantic_cache_metrics_of(const metric_catalog& catalog);

/// What the semantic cache needs from the outside world.
struct semantic_cache_deps {
  settings_ptr settings;
  semantic_cache_metrics metrics;
};

class semantic_cache_state {
public:
  static constexpr const char* name = "semantic-cache";

  using self_pointer =
      semantic_cache_actor::stateful_pointer<semantic_cache_state>;

  // Must stay a constructor, see api_key_state.
  explicit semantic_cache_state(self_pointer self) : self_(self) {}

  semantic_cache_actor::behavior_type make_behavior(semantic_cache_deps deps);

private:
  void find(const semantic_ticket& ticket);
  void keep(const semantic_memory& memory);
  void purge(const std::string& tag);
  void adopt(const config::settings& settings);
  void sweep();
  void count(semantic_operation what, std::size_t times = 1);
  void show_size();
  time_point now() const;

  self_pointer self_;
  std::optional<semantic_cache_deps> deps_;  // Set once, by make_behavior.
  std::optional<answer_memory> memory_;      // Likewise.
  std::uint32_t threshold_ = 0;
};

/// Returns the behavior of a semantic cache that remembers nothing yet.
semantic_cache_actor::behavior_type
semantic_cache(semantic_cache_state::self_pointer self,
               semantic_cache_deps deps);

}  // namespace troupe
