#include "http/routes/queue/new_jobs.hpp"

#include "http/routes/queue/job_form.hpp"

#include <array>
#include <utility>

namespace troupe::http::app_queue {

namespace {

struct job_list {
  const job_scene& scene;
  std::size_t jobs_left = jobs_max;
  new_jobs jobs = {};
};

complaint take_jobs(value& v, job_list& into) {
  into.jobs.clear();
  return read_list(v, jobs_max, [&into](value& item, std::size_t) {
    job_form form{into.jobs.emplace_back(), into.scene, into.jobs_left};
    return read_job(item, job_fields(), form);
  });
}

constexpr std::array list_fields{
    field_reader<job_list>{"jobs", take_jobs},
};

}  // namespace

new_jobs_read read_job(std::string& body, const job_scene& scene) {
  new_jobs one(1);
  auto others = jobs_max - 1;
  job_form form{one.front(), scene, others};
  if (auto why = read_body(body, job_fields(), form))
    return std::move(*why);
  if (const auto wrong = settle(form))
    return refusal_of(wrong);
  return one;
}

new_jobs_read read_jobs(std::string& body, const job_scene& scene) {
  job_list list{scene};
  if (auto why = read_body<job_list>(body, list_fields, list))
    return std::move(*why);
  if (list.jobs.empty())
    return refusal_of({"must have one job at least", "jobs"});
  return std::move(list.jobs);
}

}  // namespace troupe::http::app_queue
