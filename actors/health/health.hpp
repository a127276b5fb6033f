// HEALTH: asks every part how it is, and publishes the answer.
//
// One a node. Every `monitoring.health_interval` it asks the key pools that
// calls are routed to then, and the queues; when all have answered, or have not
// in time, it publishes a report that the doors show without asking anybody.
//
// Failure    While it is dead the last report ages; the doors call a report
//            that is too old critical.
// Supervised By the root, restart on any abnormal exit.
// Metrics    troupe_health.

#pragma once

#include "actors/contracts.hpp"
#include "actors/queue_directory.hpp"
#include "runtime/health_report.hpp"
#include "runtime/published.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <prometheus/gauge.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

struct health_deps {
  /// Whose pools there are. @pre a routing has been published.
  std::shared_ptr<published<routing_ptr>> routes;
  /// Null where there are none.
  queue_directory_ptr queues;
  std::chrono::milliseconds interval{5000};
  /// Lines the log has dropped since the start.
  std::function<std::uint64_t()> log_dropped;
  /// Outlives the actor.
  published<health_report>* board = nullptr;
  prometheus::Gauge& overall;
};

class health_state {
public:
  static constexpr const char* name = "health";

  using self_pointer = health_actor::stateful_pointer<health_state>;

  explicit health_state(self_pointer self) : self_(self) {}

  health_actor::behavior_type make_behavior(health_deps deps);

private:
  void ask_all();
  void ask_queues();
  void heard(const std::string& provider,
             std::optional<std::vector<key_status>> keys);
  void heard_queue(const std::string& queue,
                   std::optional<queue_statistics> numbers);
  void arrived();
  void publish();

  self_pointer self_;
  std::optional<health_deps> deps_;             // Set once, by make_behavior.
  std::map<std::string, health_check> checks_;  // By provider.
  std::map<std::string, std::optional<queue_statistics>> queues_;
  std::size_t awaited_ = 0;
  std::uint64_t log_dropped_ = 0;
};

/// Returns the behavior of a health actor that begins with a round of asking.
health_actor::behavior_type health_watch(health_state::self_pointer self,
                                         health_deps deps);

}  // namespace troupe
