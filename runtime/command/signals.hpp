// The signals to the program, received by whoever waits for them.
//
// They are blocked in every thread, so that none is interrupted, and taken one
// by one by the main thread.

#pragma once

#include <chrono>
#include <optional>

namespace troupe {

class signals {
public:
  /// Blocks SIGTERM, SIGINT and SIGHUP in this thread and in those it starts
  /// from now on, and ignores SIGPIPE. Make one before any thread.
  signals();

  /// The next signal; waits as long as it takes.
  int wait() const;

  /// The next signal, or nothing if none comes within `limit`.
  std::optional<int> wait_for(std::chrono::milliseconds limit) const;

  /// Makes the waiting thread see `signal`, from any thread.
  static void raise(int signal);
};

}  // namespace troupe
