// The brain of a queue's schedules: which are there, and what is due.
//
// Memory is ahead of the disk. `due` gives jobs and moves their schedules on;
// whoever adds the jobs writes them and `take_changes` in one batch, so that a
// crash finds both or neither, and then settles. If the batch fails, or the
// queue takes none in, the schedules are where they were and due again a
// second later. Changes that were taken are the writer's to bring to the disk:
// in their order, those of a batch that failed before what came after them.
//
// A schedule that is over (limit, end) stays, to be seen, until it is removed.

#pragma once

#include "actors/schedule/schedule.hpp"
#include "actors/schedule/schedule_timing.hpp"
#include "runtime/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// One time that a schedule has given jobs out.
struct due_turn {
  schedule_number number = 0;
  std::uint64_t turn = 0;
};

/// What is due: jobs to be added, and what to settle then.
struct due_jobs {
  new_jobs jobs;
  std::vector<due_turn> turns;
};

enum class due_outcome : std::uint8_t { stored, refused };

class schedule_book {
public:
  static constexpr std::size_t schedules_max = 10'000;
  /// Until what was refused is due again.
  static constexpr job_time retry_pause_ms = 1'000;

  /// Takes a record over, at the start. Errors: store_corrupt (what is wrong),
  /// also when its zone is not known any more; the record stays as it is. Once
  /// it can be read again, a later one of its tenant and id takes its place.
  caf::expected<void> load(const record& r);

  /// Makes a schedule, or changes the one of this tenant and id: another timing
  /// begins anew, all else goes on.
  std::variant<schedule_view, schedule_fault> upsert(schedule_wish wish,
                                                     job_time now);

  /// False if there is none.
  bool remove(std::string_view tenant, std::string_view id);

  std::optional<schedule_view> find(std::string_view tenant,
                                    std::string_view id) const;

  /// Those after a number, in the order of making; of all tenants if `tenant`
  /// is empty.
  std::vector<schedule_view>
  list(std::string_view tenant, schedule_number after, std::size_t limit) const;

  /// What has come up until now: `jobs_max` jobs, or a few more, of as many
  /// schedules at most. What is left is due still.
  due_jobs due(job_time now, std::size_t jobs_max);

  /// Says what became of the jobs.
  void settle(const std::vector<due_turn>& turns, due_outcome outcome,
              job_time now);

  /// When to ask `due` again; nothing: not before something changes.
  std::optional<job_time> next_call() const;

  /// Records to write or erase, since this was asked last.
  std::vector<record_change> take_changes();

  std::size_t size() const { return schedules_.size(); }

private:
  using name = std::pair<std::string, std::string>;  // Tenant and id.

  struct schedule {
    schedule_wish wish;
    schedule_timing timing;
    schedule_progress progress;
    /// Where it stood when the jobs were given out that are on their way.
    std::optional<schedule_progress> before;
    std::uint64_t turn = 0;
    job_time not_before = 0;  ///< After a refusal.
    /// Its place in `queue_`.
    std::optional<job_time> due_at;
  };

  void place(schedule_number number, schedule& s);
  void displace(schedule_number number, schedule& s);
  std::vector<job_time> occurrences(const schedule& s, job_time now) const;
  void give_out(schedule_number number, schedule& s, job_time now,
                due_jobs& into);

  std::map<schedule_number, schedule> schedules_;
  std::map<name, schedule_number> names_;
  std::set<std::pair<job_time, schedule_number>> queue_;
  std::set<schedule_number> changed_;
  schedule_number last_number_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace troupe
