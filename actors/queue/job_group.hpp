// A group of jobs: what one tenant's jobs of one group name share.
//
// It keeps those of its jobs that wait, a lane a priority, and its place among
// the other groups. All of that is ready_line's; to others a group is its two
// names and its counts.

#pragma once

#include "actors/queue/kept_job.hpp"
#include "actors/queue/rate_window.hpp"

#include <boost/intrusive/set.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

class job_group {
public:
  job_group(std::string its_tenant, std::string its_name)
      : tenant(std::move(its_tenant)), name(std::move(its_name)) {}

  job_group(const job_group&) = delete;
  job_group& operator=(const job_group&) = delete;

  const std::string tenant;
  const std::string name;  ///< Empty: the tenant's own.

  std::uint64_t waiting() const noexcept { return waiting_; }
  std::uint32_t active() const noexcept { return active_; }

private:
  friend class group_board;
  friend class group_roll;
  friend class ready_line;

  using hook =
      boost::intrusive::set_member_hook<boost::intrusive::optimize_size<true>>;

  struct lane {
    std::uint8_t priority = priority_normal;
    job_set jobs;  // By rank.
  };

  // Of ready_line: what waits.
  std::vector<lane> lanes_;  // Larger priorities first; may be empty.
  std::uint64_t waiting_ = 0;
  std::uint32_t active_ = 0;
  std::unique_ptr<rate_window> rate_;  // Null until one is needed.

  // Of group_board: its place. `level_` < 0: not on the board.
  hook turn_hook_;  // In a level, by `turn_`.
  hook rise_hook_;  // By `due_`: until it rises, or as long as it is parked.
  hook age_hook_;   // By `oldest_`.
  std::uint64_t turn_ = 0;
  std::uint64_t entry_ = 0;  // Breaks ties of turns.
  std::uint64_t share_ = 0;  // What a job of it costs in turns.
  job_time key_ = 0;         // Of its first job.
  job_time due_ = 0;
  job_time oldest_ = 0;
  std::int8_t level_ = -1;
  bool is_parked_ = false;  // Until `due_`; `rise_hook_` is in `parked_`.

  // Of group_roll.
  std::uint64_t jobs_ = 0;  // Of any state.
  bool is_resting_ = false;
};

}  // namespace troupe
