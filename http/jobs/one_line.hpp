// JSON on one line, as it has to be where lines end things.

#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace troupe::http {

/// `json`, which is sound, without the space between its tokens.
inline std::string on_one_line(std::string_view json) {
  std::string out(json.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t size = 0;
  if (simdjson::minify(json.data(), json.size(), out.data(), size)
      != simdjson::SUCCESS)
    return std::string{json};
  out.resize(size);
  return out;
}

}  // namespace troupe::http
