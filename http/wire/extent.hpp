// Where an array or an object ends, before it is walked.
//
// The on-demand reader finds the end by skipping, which looks at nothing but
// brackets, and then goes back to the beginning; the walk after it is what
// tells whether the text in between is sound.

#pragma once

#include "http/wire/json.hpp"

#include <string_view>

namespace troupe::http::wire::json {

using array = simdjson::ondemand::array;

/// Sets `whole` to the text of `container`, brackets included; false if it has
/// no end. @pre nothing of it was read; it can be walked afterwards.
template <class Container>
bool extent_of(Container& container, std::string_view& whole) {
  if (container.raw_json().get(whole) || container.reset().error())
    return false;
  // The reader stops at what comes next.
  const auto last = whole.find_last_of("]}");
  whole = whole.substr(0, last + 1);
  return last != std::string_view::npos;
}

}  // namespace troupe::http::wire::json
