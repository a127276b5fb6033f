// What the model says to a prompt, before it is put on a wire.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::simulator {

enum class ending : std::uint8_t { done, length, stop, tools, filtered };

struct tool_call {
  std::string id;  ///< Letters only; each wire puts its own prefix before it.
  std::string name;
  std::string arguments;  ///< JSON text.
};

struct answer {
  std::string thoughts;
  std::string text;
  std::vector<tool_call> calls;
  ending end = ending::done;
  std::string stop;  ///< The stop sequence met, with `ending::stop`.
  std::size_t thought_tokens = 0;
  std::size_t spoken_tokens = 0;

  std::size_t tokens() const { return thought_tokens + spoken_tokens; }
};

/// What one request cost, in tokens.
struct usage {
  std::size_t input = 0;        ///< All of it, cached or not.
  std::size_t cache_read = 0;   ///< Part of `input`.
  std::size_t cache_write = 0;  ///< Part of `input`.
  bool write_for_an_hour = false;
  std::size_t output = 0;    ///< All of it, thoughts included.
  std::size_t thoughts = 0;  ///< Part of `output`.
};

}  // namespace troupe::simulator
