// The last requests as they arrived, for tests to read back (`GET
// /_sim/requests`).
//
// What a gateway made of its client's request can be judged only by what came
// out of it, so the bodies are kept byte for byte. Everything is bounded, and
// nothing that holds a secret is kept: of the header fields only those named
// below, of the target only the path.

#pragma once

#include "http/message.hpp"
#include "http/simulator/json_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace troupe::simulator {

/// One request, as it arrived.
struct letter {
  std::chrono::system_clock::time_point at;
  std::string method;
  std::string path;
  json headers;
  std::string body;
  std::size_t body_size = 0;  ///< Of all of it, if it was cut.
  unsigned status = 0;        ///< Of the answer.
};

/// What is kept of `req`.
letter letter_of(const http::request& req,
                 std::chrono::system_clock::time_point at, unsigned status);

class inbox {
public:
  /// More than a test sends before it looks.
  static constexpr std::size_t letters_max = 256;
  /// Bytes of one body; longer ones are cut.
  static constexpr std::size_t body_size_max = std::size_t{256} << 10;
  /// Bytes of all bodies together.
  static constexpr std::size_t memory_max = std::size_t{4} << 20;

  void keep(letter one);
  void clear() { *this = inbox{}; }

  /// The last `count` requests, oldest first.
  json report(std::size_t count) const;

private:
  std::deque<letter> letters_;
  std::size_t size_ = 0;
};

}  // namespace troupe::simulator
