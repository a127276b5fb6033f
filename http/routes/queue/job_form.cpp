#include "http/routes/queue/job_form.hpp"

#include "http/routes/queue/job_rules.hpp"
#include "http/routes/queue/names.hpp"

#include <array>

namespace troupe::http::app_queue {

namespace {

namespace fast = wire::json;

using job_field = field_reader<job_form>;

constexpr bounds name_size{0, 256};
constexpr bounds group_size{0, 128};
constexpr bounds queue_size{1, 64};
constexpr bounds attempts{1, 100};

complaint take_data(value& v, job_form& into) {
  into.job.data = raw_of(v);
  return {};
}

complaint take_id(value& v, job_form& into) {
  const auto text =
      fast::kind_of(v) == '"' ? fast::unescaped(fast::raw_string_of(v)) : "";
  if (!text)
    return {"must be a string", {}};
  into.job.id = *text;
  return {fault_of_own_id(into.job.id), {}};
}

complaint take_job_name(value& v, job_form& into) {
  return take_name(v, name_size, into.job.name);
}

complaint take_group(value& v, job_form& into) {
  return take_name(v, group_size, into.job.group);
}

complaint take_job_priority(value& v, job_form& into) {
  return take_priority(v, into.job.priority.emplace());
}

complaint take_delay(value& v, job_form& into) {
  return take_count(v, {0, delay_max_ms}, into.job.delay_ms);
}

complaint take_attempts(value& v, job_form& into) {
  return take_count(v, attempts, into.job.attempts.emplace());
}

complaint take_timeout(value& v, job_form& into) {
  return take_count(v, {0, attempt_max_ms}, into.job.timeout_ms.emplace());
}

complaint take_job_backoff(value& v, job_form& into) {
  return take_backoff(v, into.job.backoff.emplace());
}

complaint take_job_dedup(value& v, job_form& into) {
  return take_dedup(v, into.job.dedup.emplace());
}

// -- children
// ------------------------------------------------------------------

complaint take_queue(value& v, job_form& into) {
  auto& name = into.child->queue;
  auto wrong = take_name(v, queue_size, name);
  if (!wrong && !into.scene.queues.contains(name))
    wrong.why = "is wrong: no queue is named '" + name + "'";
  return wrong;
}

complaint take_policy(value& v, job_form& into) {
  if (!take_kind(v, into.child->on_failure))
    return {"must be fail, ignore or continue", {}};
  return {};
}

complaint refuse_child_id(value&, job_form&) {
  return {"is made from its parent's", {}};
}

complaint refuse_child_dedup(value&, job_form&) {
  return {"is not for children", {}};
}

complaint refuse_recurring_id(value&, job_form&) {
  return {"is made from the schedule's", {}};
}

complaint refuse_recurring_dedup(value&, job_form&) {
  return {"is not for jobs of schedules", {}};
}

complaint take_children(value& v, job_form& into);

template <std::size_t A, std::size_t B>
constexpr auto joined(const std::array<job_field, A>& a,
                      const std::array<job_field, B>& b) {
  std::array<job_field, A + B> all{};
  for (std::size_t i = 0; i < A; ++i)
    all[i] = a[i];
  for (std::size_t i = 0; i < B; ++i)
    all[A + i] = b[i];
  return all;
}

constexpr std::array common_fields{
    job_field{"data", take_data},
    job_field{"name", take_job_name},
    job_field{"group", take_group},
    job_field{"priority", take_job_priority},
    job_field{"delay_ms", take_delay},
    job_field{"attempts", take_attempts},
    job_field{"timeout_ms", take_timeout},
    job_field{"backoff", take_job_backoff},
    job_field{"children", take_children},
};
constexpr auto single_fields =
    joined(common_fields, std::array{
                              job_field{"id", take_id},
                              job_field{"dedup", take_job_dedup},
                          });
constexpr auto child_fields =
    joined(common_fields, std::array{
                              job_field{"queue", take_queue},
                              job_field{"on_failure", take_policy},
                              job_field{"id", refuse_child_id},
                              job_field{"dedup", refuse_child_dedup},
                          });
constexpr auto recurring_fields =
    joined(common_fields, std::array{
                              job_field{"id", refuse_recurring_id},
                              job_field{"dedup", refuse_recurring_dedup},
                          });

complaint take_children(value& v, job_form& into) {
  if (into.generation == flow_depth_max)
    return {"is too deep: children go down " + std::to_string(flow_depth_max)
                + " generations at most",
            {}};
  auto& children = into.job.children;
  children.clear();
  return read_list(v, children_max, [&](value& item, std::size_t) {
    auto& child = children.emplace_back();
    job_form form{child.job, into.scene, into.jobs_left, into.generation + 1,
                  &child};
    return read_job(item, child_fields, form);
  });
}

/// A child may come before the queue of its parent does.
void name_queues(new_job& parent, const std::string& queue) {
  for (auto& child : parent.children) {
    if (child.queue.empty())
      child.queue = queue;
    name_queues(child.job, child.queue);
  }
}

}  // namespace

std::span<const job_field> job_fields() {
  return single_fields;
}

std::span<const job_field> recurring_job_fields() {
  return recurring_fields;
}

complaint read_job(value& from, std::span<const job_field> fields,
                   job_form& into) {
  if (into.jobs_left == 0)
    return {"is one too many: a request may have " + std::to_string(jobs_max)
                + " jobs, children counted in",
            {}};
  --into.jobs_left;
  auto wrong = read_fields(from, fields, into);
  return wrong ? wrong : settle(into);
}

complaint settle(job_form& read) {
  static const shared_bytes null{"null"};
  auto& job = read.job;
  if (job.data.size() == 0)
    job.data = null;
  if (job.dedup && job.dedup->mode == dedup_mode::debounce && job.delay_ms == 0)
    return {"must be 1 or more where dedup.mode is debounce", "delay_ms"};
  if (read.generation == 0) {
    job.tenant = read.scene.tenant;
    name_queues(job, read.scene.queue);
  }
  return {};
}

}  // namespace troupe::http::app_queue
