#include "http/routes/queue/routes.hpp"

#include <algorithm>
#include <array>

namespace troupe::http::app_queue {

namespace {

constexpr std::string_view base = "/api/queues";

// clang-format off
constexpr std::array rows{
    // What comes by the thousand a second is found first.
    route{"POST",   place::jobs,       "",           action::add,              "queue_add"},
    route{"POST",   place::queue_word, "lease",      action::lease,            "queue_lease"},
    route{"POST",   place::job_word,   "complete",   action::complete,         "queue_complete"},
    route{"POST",   place::queue_word, "complete",   action::complete_many,    "queue_complete_many"},
    route{"POST",   place::job_word,   "heartbeat",  action::heartbeat,        "queue_heartbeat"},
    route{"POST",   place::queue_word, "heartbeat",  action::heartbeat_many,   "queue_heartbeat_many"},
    route{"POST",   place::job_word,   "progress",   action::progress,         "queue_progress"},
    route{"POST",   place::job_word,   "events",     action::append,           "queue_append"},
    route{"POST",   place::job_word,   "checkpoint", action::checkpoint,       "queue_checkpoint"},
    route{"POST",   place::job_word,   "fail",       action::fail,             "queue_fail"},
    route{"POST",   place::job_word,   "release",    action::release,          "queue_release"},
    route{"GET",    place::job,        "",           action::show,             "queue_job"},
    route{"DELETE", place::job,        "",           action::remove,           "queue_remove"},
    route{"GET",    place::job_word,   "events",     action::follow,           "queue_events"},
    route{"GET",    place::job_word,   "children",   action::list_children,    "queue_children"},
    route{"POST",   place::job_word,   "retry",      action::retry,            "queue_retry"},
    route{"POST",   place::job_word,   "cancel",     action::cancel,           "queue_cancel"},
    route{"POST",   place::job_word,   "promote",    action::promote,          "queue_promote"},
    route{"POST",   place::job_word,   "priority",   action::adjust,           "queue_priority"},
    route{"POST",   place::job,        "bulk",       action::add_many,         "queue_add_many"},
    route{"GET",    place::jobs,       "",           action::list,             "queue_jobs"},
    route{"GET",    place::schedules,  "",           action::list_schedules,   "queue_schedules"},
    route{"GET",    place::schedule,   "",           action::show_schedule,    "queue_schedule"},
    route{"PUT",    place::schedule,   "",           action::arrange_schedule, "queue_arrange"},
    route{"DELETE", place::schedule,   "",           action::remove_schedule,  "queue_unschedule"},
    route{"GET",    place::root,       "",           action::list_queues,      "queues"},
    route{"GET",    place::queue,      "",           action::show_queue,       "queue"},
    route{"POST",   place::queue_word, "pause",      action::pause,            "queue_pause"},
    route{"POST",   place::queue_word, "resume",     action::resume,           "queue_resume"},
    route{"POST",   place::queue_word, "drain",      action::drain,            "queue_drain"},
    route{"POST",   place::queue_word, "clean",      action::clean,            "queue_clean"},
    route{"POST",   place::queue_word, "redrive",    action::redrive,          "queue_redrive"},
    route{"POST",   place::queue_word, "purge",      action::purge,            "queue_purge"},
};
// clang-format on

/// A path, taken apart.
struct parts {
  app_queue::place place = place::root;
  std::string_view queue;
  std::string_view id;
  std::string_view word;
};

/// Takes the part before the next slash off `path`.
std::string_view take_part(std::string_view& path) {
  const auto end = std::min(path.find('/'), path.size());
  const auto part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

/// What is behind `jobs`, or nothing.
std::optional<parts> taken_apart_in_jobs(parts p, std::string_view path) {
  p.place = path.empty() ? place::jobs : place::job;
  p.id = take_part(path);
  if (path.empty())
    return p;
  p.place = place::job_word;
  p.word = take_part(path);
  return path.empty() ? std::optional{p} : std::nullopt;
}

/// Likewise, behind `schedules`.
std::optional<parts> taken_apart_in_schedules(parts p, std::string_view path) {
  p.place = path.empty() ? place::schedules : place::schedule;
  p.id = take_part(path);
  return path.empty() ? std::optional{p} : std::nullopt;
}

/// Nothing for paths elsewhere, and where a part is empty.
std::optional<parts> taken_apart(std::string_view path) {
  if (!path.starts_with(base))
    return std::nullopt;
  path.remove_prefix(base.size());
  if (path.empty())
    return parts{};
  if (path.front() != '/' || path.back() == '/' || path.find("//") != path.npos)
    return std::nullopt;
  path.remove_prefix(1);
  parts p{place::queue, take_part(path), {}, {}};
  if (path.empty())
    return p;
  const auto second = take_part(path);
  if (second == "jobs")
    return taken_apart_in_jobs(p, path);
  if (second == "schedules")
    return taken_apart_in_schedules(p, path);
  p.place = place::queue_word;
  p.word = second;
  return path.empty() ? std::optional{p} : std::nullopt;
}

/// `jobs/bulk` is a place of its own for POST, and a job's for all others.
bool fits(const route& r, const parts& p) {
  if (r.place != p.place)
    return false;
  if (r.place == place::job)
    return r.word.empty() || r.word == p.id;
  return r.word == p.word;
}

bool method_fits(std::string_view asked, const route& r) {
  return asked == r.method
         || (asked == "HEAD" && r.method == "GET"
             && r.action != action::follow);
}

}  // namespace

std::span<const route> routes() noexcept {
  return rows;
}

std::string path_of(const route& r) {
  std::string path{base};
  if (r.place == place::root)
    return path;
  path += "/{queue}";
  if (r.place == place::schedules || r.place == place::schedule)
    path += "/schedules";
  else if (r.place == place::jobs || r.place == place::job
           || r.place == place::job_word)
    path += "/jobs";
  if (r.place == place::job_word || r.place == place::schedule
      || (r.place == place::job && r.word.empty()))
    path += "/{id}";
  if (!r.word.empty())
    path.append("/").append(r.word);
  return path;
}

std::optional<match> find_route(std::string_view method,
                                std::string_view path) {
  const auto p = taken_apart(path);
  if (!p)
    return std::nullopt;
  for (const auto& r : rows)
    if (fits(r, *p) && method_fits(method, r))
      return match{r.action, r.name, p->queue, p->id};
  return std::nullopt;
}

std::string methods_of(std::string_view path) {
  std::string all;
  const auto p = taken_apart(path);
  if (!p)
    return all;
  for (const auto& r : rows)
    for (const std::string_view method :
         {"GET", "HEAD", "POST", "PUT", "DELETE"})
      if (fits(r, *p) && method_fits(method, r))
        all.append(all.empty() ? "" : ", ").append(method);
  return all;
}

}  // namespace troupe::http::app_queue
