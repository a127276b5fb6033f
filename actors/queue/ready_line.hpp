// The jobs that wait, in the order in which they will begin.
//
// In a group jobs go by `rank + (10 - priority) * aging`, the smallest first:
// first come, first served in a priority; and each `aging` of waiting makes up
// for one priority.
//
// Between groups there are 11 levels. A group stands in the level of its first
// job: its priority, and one more for each `aging` it has waited. The highest
// level goes first; in one level groups take turns by self-clocked fair
// queueing: a group's turn is 1 / weight after its last one, or after the turn
// of who went last if it comes anew, so nobody saves turns up, or gains by
// coming anew. (Start-time fair queueing would let newcomers in before who is
// in line; enough of them would starve it.)
//
// Hence the bound. A job of priority p that has waited (10 - p) * aging goes
// before all that its group is given from then on: no key of theirs is smaller,
// and of equal ones who waits longer goes first. Its group stays in the highest
// level until then, for its first job has no larger key. There no group that
// comes, or comes again, is given an earlier turn than one of its weight that
// waits: so before the group's next job at most 1 + w / weight of each other
// group begin (w: its weight), and of N groups of one weight it has at least
// each Nth job. Below the bound nobody waits for ever either: the level rises
// with time.
//
// A group at its limit (jobs at once, or rate) stands aside until it may again,
// and hinders nobody. All takes O(log n), n the groups or the jobs of one; a
// wish for one tenant's jobs looks at all the groups of that tenant.

#pragma once

#include "actors/queue/group_board.hpp"
#include "actors/queue/group_roll.hpp"
#include "actors/queue/job_group.hpp"
#include "actors/queue/kept_job.hpp"
#include "actors/queue/rate_window.hpp"
#include "config/queue_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace troupe {

class ready_line {
public:
  using settings_ptr = std::shared_ptr<const config::queue_settings>;

  explicit ready_line(settings_ptr settings);

  /// Gives a job its group, made if there is none. Each job of any state has
  /// one, from its making to `leave`.
  void join(kept_job& j, std::string_view tenant, std::string_view group);

  /// The job is no more. A group without jobs is forgotten. @pre it neither
  /// waits here nor is active.
  void leave(kept_job& j, job_time now);

  /// Puts a job in line, by its `rank` and priority. @pre it is in no set.
  void add(kept_job& j, job_time now);

  /// Takes a job out of the line that does not begin. @pre it is in line.
  void remove(kept_job& j, job_time now);

  /// Takes out the job that begins now: it counts as active until `gone`. Null
  /// if none may begin. With a tenant, only of its jobs.
  kept_job* take(job_time now, std::string_view tenant = {});

  /// A job that was active before the restart, and began at that time.
  void resume(kept_job& j, job_time began, job_time now);

  /// The job that was taken is active no more.
  void gone(kept_job& j, job_time now);

  /// When a rate will let begin what it holds back at `now`: later than that.
  /// Nothing where only an event can help; what may begin now is not meant.
  std::optional<job_time> next_call(job_time now);

  /// Nothing is taken while it is paused.
  void pause(bool on) noexcept { is_paused_ = on; }
  bool is_paused() const noexcept { return is_paused_; }

  /// Other settings. Takes O(n log n), n the groups.
  void adopt(settings_ptr settings, job_time now);

  std::uint64_t size() const noexcept { return size_; }
  std::uint64_t active() const noexcept { return active_; }
  std::size_t groups() const noexcept { return roll_.size(); }

  /// The smallest rank in line.
  std::optional<job_time> oldest() const noexcept { return board_.oldest(); }

private:
  /// By more than a rate.
  bool is_held_back() const noexcept;
  job_time queue_free_at(job_time now) const noexcept;
  /// Groups whose rate lets them again.
  void wake(job_time now);
  /// What it has in line, or whether it may go, has changed.
  void place(job_group& g, job_time now);
  kept_job* begin(job_group& g, job_time now);
  void take_out(kept_job& j);
  void count_begin(job_group& g, job_time at);
  job_time key_of(const kept_job& j) const noexcept;
  kept_job* first_of(job_group& g) const noexcept;
  static job_time oldest_of(const job_group& g) noexcept;
  std::uint64_t share_of(const job_group& g) const;

  settings_ptr settings_;
  group_roll roll_;
  group_board board_;
  rate_window rate_;
  std::uint64_t size_ = 0;
  std::uint64_t active_ = 0;
  bool is_paused_ = false;
};

}  // namespace troupe
