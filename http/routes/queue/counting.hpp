// Queues in numbers, for people.
//
// Asked rarely: a messenger actor is spawned for each question, carries it to
// the queues and their worker pools and back, and is gone.

#pragma once

#include "actors/queue_directory.hpp"
#include "config/queue_settings.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::app_queue {

/// What is known of a queue; nothing of what did not answer in time.
struct queue_count {
  std::string name;
  std::optional<queue_statistics> queue;
  std::optional<pool_size> pool;
};

using queue_counts = std::vector<queue_count>;

/// Counts the queue `name`, or all of them if it is empty. Never fails.
task<queue_counts> count_queues(lane& l, executor where, std::string name);

/// One of them as JSON; `settings` may be null.
std::string print_count(const queue_count& count,
                        const config::queue_settings* settings);

/// The settings of `name`, or null.
const config::queue_settings* settings_of(const config::settings& all,
                                          std::string_view name);

}  // namespace troupe::http::app_queue
