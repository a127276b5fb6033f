// All jobs of a queue: by number, in the order of numbers, and by the ids that
// clients gave them.
//
// Numbers come in a row and go in any order; they stand in pages of 32 places,
// so that a job costs 10 bytes here where the row is dense, and a page where it
// stands alone. Two tenants may use one id; it is then known by its tenant, or
// by its token.

#pragma once

#include "actors/queue/kept_job.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace troupe {

class job_roll {
public:
  job_roll() = default;
  ~job_roll();
  job_roll(const job_roll&) = delete;
  job_roll& operator=(const job_roll&) = delete;

  std::size_t size() const { return size_; }

  /// Null if there is none.
  kept_job* find(job_number number) const;

  /// The first one of this number or a larger one; null if there is none.
  kept_job* first_from(job_number number) const;

  /// The last one of this number or a smaller one; null if there is none.
  kept_job* last_to(job_number number) const;

  /// Calls `f` with each job of this id.
  template <class F>
  void each_of(std::string_view id, F f) const {
    const auto [begin, end] = by_id_.equal_range(id);
    for (auto i = begin; i != end; ++i)
      f(*i->second);
  }

  /// @pre no other job has its number.
  kept_job& insert(std::unique_ptr<kept_job> job);

  /// Forgets it. @pre it is in here.
  std::unique_ptr<kept_job> release(kept_job& job);

private:
  static constexpr std::size_t places = 32;

  struct page {
    std::array<kept_job*, places> jobs{};
    std::size_t count = 0;
  };

  using pages = std::map<job_number, page>;  // By number / places.

  pages pages_;
  std::unordered_multimap<std::string_view, kept_job*> by_id_;
  std::size_t size_ = 0;
};

}  // namespace troupe
