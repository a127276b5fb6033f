#include "runtime/command/threads.hpp"

#include "actors/contracts.hpp"
#include "actors/queue_contracts.hpp"

#include <algorithm>
#include <sys/resource.h>
#include <thread>

namespace troupe {

threads::threads(std::size_t count) {
  if (count == 0)
    count = std::max(1u, std::thread::hardware_concurrency());
  config_.add_message_types<caf::id_block::troupe_runtime>();
  config_.add_message_types<caf::id_block::troupe_actors>();
  config_.add_message_types<caf::id_block::troupe_queues>();
  config_.set("scheduler.max-threads", count);
  config_.load<asio_scheduler>();
  system_ = std::make_unique<caf::actor_system>(config_);
  for (std::size_t i = 0; i < count; ++i)
    reactors_.push_back(std::make_unique<http::reactor>(context(i)));
}

threads::~threads() {
  discard(reactors_);
}

std::vector<http::reactor*> threads::reactors() {
  std::vector<http::reactor*> all;
  for (const auto& r : reactors_)
    all.push_back(r.get());
  return all;
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace troupe
