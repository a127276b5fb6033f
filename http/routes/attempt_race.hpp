// Several attempts at one request at a time: the first that has an answer wins.
//
// Each runs as a coroutine of its own on the request's thread. Whoever holds
// the race waits for a winner, or for all to have failed, and ends the others;
// a loser says nothing about its key or target.
//
// Limits: only for answers that are no stream: two streams cannot be joined.

#pragma once

#include "http/routes/attempt.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace troupe::http {

class attempt_race {
public:
  explicit attempt_race(executor where);
  attempt_race(const attempt_race&) = delete;
  attempt_race& operator=(const attempt_race&) = delete;

  void start(std::shared_ptr<attempt> runner);

  /// Waits until the race is over, at most for `limit`.
  task<> wait(std::chrono::milliseconds limit);

  /// Whether one has an answer, or none can have one any more.
  bool is_over() const;

  /// The first that had an answer; null if there is none.
  const std::shared_ptr<attempt>& winner() const;

  /// Ends all but `best`, waits until they have ended, and settles them.
  task<> end_others(const attempt& best);

private:
  // Outlives the race for as long as one of its coroutines runs.
  struct track {
    explicit track(executor where) : bell(where) {}
    timer bell;
    std::size_t running = 0;
    std::shared_ptr<attempt> winner;
  };

  task<> sleep(std::chrono::milliseconds limit);

  executor where_;
  std::shared_ptr<track> track_;
  std::vector<std::shared_ptr<attempt>> runners_;
};

}  // namespace troupe::http
