#include "config/queue_settings.hpp"

namespace troupe::config {

std::vector<std::shared_ptr<const queue_settings>> default_queues() {
  const auto make = [](const char* name, queue_handler handler,
                       std::uint8_t priority) {
    queue_settings made;
    made.name = name;
    made.handler = handler;
    made.priority = priority;
    return std::make_shared<const queue_settings>(std::move(made));
  };
  using enum queue_handler;
  return {make("ai-response", completion, 5), make("email", external, 5),
          make("analytics", external, 0),
          make("translation-review", external, 5)};
}

}  // namespace troupe::config
