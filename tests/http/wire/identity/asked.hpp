// Requests as the door sees them, for the tests of their identity.

#pragma once

#include "http/wire/identity/identity.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::wire {

/// One request, and how to identify it.
struct asked {
  endpoint at = endpoint::chat_completions;
  std::string body;
  std::string query{};
  header_list headers{};
  std::string tenant = "acme";
  std::string version = "1";
  std::string model_in_path = "gemini-pro";
  std::string api = "v1beta";
  bool takes_tool_calls = false;
  bool with_topic = true;
  std::vector<config::model_settings> models{};

  request_identity identity() const {
    const auto protocol = row_of(at).protocol;
    const bool in_path = protocol == config::protocol::gemini;
    const match m{at, protocol, in_path ? model_in_path : std::string_view{},
                  in_path ? api : std::string_view{}};
    request r;
    r.method = "POST";
    r.target = "/path" + (query.empty() ? "" : '?' + query);
    r.headers = headers;
    r.body = body;
    const auto facts = read_request(m, r.body).facts;
    return identify(m, r, facts,
                    {tenant, version, takes_tool_calls, with_topic, models});
  }
};

}  // namespace troupe::http::wire
