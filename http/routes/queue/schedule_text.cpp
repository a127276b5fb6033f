#include "http/routes/queue/schedule_text.hpp"

#include "actors/flow.hpp"
#include "http/routes/queue/object_text.hpp"

namespace troupe::http::app_queue {

namespace {

void append_backoff(std::string& out, const job_backoff& b) {
  object_text o{out};
  o.text("kind", name_of(b.kind))
      .number("delay_ms", b.delay_ms)
      .number("delay_max_ms", b.delay_max_ms);
  if (!b.delays_ms.empty())
    append_list(
        o.begin("delays_ms"), b.delays_ms,
        [](std::string& to, std::uint64_t ms) { append_number(to, ms); });
  o.number("jitter", b.jitter).end();
}

void append_children_of(object_text& o, const new_job& job);

/// What `job` says.
void add_job(object_text& o, const new_job& job) {
  o.raw("data", job.data.view());
  if (!job.name.empty())
    o.text("name", job.name);
  if (!job.group.empty())
    o.text("group", job.group);
  if (job.priority)
    o.number("priority", unsigned{*job.priority});
  if (job.delay_ms != 0)
    o.number("delay_ms", job.delay_ms);
  if (job.attempts)
    o.number("attempts", *job.attempts);
  if (job.timeout_ms)
    o.number("timeout_ms", *job.timeout_ms);
  if (job.backoff)
    append_backoff(o.begin("backoff"), *job.backoff);
  if (!job.children.empty())
    append_children_of(o, job);
}

void append_children_of(object_text& o, const new_job& job) {
  append_list(o.begin("children"), job.children,
              [](std::string& to, const flow_child& child) {
                object_text one{to};
                one.text("queue", child.queue)
                    .text("on_failure", name_of(child.on_failure));
                add_job(one, child.job);
                one.end();
              });
}

void append_schedule(std::string& out, const schedule_view& schedule,
                     std::string_view queue) {
  const auto& wish = schedule.wish;
  const auto& progress = schedule.progress;
  object_text o{out};
  o.text("id", wish.id)
      .text("queue", queue)
      .text_or_null("tenant", wish.job.tenant)
      .text_or_null("cron", wish.cron)
      .text("zone", wish.zone)
      .number_or_null("every_ms", wish.every_ms)
      .number_or_null("start_at", wish.start_at)
      .number_or_null("end_at", wish.end_at)
      .number_or_null("limit", wish.limit)
      .text("misfire", name_of(wish.misfire))
      .number("catch_up_max", wish.catch_up_max);
  object_text job{o.begin("job")};
  add_job(job, wish.job);
  job.end();
  o.number_or_null("next_at", progress.next_at.value_or(0))
      .number_or_null("last_at", progress.last_at)
      .number("made", progress.made)
      .end();
}

}  // namespace

std::string print_schedule(const schedule_view& schedule,
                           std::string_view queue) {
  std::string out;
  append_schedule(out, schedule, queue);
  return out;
}

std::string print_schedules(const schedule_page& page, std::string_view queue) {
  std::string out;
  object_text o{out};
  append_list(o.begin("schedules"), page.schedules,
              [queue](std::string& to, const schedule_view& each) {
                append_schedule(to, each, queue);
              });
  o.number_or_null("next", page.next).end();
  return out;
}

}  // namespace troupe::http::app_queue
