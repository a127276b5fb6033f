// Jobs that have ended, and how long they are kept.
//
// Completed, failed and dead ones apart, each by the time of their end; what is
// more than the settings' count, or older than their age, has to go. But none
// goes before its end is on disk: who follows its stream hears of it first.

#pragma once

#include "actors/queue/kept_job.hpp"
#include "config/queue_settings.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace troupe {

/// Completed, failed or dead.
bool is_over(job_state s) noexcept;

class finished_roll {
public:
  explicit finished_roll(const config::queue_settings& settings);

  void adopt(const config::queue_settings& settings);

  /// @pre it is over, in no set, and its end is in `rare`.
  void put(kept_job& job);

  /// @pre it is in here.
  void take_out(kept_job& job);

  /// In the order of their ends. @pre is_over(s).
  const job_set& of(job_state s) const { return roll(s).jobs; }

  /// One of which there are too many; null if there is none, or it has to stay
  /// for now.
  kept_job* too_many() const;

  /// One that is too old; likewise.
  kept_job* too_old(job_time now) const;

  /// When there will be one that is too old, of those that may go.
  std::optional<job_time> next_age() const;

private:
  struct one_state {
    job_set jobs;
    std::size_t count = 0;
    config::keep_settings keep;
  };

  one_state& roll(job_state s);
  const one_state& roll(job_state s) const;

  std::array<one_state, 3> rolls_;
};

}  // namespace troupe
