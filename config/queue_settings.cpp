#include "config/queue_settings.hpp"

namespace troupe::config {

queue_settings with_defaults(const queue_settings& own,
                             const queue_settings& defaults) {
  queue_settings made = defaults;
  made.name = own.name;
  made.handler = own.handler;
  made.priority = own.priority;
  made.url = own.url;
  made.secret = own.secret;
  return made;
}

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
