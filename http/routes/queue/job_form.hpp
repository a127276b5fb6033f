// A job as clients write it, wherever it stands: alone, among many, as what
// another one waits for, or as what a schedule brings.
//
// `data` is any JSON and is carried as the bytes it came in. What a job does
// not say is the queue's to say. A child may be anything that a job may be, but
// its id is made from its parent's; it goes into its parent's queue unless it
// names another one, which there must be.
//
// Limits: `jobs_max` jobs in one request, children counted in; children
// children_max a job and flow_depth_max deep.

#pragma once

#include "actors/flow.hpp"
#include "actors/queue_directory.hpp"
#include "http/routes/queue/fields.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace troupe::http::app_queue {

/// Jobs that are added with one request, children counted in.
inline constexpr std::size_t jobs_max = 10'000;

/// Where jobs are added, and for whom.
struct job_scene {
  std::string queue;
  std::string tenant;
  const queue_directory& queues;  ///< Where children may go.
};

/// A job on its way out of a body.
struct job_form {
  new_job& job;
  const job_scene& scene;
  std::size_t& jobs_left;  ///< How many more the request may have.
  std::size_t generation = 0;
  flow_child* child = nullptr;  ///< What `job` is part of, if of any.
};

/// Of a job that is added at once.
std::span<const field_reader<job_form>> job_fields();

/// Of what a schedule brings.
std::span<const field_reader<job_form>> recurring_job_fields();

/// The job in `from`, settled.
complaint read_job(value& from, std::span<const field_reader<job_form>> fields,
                   job_form& into);

/// What the fields of a job that was read say only together, and what they do
/// not say.
complaint settle(job_form& read);

}  // namespace troupe::http::app_queue
