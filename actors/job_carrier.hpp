// Who carries a job out where that takes a socket.
//
// WORKER decides, a carrier of http/ on the same thread does: it asks a model,
// or posts to a webhook. Like the embedders', it is made after the actors and
// found through a slot that main fills, and empties before the carrier goes.

#pragma once

#include "actors/queue_contracts.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace troupe {

/// A job on its way to be carried out.
struct job_errand {
  std::uint64_t number = 0;  ///< The worker's own; in all it hears back.
  leased_job job;
  std::shared_ptr<const config::queue_settings> queue;
};

class job_carrier {
public:
  virtual ~job_carrier() = default;

  /// Has it done: `output` for what comes meanwhile, then exactly one `done`,
  /// both sent to `whom`. Called on the worker's thread; does not block.
  virtual void carry(job_errand errand, worker_actor whom) = 0;

  /// Cuts an errand short; its `done` says `dropped`. Nothing if it is over.
  virtual void drop(const worker_actor& whom, std::uint64_t number) = 0;
};

/// Where a worker finds its carrier; null while there is none.
using job_carrier_slot = std::atomic<job_carrier*>;

}  // namespace troupe
