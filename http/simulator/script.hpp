// An answer as a script: what to send, and how long to wait before each piece.
//
// The brains write scripts, service.cpp plays them, and tests read them without
// any time passing. All bytes lie in one text, so a stream of 200 events is a
// handful of allocations.

#pragma once

#include "http/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::simulator {

using std::chrono::microseconds;

/// One write.
struct step {
  microseconds wait{0};   ///< Before the bytes.
  std::size_t size = 0;   ///< How many of the script's bytes.
  bool terminal = false;  ///< Whether this tells the client that all was said.
};

enum class curtain : std::uint8_t {
  finish,  ///< The answer ends as HTTP ends it.
  reset,   ///< The connection is cut.
};

struct script {
  unsigned status = 200;
  http::header_list headers;
  /// Whether to send the steps one by one, or their bytes as one whole.
  bool streamed = false;
  std::string bytes;
  std::vector<step> steps;
  /// After the last step, before the curtain.
  microseconds last_wait{0};
  curtain end = curtain::finish;

  void add(std::string_view text, microseconds wait = microseconds{0},
           bool terminal = false);

  /// The bytes of each step.
  std::vector<std::string_view> pieces() const;
  /// All the waiting together.
  microseconds duration() const;
};

/// How fast an answer comes.
struct pace {
  microseconds first{0};  ///< Before the first byte.
  microseconds gap{0};    ///< Before each further piece of text.
  std::size_t piece_tokens = 1;

  /// How long `tokens` tokens take, all together.
  microseconds whole(std::size_t tokens) const;
};

/// Writes a stream at a pace.
class stream_writer {
public:
  stream_writer(script& into, const pace& at) : script_(into), pace_(at) {
    script_.streamed = true;
  }

  /// An event that comes together with the one before it.
  void event(std::string_view text) { add(text, false, false); }
  /// An event that carries the next piece of what is said.
  void piece(std::string_view text) { add(text, true, false); }
  /// The event that says that this was all.
  void last(std::string_view text) { add(text, false, true); }

  const pace& at() const { return pace_; }

private:
  void add(std::string_view text, bool paced, bool terminal);

  script& script_;
  pace pace_;
  bool paced_before_ = false;
};

}  // namespace troupe::simulator
