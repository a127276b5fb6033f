// The data of jobs that were added a moment ago, at hand for their lease.
//
// Most jobs are leased soon after they came; what they carry is then still here
// and need not be read from disk. Each is taken out once, by the first lease.
//
// Bounded in bytes. When it is full, what has lain here for longer than
// `stale_after` gives way; else the newcomer is not kept. Throwing out the
// oldest would throw out what is leased next, and a line that is longer than
// the shelf would never find anything here.

#pragma once

#include "actors/job.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace troupe {

class paper_shelf {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// What is not leased by then is delayed, or of little importance.
  static constexpr std::chrono::seconds stale_after{60};

  /// What an entry costs beside its bytes.
  static constexpr std::size_t entry_bytes = 160;

  explicit paper_shelf(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Keeps it if there is room. @pre the number is not on the shelf.
  void put(job_number number, shared_bytes paper, time_point now);

  /// Takes it out, if it is here.
  std::optional<shared_bytes> take(job_number number);

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return entries_.size(); }

private:
  struct entry {
    shared_bytes paper;
    time_point since;
    job_number older = 0;  // 0: none.
    job_number newer = 0;
  };
  using place = std::unordered_map<job_number, entry>::iterator;

  static std::size_t cost_of(const shared_bytes& paper) {
    return paper.size() + entry_bytes;
  }
  void remove(place at);

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::unordered_map<job_number, entry> entries_;
  job_number oldest_ = 0;
  job_number newest_ = 0;
};

}  // namespace troupe
