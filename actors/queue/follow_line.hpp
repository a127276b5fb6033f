// Those who follow a job's stream and have seen all there is.
//
// They wait until there is more on disk, or their time is over. Whoever has
// left is dropped when it is met, and every arrival looks at a few, so that
// clients who come and go leave nothing behind.
//
// Limits: `followers_max`; all is O(log n).

#pragma once

#include "actors/queue_contracts.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace troupe {

class follow_line {
public:
  /// Each costs some 400 bytes here, and a connection at the door.
  static constexpr std::size_t followers_max = 100'000;

  /// Waits for news of that job until `until`. Returns false if too many wait.
  [[nodiscard]] bool join(job_number job, follow_ticket ticket,
                          time_point until);

  /// Takes out all who wait for news of that job.
  std::vector<follow_ticket> take(job_number job);

  /// Takes out all whose time is over.
  std::vector<follow_ticket> take_overdue(time_point now);

  /// Takes out everybody.
  std::vector<follow_ticket> take_all();

  /// When the next one's time is over.
  std::optional<time_point> next_overdue() const;

  std::size_t size() const { return guests_.size(); }

private:
  /// A job, and a number that says who of those that follow it.
  using place = std::pair<job_number, std::uint64_t>;

  struct guest {
    follow_ticket ticket;
    time_point until;
  };
  using guests = std::map<place, guest>;

  guests::iterator leave(guests::iterator at);
  void look_for_left();

  std::uint64_t last_number_ = 0;
  guests guests_;
  std::set<std::pair<time_point, place>> overdue_;
  place looked_at_;  // Where `look_for_left` goes on.
};

}  // namespace troupe
