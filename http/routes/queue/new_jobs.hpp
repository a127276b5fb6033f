// Jobs as clients add them: POST .../jobs and .../jobs/bulk.
//
// A request brings one job or many, each perhaps with children, and is taken
// whole or refused whole: the first field at fault is named by its path
// (`jobs[3].children[0].queue`), and nothing of it reaches the queue.

#pragma once

#include "http/routes/queue/job_form.hpp"
#include "http/wire/error_body.hpp"

#include <string>
#include <variant>

namespace troupe::http::app_queue {

using new_jobs_read = std::variant<new_jobs, wire::door_error>;

/// The one job of `body`. Grows the capacity of `body`.
new_jobs_read read_job(std::string& body, const job_scene& scene);

/// The jobs of `{"jobs":[...]}`. Likewise.
new_jobs_read read_jobs(std::string& body, const job_scene& scene);

}  // namespace troupe::http::app_queue
