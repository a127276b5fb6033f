// Where the queues of a node are found, by name.

#pragma once

#include "actors/queue_contracts.hpp"
#include "runtime/supervision/address.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

struct queue_place {
  address<queue_actor> queue;
  /// Null for ever where workers outside do the work.
  address<worker_pool_actor> pool;
};

/// Constant while the node lives: other queues need a restart.
using queue_directory = std::map<std::string, queue_place, std::less<>>;
using queue_directory_ptr = std::shared_ptr<const queue_directory>;

}  // namespace troupe
