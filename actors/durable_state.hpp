// The durable state of a node, or why there is none.
//
// Opened before the actors are there, and closed after them. A node without it
// starts all the same: what needs it says why it cannot.

#pragma once

#include "runtime/errc.hpp"
#include "runtime/store/store.hpp"

#include <caf/error.hpp>

#include <memory>
#include <string>

namespace troupe {

struct durable_state {
  /// Of the queues; null if there is none.
  std::shared_ptr<store> jobs;
  /// Why there is none.
  caf::error why_not = caf::make_error(
      errc::store_failed, std::string{"no durable state was opened"});
};

}  // namespace troupe
