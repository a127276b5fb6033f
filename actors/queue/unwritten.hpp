// What a queue has changed in memory and not yet on disk.
//
// Jobs are noted once, however often they change, and written as they are when
// the batch is cut. What they have beside their record is written in the order
// in which it came, and erased last: numbers are not used again.
//
// At most one batch is under way. If it fails, everything in it is noted again,
// before what came after it; but jobs that are not on disk at all are given up,
// those of the batch and those for the next one, and erased in case they are.
//
// Erasing takes work for each job in the store, so a batch erases some of them
// and leaves the others to the next ones.

#pragma once

#include "actors/queue/job_papers.hpp"
#include "actors/queue/job_roll.hpp"
#include "actors/queue/kept_job.hpp"
#include "runtime/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

class unwritten {
public:
  /// Jobs a batch erases at most: some 20 ms of the store's time.
  static constexpr std::size_t graves_max = 10'000;

  explicit unwritten(const queue_spaces& spaces) : spaces_(spaces) {}

  /// The job's record has changed.
  void touch(kept_job& job);

  void paper(job_number number, job_paper paper, const shared_bytes& bytes);
  void failure(job_number number, std::uint32_t count, std::string text);
  void event(job_number number, std::uint64_t event, std::string text);

  void child(job_number number, std::uint32_t index, std::string text);

  /// There are records of children, to be erased with their parents.
  void expect_children() { has_children_ = true; }

  /// Changes of other spaces, in their order.
  void beside(std::string_view space, std::vector<record_change> changes);

  /// The queue's own record is this now.
  void memory(std::string text);

  /// The job is no more. @pre it is in no set, and in no roll.
  void forget(std::unique_ptr<kept_job> job);

  /// What stands under this number cannot be read, and is left there.
  void spare(job_number number) { spared_.insert(number); }

  bool empty() const;

  /// How many batches it takes to write all.
  std::uint64_t batches() const;

  /// Bytes of papers, failures, events, children and what is beside them, that
  /// wait or are under way.
  std::size_t bytes() const { return bytes_; }

  bool in_flight() const { return is_flying_; }

  /// Everything, as a batch that is under way from now on. `roll` tells which
  /// numbers are in use. @pre none is under way, and there is something.
  store_batch cut(const job_roll& roll);

  /// A job that was in the batch, and how it was then.
  struct written {
    kept_job* job = nullptr;
    std::uint64_t events = 0;
    job_state state = job_state::waiting;
  };

  /// The batch was stored. Its jobs; those that are forgotten are left out.
  std::vector<written> stored();

  /// Jobs that the batch erased, before `stored`.
  const std::vector<job_number>& buried() const { return buried_; }

  /// It was not. Returns the jobs that are given up; they are not in here any
  /// more.
  std::vector<kept_job*> failed();

private:
  struct piece {
    std::int64_t key = 0;
    shared_bytes value;
  };
  using pieces = std::vector<piece>;

  static std::size_t size_of(const space_changes& all);
  void add(pieces& to, std::int64_t key, shared_bytes value);
  static void put(store_batch& to, const std::string& space, const pieces& all);
  void drop(pieces& of, const std::vector<job_number>& numbers,
            job_number (*number_of)(std::int64_t) noexcept);
  job_number next_in_use(job_number from, const job_roll& roll) const;
  void bury(store_batch& to, const job_roll& roll);

  const queue_spaces& spaces_;
  std::vector<kept_job*> dirty_;
  std::deque<std::unique_ptr<kept_job>> graves_;
  std::set<job_number> spared_;
  std::vector<job_number> unburied_;  // Of batches that failed.
  pieces papers_;
  pieces failures_;
  pieces events_;
  pieces children_;
  store_batch beside_;
  bool has_children_ = false;
  std::string memory_;
  bool memory_waits_ = false;
  std::size_t bytes_ = 0;

  // Of the batch under way.
  bool is_flying_ = false;
  std::vector<written> flying_;
  std::vector<job_number> buried_;
  pieces flying_papers_;
  pieces flying_failures_;
  pieces flying_events_;
  pieces flying_children_;
  store_batch flying_beside_;
  bool memory_flies_ = false;
};

}  // namespace troupe
