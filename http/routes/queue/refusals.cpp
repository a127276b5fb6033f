#include "http/routes/queue/refusals.hpp"

#include "http/routes/cache/text.hpp"
#include "http/status.hpp"

#include <string>
#include <utility>

namespace troupe::http::app_queue {

namespace {

wire::door_error refuse(unsigned status, std::string_view code,
                        std::string message) {
  wire::door_error why;
  why.status = status;
  why.code = code;
  why.message = std::move(message);
  return why;
}

std::string in_quotes(std::string_view text) {
  return "'" + std::string{text} + "'";
}

/// What each change can be made to.
std::string_view wanted_state(job_verb verb) {
  switch (verb) {
  case job_verb::retry:
    return "failed, dead or completed jobs can be retried";
  case job_verb::cancel:
    return "jobs that have not ended can be cancelled";
  case job_verb::promote:
    return "delayed jobs, and those that wait for children, can be promoted";
  case job_verb::remove:
    return "jobs that are not active can be removed; cancel it first";
  case job_verb::adjust:
    return "waiting or delayed jobs can get another priority";
  default:
    return "active jobs can";
  }
}

}  // namespace

wire::door_error unknown_queue(std::string_view name,
                               const queue_directory* queues) {
  std::string all;
  if (queues != nullptr)
    for (const auto& [each, place] : *queues)
      all.append(all.empty() ? "" : ", ").append(each);
  return refuse(404, name_of(errc::unknown_queue),
                "There is no queue " + in_quotes(name)
                    + (all.empty() ? "." : "; there are: " + all + "."));
}

wire::door_error unknown_job(std::string_view id, std::string_view queue) {
  return refuse(404, name_of(errc::unknown_job),
                "The queue " + in_quotes(queue) + " has no job " + in_quotes(id)
                    + ".");
}

wire::door_error unknown_schedule(std::string_view id, std::string_view queue) {
  return refuse(404, "unknown_schedule",
                "The queue " + in_quotes(queue) + " has no schedule "
                    + in_quotes(id) + ".");
}

wire::door_error refusal_of(const job_change& wanted, const change_receipt& r) {
  switch (r.refused) {
  case job_refusal::unknown_job:
    return refuse(404, name_of(r.refused),
                  "The queue has no job " + in_quotes(wanted.id) + ".");
  case job_refusal::stale_token:
    return refuse(409, name_of(r.refused),
                  "The lease of this token is over: what it did does not "
                  "count. The job is "
                      + std::string{name_of(r.state)} + ".");
  default:
    return refuse(409, name_of(job_refusal::wrong_state),
                  "The job is " + std::string{name_of(r.state)} + "; only "
                      + std::string{wanted_state(wanted.verb)} + ".");
  }
}

wire::door_error refusal_of(const caf::error& why) {
  auto told = door_error_of(why);
  if (code_of(why) == errc::deadline_exceeded)
    told.message = "The queue did not answer in time. What was asked may have "
                   "happened all the same, or may yet.";
  return told;
}

wire::door_error not_for_tenants() {
  return refuse(403, "forbidden",
                "This is about the jobs of all tenants, and for operators: "
                "send auth.admin_token as a bearer token.");
}

std::optional<wire::door_error> refuse_media_type(const request& req) {
  const auto type = req.headers.find("content-type");
  if (req.body.empty() || !type)
    return std::nullopt;
  const auto essence = app_cache::trimmed(type->substr(0, type->find(';')));
  if (essence.empty() || same_token(essence, "application/json"))
    return std::nullopt;
  return refuse(415, "unsupported_media_type",
                "The body must be JSON: send Content-Type: application/json.");
}

}  // namespace troupe::http::app_queue
