// Who works in a pool: who is hired, let go, mourned and replaced.
//
//   hired --> at work --let go--> leaving --> gone
//               |  ^
//            died  '-- started again, after a pause --.
//               |                                      |
//               +--> the place is empty ---------------'
//               ^
//    stuck: did not answer its health check; replaced at once, and forgotten
//
// A worker's place is a number from 0 on: it says on which thread it lives, and
// the largest is let go first. A place whose worker dies is filled again after
// a pause that grows with the deaths of late; when as many were started as the
// budget allows, places stay empty until its window has passed. So a job that
// kills whoever takes it costs workers, not the node.
//
// Limits: one that is stuck counts in the budget as one that died.

#pragma once

#include "actors/worker_pool/pool_scaler.hpp"
#include "runtime/supervision/restart_budget.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace troupe {

class crew {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// One worker: never used twice.
  using member_id = std::uint64_t;

  struct hiring {
    member_id id = 0;
    std::uint32_t place = 0;
    bool again = false;  ///< In the place of one that died.
  };

  /// What to do, in this order.
  struct orders {
    std::vector<hiring> hire;
    std::vector<member_id> let_go;
  };

  explicit crew(const config::worker_budget_settings& budget);

  /// Other bounds from now on; what was spent is forgotten.
  void adopt(const config::worker_budget_settings& budget);

  /// Makes it that many, as far as may be at `now`.
  orders fill(std::uint32_t wanted, time_point now);

  /// A member is gone. Returns whether it was at work, which is a death.
  bool gone(member_id who, time_point now);

  /// Members that are there, at work or leaving.
  std::vector<member_id> all() const;

  /// At work.
  std::uint32_t size() const;

  bool empty() const { return members_.empty(); }

  /// When `fill` may do more than it did; `max` if nothing is to come.
  time_point next_call() const;

  /// Started in the place of others, since the beginning.
  std::uint64_t restarts() const { return restarts_; }

private:
  struct member {
    member_id id = 0;
    std::uint32_t place = 0;
    bool leaving = false;
  };

  /// A place whose worker died.
  struct vacancy {
    std::uint32_t place = 0;
    time_point until;
  };

  bool is_taken(std::uint32_t place) const;
  void hire(std::uint32_t wanted, time_point now, orders& todo);
  void let_go(std::uint32_t wanted, orders& todo);

  config::worker_budget_settings settings_;
  restart_budget budget_;
  std::vector<member> members_;
  std::vector<vacancy> vacancies_;
  member_id last_id_ = 0;
  std::uint64_t restarts_ = 0;
};

}  // namespace troupe
