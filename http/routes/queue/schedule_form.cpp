#include "http/routes/queue/schedule_form.hpp"

#include "http/routes/cache/text.hpp"
#include "http/routes/queue/fields.hpp"

#include <array>
#include <chrono>
#include <date/date.h>
#include <limits>
#include <sstream>
#include <utility>

namespace troupe::http::app_queue {

namespace {

namespace fast = wire::json;

/// Longer than any pattern that means something, and any zone, bytes.
constexpr bounds pattern_size{1, 256};
constexpr bounds zone_size{1, 64};
constexpr bounds time_text_size{1, 40};

constexpr bounds any_count{0, std::numeric_limits<std::uint32_t>::max()};
constexpr bounds any_time{0, std::uint64_t{schedule_time_max}};

struct schedule_form {
  schedule_wish& wish;
  const job_scene& scene;
};

complaint take_cron(value& v, schedule_form& into) {
  return fast::is_null(v) ? complaint{}
                          : take_text(v, pattern_size, into.wish.cron);
}

complaint take_zone(value& v, schedule_form& into) {
  return take_text(v, zone_size, into.wish.zone);
}

complaint take_every(value& v, schedule_form& into) {
  return fast::is_null(v) ? complaint{}
                          : take_count(v, any_time, into.wish.every_ms);
}

complaint take_time(value& v, job_time& into) {
  if (fast::is_null(v))
    return {};
  std::uint64_t count = 0;
  if (!take_count(v, any_time, count)) {
    into = static_cast<job_time>(count);
    return {};
  }
  std::string text;
  const auto read =
      take_text(v, time_text_size, text) ? std::nullopt : time_in(text);
  if (!read)
    return {"must be milliseconds since 1970, or a time like "
            "'2026-11-01T09:00:00Z'",
            {}};
  into = *read;
  return {};
}

complaint take_start(value& v, schedule_form& into) {
  return take_time(v, into.wish.start_at);
}

complaint take_end(value& v, schedule_form& into) {
  return take_time(v, into.wish.end_at);
}

complaint take_limit(value& v, schedule_form& into) {
  return fast::is_null(v) ? complaint{}
                          : take_count(v, any_count, into.wish.limit);
}

complaint take_misfire(value& v, schedule_form& into) {
  if (!take_kind(v, into.wish.misfire))
    return {"must be once, skip or all", {}};
  return {};
}

complaint take_catch_up(value& v, schedule_form& into) {
  return take_count(v, any_count, into.wish.catch_up_max);
}

complaint take_job(value& v, schedule_form& into) {
  into.wish.job = {};
  auto jobs_left = jobs_max;
  job_form form{into.wish.job, into.scene, jobs_left};
  return read_job(v, recurring_job_fields(), form);
}

constexpr std::array schedule_fields{
    field_reader<schedule_form>{"cron", take_cron},
    field_reader<schedule_form>{"zone", take_zone},
    field_reader<schedule_form>{"every_ms", take_every},
    field_reader<schedule_form>{"start_at", take_start},
    field_reader<schedule_form>{"end_at", take_end},
    field_reader<schedule_form>{"limit", take_limit},
    field_reader<schedule_form>{"misfire", take_misfire},
    field_reader<schedule_form>{"catch_up_max", take_catch_up},
    field_reader<schedule_form>{"job", take_job},
};

std::optional<job_time> time_in(const std::string& text, const char* format) {
  std::istringstream in{text};
  date::sys_time<std::chrono::milliseconds> t;
  in >> date::parse(format, t);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof())
    return std::nullopt;
  const auto ms = t.time_since_epoch().count();
  return is_schedule_time(ms) ? std::optional<job_time>{ms} : std::nullopt;
}

}  // namespace

schedule_read read_schedule(std::string& body, const std::string& id,
                            const job_scene& scene) {
  schedule_order order;
  order.wish.id = id;
  schedule_form form{order.wish, scene};
  if (auto why = read_body<schedule_form>(body, schedule_fields, form))
    return std::move(*why);
  auto jobs_left = jobs_max;
  job_form job{order.wish.job, scene, jobs_left};
  if (const auto wrong = settle(job))  // Also of one that was not said.
    return refusal_of(within("job", wrong));
  return order;
}

schedule_order removal_of_schedule(const std::string& id,
                                   const std::string& tenant) {
  schedule_order order;
  order.removes = true;
  order.wish.id = id;
  order.wish.job.tenant = tenant;
  return order;
}

std::optional<job_time> time_in(std::string_view text) {
  const std::string whole{text};
  const auto utc = time_in(whole, "%FT%TZ");
  return utc ? utc : time_in(whole, "%FT%T%Ez");
}

wire::door_error refusal_of(const schedule_fault& fault) {
  return app_cache::invalid(fault.field, "The field '" + fault.field
                                             + "' is not right: " + fault.why
                                             + ".");
}

}  // namespace troupe::http::app_queue
