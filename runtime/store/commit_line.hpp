// Who waits for a commit, and who goes together.
//
// A disk takes as long to force one change out as a thousand. So whatever has
// come in when the writer turns to the disk goes in one transaction, in the
// order in which it came, up to a bound that keeps one commit from taking so
// long that all others wait. And all that waits has a bound, too.
//
// A batch larger than either bound goes alone: nobody could split it.

#pragma once

#include "runtime/contracts.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace troupe {

struct commit_bounds {
  /// Changes of one transaction: at 3 us each about 50 ms of the writer's time.
  std::size_t group_changes = 16'384;
  /// Bytes of one transaction: what a slow disk writes in about 0.2 s.
  std::size_t group_bytes = 16u << 20;
  /// Bytes that wait altogether.
  std::size_t waiting_bytes = 256u << 20;
};

/// What goes to the disk at once, and who waits for it.
struct commit_group {
  store_batch batch;
  std::vector<commit_ticket> riders;
  std::size_t changes = 0;
};

class commit_line {
public:
  explicit commit_line(commit_bounds bounds) : bounds_(bounds) {}

  /// Takes the ticket in. False: too much waits.
  bool offer(commit_ticket ticket);

  /// The next ones to go. @pre not empty
  commit_group take();

  bool empty() const noexcept { return waiting_.empty(); }

private:
  struct place {
    commit_ticket ticket;
    std::size_t changes = 0;
    std::size_t bytes = 0;
  };

  commit_bounds bounds_;
  std::deque<place> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace troupe
