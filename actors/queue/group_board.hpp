// Whose turn it is: the groups that have jobs in line, in levels (which see in
// ready_line.hpp).
//
//              first job grows older
//   level 5 -------------------------> level 6 ... level 10
//      ^ |
//      | '-- at its limit --> parked, for a time or until further notice
//      '-------- free again ----'
//
// Each level has a clock, the turn of whoever went last there. A group's turn
// is its share after that of its last, or after the clock if that is later; one
// that changes levels takes with it how far from its turn it was. A group
// without jobs is off the board and owes and is owed nothing.

#pragma once

#include "actors/queue/job_group.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace troupe {

class group_board {
public:
  static constexpr int levels = priority_max + 1;
  /// What a job costs a group of weight 1. Larger weights are divisors, so it
  /// has many digits; and turns are of 64 bits, enough for 10^13 jobs.
  static constexpr std::uint64_t turn = 1u << 20;
  /// Of one that is parked until further notice.
  static constexpr job_time never = std::numeric_limits<job_time>::max();

  /// What a group has in line.
  struct heads {
    job_time key = 0;     ///< Of its first job.
    job_time oldest = 0;  ///< The smallest rank.
  };

  /// So much waiting makes up for one level.
  void set_aging(job_time ms) noexcept { aging_ = ms; }

  /// The group may go, and comes into its level if it was not there.
  /// @pre its share is set.
  void put(job_group& g, const heads& h, job_time now);

  /// The group waits aside; `due` is when `woken` names it.
  void park(job_group& g, const heads& h, job_time due);

  /// The group has nothing in line any more.
  void take_off(job_group& g);

  /// A parked group whose time has come, and is for its owner to put somewhere;
  /// null if there is none.
  job_group* woken(job_time now);

  /// Whose turn it is; null if nobody may go.
  job_group* first(job_time now);

  /// Whether a's turn is before b's. @pre both may go, and `first` was called.
  static bool is_before(const job_group& a, const job_group& b) noexcept;
  static bool may_go(const job_group& g) noexcept {
    return g.turn_hook_.is_linked();
  }

  /// The group goes, and is to be put, parked or taken off then. @pre it may.
  void served(job_group& g);

  /// When the first of the parked is due; nothing if none ever is.
  std::optional<job_time> next_due() const noexcept;

  std::optional<job_time> oldest() const noexcept;

private:
  struct by_turn {
    bool operator()(const job_group& a, const job_group& b) const noexcept {
      return a.turn_ != b.turn_ ? a.turn_ < b.turn_ : a.entry_ < b.entry_;
    }
  };
  struct by_due {
    bool operator()(const job_group& a, const job_group& b) const noexcept {
      return a.due_ < b.due_;
    }
  };
  struct by_oldest {
    bool operator()(const job_group& a, const job_group& b) const noexcept {
      return a.oldest_ < b.oldest_;
    }
  };
  template <job_group::hook job_group::*Hook, class Compare>
  using ordered = boost::intrusive::multiset<
      job_group,
      boost::intrusive::member_hook<job_group, job_group::hook, Hook>,
      boost::intrusive::compare<Compare>,
      boost::intrusive::constant_time_size<false>>;

  void raise(job_time now);
  int level_at(job_time key, job_time now) const noexcept;
  std::uint64_t turn_in(const job_group& g, int level) const noexcept;
  void enter(job_group& g, int level);
  void withdraw(job_group& g);
  void note_oldest(job_group& g, job_time oldest);

  job_time aging_ = 0;
  std::array<ordered<&job_group::turn_hook_, by_turn>, levels> turns_;
  std::array<std::uint64_t, levels> clocks_{};
  ordered<&job_group::rise_hook_, by_due> rising_;
  ordered<&job_group::rise_hook_, by_due> parked_;
  ordered<&job_group::age_hook_, by_oldest> ages_;
  std::uint64_t entries_ = 0;
};

}  // namespace troupe
