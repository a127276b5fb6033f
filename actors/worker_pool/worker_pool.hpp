// WORKER POOL: decides how many workers of one queue live.
//
// It is their supervisor. How many there should be `pool_scaler` says, who they
// are `crew`; this actor looks at the queue once a second, asks every worker
// now and then whether it is well, spawns and ends them.
//
// A worker that does not answer in `health_patience` is stuck: it is told to
// die, which it may never hear, forgotten, and replaced at once. The lease of
// its job ends by itself.
//
// Workers are spread over the scheduler's threads, each beside the carrier it
// gives its jobs to.
//
// Failure    Its workers are killed; their leases end by themselves. The next
//            incarnation begins with as many as at the start of the node.
// Supervised By `queues`. Told to exit, it waits until its workers have handed
//            back what they had.
// Mailbox    Operators' questions; its own timers.
// Metrics    worker_count, troupe_worker_restarts_total.

#pragma once

#include "actors/job_carrier.hpp"
#include "actors/queue_contracts.hpp"
#include "actors/worker/worker.hpp"
#include "actors/worker_pool/crew.hpp"
#include "actors/worker_pool/pool_scaler.hpp"
#include "runtime/published.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>

namespace troupe {

/// Between two looks at the queue.
inline constexpr std::chrono::seconds look_interval{1};

/// A worker that is well answers within microseconds; a node may be busy.
inline constexpr std::chrono::seconds health_patience{5};

/// Starts a worker on a thread.
using recruiter = std::function<worker_actor(caf::actor_system& system,
                                             std::size_t thread, worker_deps)>;

/// The one in use.
worker_actor recruit(caf::actor_system& system, std::size_t thread,
                     worker_deps deps);

/// What a pool needs from the outside world.
struct worker_pool_deps {
  address<queue_actor> queue;
  std::shared_ptr<const config::queue_settings> settings;
  config::worker_settings workers;
  /// By thread of the scheduler, one at least. Outlive the pool.
  std::span<const job_carrier_slot> carriers;
  std::size_t first_thread = 0;  ///< Where the first worker lives.
  /// For so long, when the node stops, workers may end what they have in hand.
  std::chrono::milliseconds grace{0};
  recruiter hire = recruit;
  prometheus::Gauge* count = nullptr;       ///< May be null.
  prometheus::Counter* restarts = nullptr;  ///< Likewise.
};

class worker_pool_state {
public:
  static constexpr const char* name = "worker-pool";

  using self_pointer = worker_pool_actor::stateful_pointer<worker_pool_state>;
  using time_point = crew::time_point;

  // Must stay a constructor, see api_key_state.
  explicit worker_pool_state(self_pointer self) : self_(self) {}
  ~worker_pool_state();
  worker_pool_state(const worker_pool_state&) = delete;
  worker_pool_state& operator=(const worker_pool_state&) = delete;

  worker_pool_actor::behavior_type make_behavior(worker_pool_deps deps);

private:
  void fill();
  void hire(const crew::hiring& who);
  void look();
  void check_health();
  void replace(crew::member_id who);
  void on_down(const caf::down_msg& msg);
  void bury(crew::member_id who);
  void adopt(const config::settings& settings);
  void drain();
  void stop(const caf::error& reason);
  void sweep();
  void arm();
  void count();
  pool_size size() const;
  std::uint32_t wanted() const;
  time_point now() const { return self_->clock().now(); }

  self_pointer self_;
  std::optional<worker_pool_deps> deps_;  // Set once, by make_behavior.
  std::optional<pool_scaler> scaler_;     // Likewise.
  std::optional<crew> crew_;              // Likewise.
  std::shared_ptr<published<config::queue_settings>> settings_;
  std::shared_ptr<busy_count> busy_ = std::make_shared<busy_count>(0);
  std::map<crew::member_id, worker_actor> handles_;
  time_point looks_at_{};
  time_point checks_at_{};
  time_point armed_for_ = time_point::max();
  bool drains_ = false;
  time_point grace_ends_ = time_point::max();  // While it drains.
  std::optional<caf::error> stopping_;         // Why.
};

/// Returns the behavior of a pool that has hired its first workers.
worker_pool_actor::behavior_type
worker_pool(worker_pool_state::self_pointer self, worker_pool_deps deps);

}  // namespace troupe
