// WORKER: has one job at a time carried out; dies alone.
//
// The decisions are `errand_book`'s. This actor brings its messages to the
// queue as tickets, hands jobs to the carrier of its thread
// (actors/job_carrier.hpp), and keeps the time.
//
// It is asked to end in three ways: `drain` lets it finish what it has in hand;
// an orderly exit makes it hand that back first, so that no attempt is burnt; a
// kill leaves all as it is, and the lease ends by itself.
//
// Failure    The courier's errand is cut, the wish for work taken back. The
//            lease of its job ends by itself, and counts as a lost worker.
// Supervised By its WORKER POOL, which also replaces it when it is stuck.
// Mailbox    What one courier brings for one job, and the queue's answers.
// Metrics    None of its own: the queue counts jobs, the pool counts workers.

#pragma once

#include "actors/queue_contracts.hpp"
#include "actors/worker/errand_book.hpp"
#include "runtime/published.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace troupe {

/// How many workers of a pool have a job in hand. Outlives each of them.
using busy_count = std::atomic<std::uint32_t>;

/// What a worker needs from the outside world.
struct worker_deps {
  std::string name;  ///< For people; in the queue's views.
  address<queue_actor> queue;
  /// What each errand is carried out by: the latest when it begins.
  std::shared_ptr<const published<config::queue_settings>> settings;
  /// Where it finds who carries for it; never null. Outlives it.
  const job_carrier_slot* carrier = nullptr;
  std::shared_ptr<busy_count> busy;
};

class worker_state {
public:
  static constexpr const char* name = "worker";

  /// Until the next look in any case; see cache_shard_state::sweep_far.
  static constexpr std::chrono::seconds sweep_far{10};

  using self_pointer = worker_actor::stateful_pointer<worker_state>;

  // Must stay a constructor, see api_key_state.
  explicit worker_state(self_pointer self) : self_(self) {}
  ~worker_state();
  worker_state(const worker_state&) = delete;
  worker_state& operator=(const worker_state&) = delete;

  worker_actor::behavior_type make_behavior(worker_deps deps);

private:
  void deliver();
  void ask(std::uint64_t number);
  void say(errand_book::message&& what);
  void carry(std::uint64_t number);
  void drop(std::uint64_t number);
  void sweep();
  void arm();
  void show_busy();
  job_carrier* carrier() const { return deps_->carrier->load(); }
  errand_book::time_point now() const { return self_->clock().now(); }

  self_pointer self_;
  std::optional<worker_deps> deps_;  // Set once, by make_behavior.
  std::optional<errand_book> book_;  // Likewise.
  errand_book::outbox out_;
  work_ticket::observer wish_;
  bool is_busy_ = false;
  errand_book::time_point armed_for_ = errand_book::time_point::max();
};

/// Returns the behavior of a worker that asks for its first job.
worker_actor::behavior_type job_worker(worker_state::self_pointer self,
                                       worker_deps deps);

}  // namespace troupe
