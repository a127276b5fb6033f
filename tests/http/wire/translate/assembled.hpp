// What a client makes of a stream: the whole answer, as its SDK puts it
// together from the events.
//
// Stricter than the SDKs: an event out of order, with a wrong name or a block
// beside an open one throws, and fails the test with what is wrong.

#pragma once

#include "config/settings.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <vector>

namespace troupe::http::wire {

struct client_event {
  std::string type;
  std::string data;
};

/// The events of a client's stream; of a JSON array its elements.
std::vector<client_event> client_events(std::string_view stream);

/// The answer of a whole stream.
nlohmann::json assembled(config::protocol client, std::string_view stream);

/// A whole answer without what a stream cannot say.
nlohmann::json comparable(config::protocol client, std::string_view body);

}  // namespace troupe::http::wire
