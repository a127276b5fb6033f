// An actor system on real threads: our scheduler, as the program runs it.
//
// For what virtual time cannot show: which thread does what, races, shutdown.
// Tests wait for promises, and a wait that passes `deadline` fails the test
// instead of hanging it. Nothing here sleeps.

#pragma once

#include "actors/contracts.hpp"
#include "actors/queue_contracts.hpp"
#include "runtime/scheduler/asio_scheduler.hpp"

#include <caf/all.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <stdexcept>
#include <utility>

namespace troupe::testing {

/// Far beyond what any of it takes, also under a sanitizer on a busy machine.
inline constexpr std::chrono::seconds deadline{20};

/// Returns what was promised. Throws, and so fails the test, if nobody keeps
/// the promise before the deadline.
template <class T>
T await(std::future<T> promised) {
  if (promised.wait_for(deadline) != std::future_status::ready)
    throw std::runtime_error("nothing happened before the deadline");
  return promised.get();
}

class scheduled_config : public caf::actor_system_config {
public:
  explicit scheduled_config(std::size_t threads) {
    set("scheduler.max-threads", threads);
    add_message_types<caf::id_block::troupe_runtime>();
    add_message_types<caf::id_block::troupe_actors>();
    add_message_types<caf::id_block::troupe_queues>();
    load<asio_scheduler>();
  }
};

class scheduled_system {
public:
  explicit scheduled_system(std::size_t threads)
      : scheduled_system(scheduled_config{threads}) {}

  explicit scheduled_system(scheduled_config config)
      : config_(std::move(config)), system_(config_) {}

  caf::actor_system& operator*() { return system_; }
  caf::actor_system* operator->() { return &system_; }
  asio_scheduler& scheduler() { return asio_scheduler::of(system_); }

private:
  scheduled_config config_;
  caf::actor_system system_;
};

}  // namespace troupe::testing
