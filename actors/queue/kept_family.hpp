// Kinship of jobs, as a queue keeps it in memory: of a parent which of its
// children have ended, and of a child whose it is.
//
// Two bits a child: a thousand children take 256 bytes. What else is known of
// them is in their records (child_codec.hpp).

#pragma once

#include "actors/job.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace troupe {

/// The job that waits for this one.
struct kept_parent {
  job_parent link;
  bool is_told = false;       ///< Of how this one ended.
  job_time ended_before = 0;  ///< Redriven since: when it had ended.
};

/// The jobs that this one waits for, or has waited for.
class job_family {
public:
  /// Never.
  static constexpr job_time no_time = std::numeric_limits<job_time>::max();

  /// A bit a child, from the lowest of the first word on.
  using bits = std::vector<std::uint64_t>;

  explicit job_family(std::uint32_t total);

  /// Nothing if the bits cannot be those of so many children.
  static std::optional<job_family> read(std::uint32_t total, bits ended,
                                        bits failed);

  /// That one has ended; a later end counts in the place of an earlier one.
  /// @pre index < total.
  void end(std::uint32_t index, bool is_well);

  bool has_ended(std::uint32_t index) const;
  child_counts counts() const;
  std::uint32_t total() const { return total_; }
  const bits& ended() const { return ended_; }
  const bits& failed() const { return failed_; }

  /// All of them are on disk in their queues.
  bool is_placed = false;
  /// When they are to be placed; `no_time`: that is under way, or not to be
  /// done.
  job_time place_at = no_time;

private:
  std::uint32_t total_ = 0;
  bits ended_;
  bits failed_;
};

}  // namespace troupe
