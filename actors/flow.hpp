// Flows: jobs that wait for others, their children, in any queue of the node.
//
// A parent is written with all its children in one batch, in its own queue; it
// is `waiting_children` then. From there on queues talk, and each step is said
// again until the other one has it on disk:
//
//   parent's QUEUE --enqueue--> child's QUEUE     the children come into being
//   child's QUEUE --report--> parent's QUEUE      one has ended
//
// Both may be said twice: a child is known by its id, a report by parent and
// index, and the later one counts. A child that has ended is kept until its
// parent knows. A child may be a parent itself.
//
// Children have ids of the form `flow:QUEUE:NUMBER:0.2`: the queue and number
// of the job at the root, and the way down from there.

#pragma once

#include "actors/job.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Jobs that one job may wait for.
inline constexpr std::size_t children_max = 1'000;

/// Generations below a job that has no parent.
inline constexpr std::size_t flow_depth_max = 10;

/// Returns the id of a child of a job that has no parent itself.
std::string child_id(std::string_view queue, job_number number,
                     std::uint32_t index);

/// Returns the id of a child of a child.
std::string child_id(std::string_view parent_id, std::uint32_t index);

/// A child has ended; to its parent's queue.
struct child_report {
  job_parent parent;
  std::string queue;  ///< The child's.
  std::string id;
  job_state state = job_state::completed;  ///< completed, failed or dead.
  std::string error;
  shared_bytes result;  ///< May be empty.
  job_time ended_at = 0;
};

using child_reports = std::vector<child_report>;

/// All of it is on disk.
struct reports_heard {};

/// Asks for a page of a job's children.
struct children_query {
  std::string id;      ///< The parent's.
  std::string tenant;  ///< As in job_change.
  std::uint32_t from = 0;
  std::uint32_t limit = 50;
};

/// A child as its parent knows it.
struct child_view {
  std::string queue;
  std::string id;
  child_policy on_failure = child_policy::fail;
  bool ended = false;
  /// Of one that has ended, like all that follows.
  job_state state = job_state::completed;
  job_time ended_at = 0;
  std::string error;
  shared_bytes result;
};

struct children_page {
  std::vector<child_view> children;
  child_counts counts;
  std::uint32_t next = 0;  ///< Asks on from here; 0 = that was all.
};

}  // namespace troupe
