// For tests of what is read: a node of three queues, and what was wrong.

#pragma once

#include "http/routes/queue/new_jobs.hpp"
#include "http/wire/error_body.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

namespace troupe::http::app_queue {

/// Jobs go to "email"; there are also "reports" and "video".
inline job_scene scene_of(const std::string& tenant) {
  static const queue_directory queues{
      {"email", {}}, {"reports", {}}, {"video", {}}};
  return {"email", tenant, queues};
}

/// Of what was refused: the field and the message; empty if nothing was.
struct fault {
  std::string field;
  std::string message;
};

template <class Read>
fault fault_in(const Read& read) {
  const auto* why = std::get_if<wire::door_error>(&read);
  return why == nullptr ? fault{} : fault{why->param, why->message};
}

inline fault fault_of_job(std::string body) {
  return fault_in(read_job(body, scene_of("")));
}

/// What `body` says, for the tenant "acme".
inline new_job job_in(std::string body) {
  auto read = read_job(body, scene_of("acme"));
  EXPECT_EQ(fault_in(read).message, "");
  auto* jobs = std::get_if<new_jobs>(&read);
  return jobs == nullptr ? new_job{} : std::move(jobs->front());
}

}  // namespace troupe::http::app_queue
