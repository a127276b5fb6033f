// Jobs that wait for others, as JSON: what a receipt tells of children, and a
// page of them.
//
// The ids of children follow from their parent's number (flow.hpp), so that
// they are told without asking their queues, some of which the children may
// not have come to yet. What is kept for that while the jobs themselves go to
// the queue is an outline: which queue each goes into.

#pragma once

#include "actors/flow.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::app_queue {

/// Where a child goes, and where its own children do.
struct child_outline {
  std::string queue;
  std::vector<child_outline> children;
};

using child_outlines = std::vector<child_outline>;

/// Of one job.
child_outlines outlines_of(const new_job& job);

/// Of each of `jobs`; none at all if no job has children.
std::vector<child_outlines> outlines_of(const new_jobs& jobs);

/// Appends the children of a job, `[{"id","queue","children":[...]},...]`,
/// which has that number in `queue`.
void append_children(std::string& out, const child_outlines& children,
                     std::string_view queue, job_number number);

/// Appends `{"total","pending","failed"}`.
void append_counts(std::string& out, const child_counts& counts);

/// Likewise; null of a job that never had children.
void append_counts_or_null(std::string& out, const child_counts& counts);

/// `{"children":[...],"counts":{...},"next":...}`
std::string print_children(const children_page& page);

}  // namespace troupe::http::app_queue
