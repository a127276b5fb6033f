#include "runtime/command/closing.hpp"

#include "runtime/log.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <atomic>
#include <csignal>
#include <cstdlib>

namespace troupe {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Between two looks at what is still open.
constexpr auto look = 10ms;

/// A pool answers in microseconds, or is dead.
constexpr std::chrono::milliseconds look_patience = 1s;

/// What is cut has nothing left to wait for.
constexpr auto cut_max = 5s;

/// A commit takes a few milliseconds; a disk that takes longer is not waited
/// for.
constexpr auto commit_max = 5s;

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

template <class Courier>
bool await_all(const std::vector<std::unique_ptr<Courier>>& couriers,
               steady_clock::duration limit, const signals& ending) {
  const auto under_way = [&couriers] {
    std::size_t sum = 0;
    for (const auto& c : couriers)
      sum += c->under_way();
    return sum;
  };
  return wait_until_none(under_way, limit, ending);
}

// A pool that is dead has no workers.
std::size_t workers_of(caf::actor_system& system,
                       const queue_directory& queues) {
  std::size_t sum = 0;
  caf::scoped_actor self{system};
  for (const auto& [name, place] : queues)
    if (const auto pool = place.pool.current())
      self->request(pool, caf::duration{look_patience}, atom::status_v)
          .receive([&](const pool_size& size) { sum += size.workers; },
                   [](const caf::error&) {});
  return sum;
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
  return await_all(couriers, embed_patience + cut_max, ending);
}

bool await_couriers(
    const std::vector<std::unique_ptr<http::job_courier>>& couriers,
    std::chrono::milliseconds grace, const signals& ending) {
  return await_all(couriers, grace + cut_max, ending);
}

void drain_queues(const queue_directory& queues) {
  for (const auto& [name, place] : queues) {
    caf::anon_send(place.queue.current(), atom::drain_v);
    caf::anon_send(place.pool.current(), atom::drain_v);
  }
}

void await_workers(caf::actor_system& system, const queue_directory& queues,
                   std::chrono::milliseconds grace, const signals& ending) {
  const auto count = [&] {
    return workers_of(system, queues);
  };
  if (!wait_until_none(count, grace + cut_max, ending))
    spdlog::warn("stopping workers_left={}", count());
}

void await_queues(const queue_directory& queues, const signals& ending) {
  const auto left = std::make_shared<std::atomic<std::size_t>>(queues.size());
  for (const auto& [name, place] : queues)
    caf::anon_send(place.queue.current(), atom::alter_v,
                   alter_ticket{{}, [left](alter_ticket::result&&) {
                                  left->fetch_sub(1);
                                }});
  if (!wait_until_none([&left] { return left->load(); }, commit_max, ending))
    spdlog::warn("stopping queues_unwritten={}", left->load());
}

}  // namespace troupe
