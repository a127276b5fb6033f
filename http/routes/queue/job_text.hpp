// Jobs and what became of them, as JSON.
//
// Times are milliseconds since 1970. What a job has not (yet) is null, so that
// every job has the same fields; `data` is left out where it was not asked for.

#pragma once

#include "actors/job.hpp"
#include "http/routes/queue/flow_text.hpp"
#include "http/routes/queue/refusals.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::http::app_queue {

/// `{"id","queue","state"}`, and `"duplicate":true` of one that was there, or
/// `"children":[...]` of one that has some.
std::string print_receipt(const job_receipt& r, std::string_view queue,
                          const child_outlines& children = {});

/// `{"jobs":[...]}` of the same. `children` may be empty altogether.
std::string print_receipts(const job_receipts& all, std::string_view queue,
                           const std::vector<child_outlines>& children = {});

std::string print_job(const job_view& job, std::string_view queue);

/// `{"jobs":[...],"next":...}`
std::string print_page(const job_page& page, std::string_view queue,
                       bool with_data);

/// Appends `"jobs":[...]`, as workers get them, without braces around.
void append_leased(std::string& out, const leased_jobs& jobs);

/// `{"jobs":[...]}` of the same.
std::string print_leased(const leased_jobs& jobs);

/// What became of one change that was not refused. `next` are the jobs that
/// were wished for with it; null if none were.
std::string print_change(const job_change& made, const change_receipt& r,
                         std::string_view queue, const leased_jobs* next);

/// What became of each: `{"results":[...]}`. Likewise.
std::string print_changes(const job_changes& made, const change_receipts& all,
                          std::string_view queue, const leased_jobs* next);

}  // namespace troupe::http::app_queue
