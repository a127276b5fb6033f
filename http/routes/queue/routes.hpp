// The endpoints of /api/queues, and which of them a request means.
//
//   /api/queues                      all of them, in numbers
//   /api/queues/{queue}              one
//   /api/queues/{queue}/{word}       what operators and workers say to it
//   /api/queues/{queue}/jobs         its jobs: add and list
//   /api/queues/{queue}/jobs/bulk    many at once
//   /api/queues/{queue}/jobs/{id}    one job
//   /api/queues/{queue}/jobs/{id}/{word}
//   /api/queues/{queue}/schedules    jobs that come again
//   /api/queues/{queue}/schedules/{id}
//
// One table; the OpenAPI document and a test of it go by the same one.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::http::app_queue {

enum class action : std::uint8_t {
  // Jobs.
  add,
  add_many,
  list,
  show,
  remove,
  follow,
  list_children,
  retry,
  cancel,
  promote,
  adjust,
  // Workers outside.
  lease,
  complete,
  fail,
  heartbeat,
  progress,
  append,
  checkpoint,
  release,
  complete_many,
  heartbeat_many,
  // Schedules.
  list_schedules,
  show_schedule,
  arrange_schedule,
  remove_schedule,
  // Queues.
  list_queues,
  show_queue,
  pause,
  resume,
  drain,
  clean,
  redrive,
  purge,
};

/// Where in the tree above a path is.
enum class place : std::uint8_t {
  root,
  queue,
  queue_word,
  jobs,
  job,
  job_word,
  schedules,
  schedule,
};

struct route {
  std::string_view method;
  app_queue::place place;
  std::string_view word;  ///< Of places that have one; else empty.
  app_queue::action action;
  std::string_view name;  ///< For logs and metrics.
};

/// All of them.
std::span<const route> routes() noexcept;

/// `/api/queues/{queue}/jobs/{id}/retry` and the like.
std::string path_of(const route& r);

struct match {
  app_queue::action action = app_queue::action::list_queues;
  std::string_view name;
  /// Still percent-encoded; empty where the path has none.
  std::string_view queue;
  std::string_view id;
};

/// Nothing if the path is none of these, or does not take the method.
std::optional<match> find_route(std::string_view method, std::string_view path);

/// What an Allow field says of `path`; empty if it is none of these.
std::string methods_of(std::string_view path);

}  // namespace troupe::http::app_queue
