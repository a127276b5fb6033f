#include "runtime/command/closing.hpp"

#include "runtime/log.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>

namespace troupe {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Between two looks at what is still open.
constexpr auto look = 10ms;

/// What is cut has nothing left to wait for.
constexpr auto cut_max = 5s;

/// Exit status of a process that a signal ended, as shells count it.
constexpr int by_signal = 128;

bool wait_until_empty(const http::listener& door, steady_clock::duration limit,
                      const signals& ending) {
  for (const auto end = steady_clock::now() + limit; door.connections() > 0;) {
    if (steady_clock::now() >= end)
      return false;
    if (const auto again = ending.wait_for(look); again && *again != SIGHUP) {
      log::close();
      std::_Exit(by_signal + *again);
    }
  }
  return true;
}

}  // namespace

bool close_politely(http::listener& door, std::chrono::milliseconds grace,
                    const signals& ending) {
  door.stop();
  if (wait_until_empty(door, grace, ending))
    return true;
  spdlog::warn("stopping cut={} reason=\"http.shutdown_grace is over\"",
               door.connections());
  door.cut();
  return wait_until_empty(door, cut_max, ending);
}

}  // namespace troupe
