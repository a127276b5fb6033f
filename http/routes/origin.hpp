// Who asks for an answer of a model.

#pragma once

#include <cstdint>
#include <string>

namespace troupe::http {

enum class origin : std::uint8_t {
  client,
  job,     ///< troupe, for a client that came in long ago: it need not again.
  troupe,  ///< The gateway itself: it may ask for what is nobody else's.
};

/// A call that troupe makes for somebody who does not wait at a socket.
struct own_call {
  std::string tenant;
};

inline origin origin_of(const own_call* whose) {
  return whose != nullptr ? origin::job : origin::client;
}

}  // namespace troupe::http
