#include "http/routes/queue/job_text.hpp"

#include "http/routes/queue/object_text.hpp"

namespace troupe::http::app_queue {

namespace {

/// What a job's fields take beside its texts, bytes, roughly.
constexpr std::size_t job_size = 640;

/// What was there before keeps the children it has.
void append_receipt(std::string& out, const job_receipt& r,
                    std::string_view queue, const child_outlines& children) {
  object_text o{out};
  o.text("id", r.id).text("queue", queue).text("state", name_of(r.state));
  if (r.duplicate)
    o.flag("duplicate", true);
  else if (!children.empty() && r.number != 0)
    append_children(o.begin("children"), children, queue, r.number);
  o.end();
}

void append_failure(std::string& out, const job_failure& f) {
  object_text o{out};
  o.number("attempt", f.attempt)
      .number("at", f.at)
      .text("error", f.error)
      .text_or_null("worker", f.worker);
  o.end();
}

void append_parent(std::string& out, const std::optional<job_parent>& parent) {
  if (!parent) {
    out.append("null");
    return;
  }
  object_text o{out};
  o.text("queue", parent->queue).text("id", parent->id).end();
}

void append_job(std::string& out, const job_view& job, std::string_view queue,
                bool with_data) {
  object_text o{out};
  o.text("id", job.id)
      .number("number", job.number)
      .text("queue", queue)
      .text("state", name_of(job.state))
      .text("name", job.name)
      .text_or_null("group", job.group)
      .text_or_null("tenant", job.tenant)
      .number("priority", unsigned{job.priority})
      .number("attempts", job.attempts)
      .number("attempts_made", job.attempts_made)
      .number("workers_lost", job.workers_lost)
      .number("created_at", job.created_at)
      .number_or_null("due_at", job.due_at)
      .number_or_null("started_at", job.started_at)
      .number_or_null("finished_at", job.finished_at)
      .number_or_null("lease_until", job.lease_until)
      .text_or_null("worker", job.worker)
      .number("events", job.events)
      .text_or_null("error", job.error);
  append_list(o.begin("failures"), job.failures, append_failure);
  append_parent(o.begin("parent"), job.parent);
  append_counts_or_null(o.begin("children"), job.children);
  if (with_data)
    o.raw("data", job.data.view());
  o.raw("progress", job.progress.view())
      .raw("checkpoint", job.checkpoint.view())
      .raw("result", job.result.view());
  o.end();
}

void append_leased_job(std::string& out, const leased_job& job) {
  object_text o{out};
  o.text("id", job.id)
      .text("token", job.token)
      .text("name", job.name)
      .text_or_null("group", job.group)
      .text_or_null("tenant", job.tenant)
      .raw("data", job.data.view())
      .number("priority", unsigned{job.priority})
      .number("attempt", job.attempt)
      .number("attempts", job.attempts)
      .number("created_at", job.created_at)
      .number("lease_until", job.lease_until)
      .number("lease_ms", job.lease_ms)
      .number("timeout_ms", job.timeout_ms)
      .raw("checkpoint", job.checkpoint.view());
  append_counts_or_null(o.begin("children"), job.children);
  o.end();
}

/// A beating heart hears until when, and whether it beats in vain.
bool tells_lease(job_verb verb) {
  return verb == job_verb::heartbeat || verb == job_verb::progress
         || verb == job_verb::append || verb == job_verb::checkpoint;
}

void add_change(object_text& o, const job_change& made, const change_receipt& r,
                std::string_view queue) {
  o.text("id", made.id).text("queue", queue);
  if (r.refused != job_refusal::unknown_job)
    o.text("state", name_of(r.state));
  if (r.refused != job_refusal::none) {
    const auto why = refusal_of(made, r);
    object_text error{o.begin("error")};
    error.text("code", why.code).text("message", why.message).end();
  } else if (tells_lease(made.verb)) {
    o.number_or_null("lease_until", r.lease_until)
        .flag("cancelled", r.cancelled);
  }
}

std::size_t size_of(const leased_jobs& jobs) {
  std::size_t size = 0;
  for (const auto& job : jobs)
    size += job_size + job.data.size() + job.checkpoint.size();
  return size;
}

}  // namespace

std::string print_receipt(const job_receipt& r, std::string_view queue,
                          const child_outlines& children) {
  std::string out;
  append_receipt(out, r, queue, children);
  return out;
}

std::string print_receipts(const job_receipts& all, std::string_view queue,
                           const std::vector<child_outlines>& children) {
  static const child_outlines none;
  std::string out;
  object_text o{out};
  std::size_t at = 0;
  append_list(o.begin("jobs"), all, [&](std::string& to, const job_receipt& r) {
    append_receipt(to, r, queue, at < children.size() ? children[at] : none);
    ++at;
  });
  o.end();
  return out;
}

std::string print_job(const job_view& job, std::string_view queue) {
  std::string out;
  out.reserve(job_size + job.data.size() + job.result.size());
  append_job(out, job, queue, true);
  return out;
}

std::string print_page(const job_page& page, std::string_view queue,
                       bool with_data) {
  std::string out;
  object_text o{out};
  append_list(o.begin("jobs"), page.jobs,
              [&](std::string& to, const job_view& job) {
                append_job(to, job, queue, with_data);
              });
  o.number_or_null("next", page.next).end();
  return out;
}

void append_leased(std::string& out, const leased_jobs& jobs) {
  out.reserve(out.size() + size_of(jobs));
  append_list(out.append("\"jobs\":"), jobs, append_leased_job);
}

std::string print_leased(const leased_jobs& jobs) {
  std::string out{"{"};
  append_leased(out, jobs);
  out.push_back('}');
  return out;
}

std::string print_change(const job_change& made, const change_receipt& r,
                         std::string_view queue, const leased_jobs* next) {
  std::string out;
  object_text o{out};
  add_change(o, made, r, queue);
  if (next != nullptr)
    append_leased(out.append(","), *next);
  o.end();
  return out;
}

std::string print_changes(const job_changes& made, const change_receipts& all,
                          std::string_view queue, const leased_jobs* next) {
  std::string out;
  object_text o{out};
  std::size_t at = 0;
  append_list(o.begin("results"), all,
              [&](std::string& to, const change_receipt& r) {
                object_text one{to};
                add_change(one, made[at++], r, queue);
                one.end();
              });
  if (next != nullptr)
    append_leased(out.append(","), *next);
  o.end();
  return out;
}

}  // namespace troupe::http::app_queue
