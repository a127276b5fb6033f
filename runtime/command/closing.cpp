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

template <class Count>
bool wait_until_none(Count count, steady_clock::duration limit,
                     const signals& ending) {
  for (const auto end = steady_clock::now() + limit; count() > 0;) {
    if (steady_clock::now() >= end)
      return false;
    if (const auto again = ending.wait_for(look); again && *again != SIGHUP) {
      log::close();
      std::_Exit(by_signal + *again);
    }
  }
  return true;
}

bool wait_until_empty(const http::listener& door, steady_clock::duration limit,
                      const signals& ending) {
  return wait_until_none([&door] { return door.connections(); }, limit, ending);
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

bool await_landings(const http::flight_board& board,
                    std::chrono::milliseconds grace, const signals& ending) {
  return wait_until_none([&board] { return board.under_way(); }, grace, ending);
}

bool await_couriers(
    const std::vector<std::unique_ptr<http::embeddings_courier>>& couriers,
    const signals& ending) {
  const auto under_way = [&couriers] {
    std::size_t sum = 0;
    for (const auto& c : couriers)
      sum += c->under_way();
    return sum;
  };
  return wait_until_none(under_way, embed_patience + cut_max, ending);
}

}  // namespace troupe
