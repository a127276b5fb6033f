#include "http/routes/queue/work.hpp"

#include "http/routes/queue/fields.hpp"
#include "http/routes/queue/job_rules.hpp"
#include "http/routes/queue/names.hpp"

#include <array>
#include <limits>
#include <span>
#include <utility>

namespace troupe::http::app_queue {

namespace {

namespace fast = wire::json;

constexpr bounds worker_size{0, 128};
constexpr bounds token_size{1, 64};
constexpr bounds error_read{0, std::numeric_limits<std::uint32_t>::max()};
constexpr bounds lease_length{lease_min_ms, lease_max_ms};

// -- wishes
// --------------------------------------------------------------------

complaint take_max(value& v, lease_wish& into) {
  return take_count(v, {1, lease_jobs_max}, into.max);
}

complaint take_wait(value& v, lease_wish& into) {
  return take_count(v, {0, wait_max_ms}, into.wait_ms);
}

complaint take_wished_lease(value& v, lease_wish& into) {
  return take_count(v, lease_length, into.lease_ms);
}

complaint take_worker(value& v, lease_wish& into) {
  return take_name(v, worker_size, into.worker);
}

constexpr std::array wish_fields{
    field_reader<lease_wish>{"max", take_max},
    field_reader<lease_wish>{"wait_ms", take_wait},
    field_reader<lease_wish>{"lease_ms", take_wished_lease},
    field_reader<lease_wish>{"worker", take_worker},
};

// -- changes
// -------------------------------------------------------------------

/// A change in the making; `lease` belongs to the whole report.
struct draft {
  job_change change;
  std::optional<lease_wish> wish;
  job_changes events;  // of an append of many
  bool has_priority = false;
};

complaint take_job_id(value& v, draft& into) {
  if (auto wrong = take_text(v, {1, known_id_size_max}, into.change.id))
    return wrong;
  return {};
}

complaint take_token(value& v, draft& into) {
  return take_name(v, token_size, into.change.token);
}

complaint take_value(value& v, draft& into) {
  into.change.value = raw_of(v);
  return {};
}

/// Cut at a character's start.
void shorten(std::string& text) {
  if (text.size() <= error_size_max)
    return;
  auto end = error_size_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  text.resize(end);
}

complaint take_error(value& v, draft& into) {
  std::string text;
  if (take_text(v, error_read, text))
    return {"must be a string", {}};
  shorten(text);
  into.change.value = shared_bytes{std::move(text)};
  return {};
}

complaint take_retry(value& v, draft& into) {
  bool again = true;
  auto wrong = take_flag(v, again);
  if (!again)
    into.change.retry = retry_wish::never;
  return wrong;
}

complaint take_retry_in(value& v, draft& into) {
  if (into.change.retry != retry_wish::never)
    into.change.retry = retry_wish::after;
  return take_count(v, {0, delay_max_ms}, into.change.retry_in_ms);
}

complaint take_lease_length(value& v, draft& into) {
  return take_count(v, lease_length, into.change.lease_ms);
}

complaint take_event(value& v, draft& into) {
  into.change.event = word_in(v);
  return {fault_of_event_name(into.change.event), {}};
}

complaint take_new_priority(value& v, draft& into) {
  into.has_priority = true;
  return take_priority(v, into.change.priority);
}

complaint take_wish(value& v, draft& into) {
  return read_fields<lease_wish>(v, wish_fields, into.wish.emplace());
}

constexpr std::array one_event_fields{
    field_reader<draft>{"event", take_event},
    field_reader<draft>{"data", take_value},
};

complaint take_events(value& v, draft& into) {
  into.events.clear();
  return read_list(v, appended_max, [&into](value& item, std::size_t) {
    draft one;
    auto wrong = read_fields<draft>(item, one_event_fields, one);
    if (!wrong && one.change.event.empty())
      wrong = {"is missing", "event"};
    into.events.push_back(std::move(one.change));
    return wrong;
  });
}

constexpr std::array complete_fields{
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"result", take_value},
    field_reader<draft>{"lease", take_wish},
};
constexpr std::array complete_one_fields{
    field_reader<draft>{"id", take_job_id},
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"result", take_value},
};
constexpr std::array fail_fields{
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"error", take_error},
    field_reader<draft>{"retry", take_retry},
    field_reader<draft>{"retry_in_ms", take_retry_in},
    field_reader<draft>{"lease", take_wish},
};
constexpr std::array heartbeat_fields{
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"lease_ms", take_lease_length},
};
constexpr std::array heartbeat_one_fields{
    field_reader<draft>{"id", take_job_id},
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"lease_ms", take_lease_length},
};
constexpr std::array progress_fields{
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"progress", take_value},
};
constexpr std::array append_fields{
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"event", take_event},
    field_reader<draft>{"data", take_value},
    field_reader<draft>{"events", take_events},
};
constexpr std::array checkpoint_fields{
    field_reader<draft>{"token", take_token},
    field_reader<draft>{"checkpoint", take_value},
};
constexpr std::array release_fields{
    field_reader<draft>{"token", take_token},
};
constexpr std::array adjust_fields{
    field_reader<draft>{"priority", take_new_priority},
};

using draft_fields = std::span<const field_reader<draft>>;

draft_fields fields_of(job_verb verb) {
  switch (verb) {
  case job_verb::complete:
    return complete_fields;
  case job_verb::fail:
    return fail_fields;
  case job_verb::heartbeat:
    return heartbeat_fields;
  case job_verb::progress:
    return progress_fields;
  case job_verb::append:
    return append_fields;
  case job_verb::checkpoint:
    return checkpoint_fields;
  case job_verb::release:
    return release_fields;
  case job_verb::adjust:
    return adjust_fields;
  default:
    return {};
  }
}

bool needs_token(job_verb verb) {
  return verb <= job_verb::release;
}

/// What must be there, and what is null if it is not.
complaint settle(draft& d) {
  auto& c = d.change;
  const auto is_empty = c.value.size() == 0;
  if (needs_token(c.verb) && c.token.empty())
    return {"is missing", "token"};
  switch (c.verb) {
  case job_verb::fail:
    if (is_empty)
      return {"is missing", "error"};
    break;
  case job_verb::progress:
    if (is_empty)
      return {"is missing", "progress"};
    break;
  case job_verb::checkpoint:
    if (is_empty)
      return {"is missing", "checkpoint"};
    break;
  case job_verb::append:
    if (c.event.empty() == d.events.empty())
      return {"is missing, or 'events' beside it", "event"};
    break;
  case job_verb::adjust:
    if (!d.has_priority)
      return {"is missing", "priority"};
    break;
  default:
    break;
  }
  return {};
}

/// An event without data says null.
void add_event(const job_change& like, job_change one, job_changes& to) {
  static const shared_bytes null{"null"};
  auto whole = like;
  whole.event = std::move(one.event);
  whole.value = one.value.size() == 0 ? null : std::move(one.value);
  to.push_back(std::move(whole));
}

report report_of(draft d) {
  report r;
  r.wish = std::move(d.wish);
  if (d.change.verb != job_verb::append) {
    r.changes.push_back(std::move(d.change));
    return r;
  }
  if (d.events.empty())
    d.events.push_back(d.change);
  for (auto& one : d.events)
    add_event(d.change, std::move(one), r.changes);
  return r;
}

struct draft_list {
  job_verb verb = job_verb::complete;
  std::string tenant;
  report made;
};

complaint take_reports(value& v, draft_list& into) {
  const draft_fields fields = into.verb == job_verb::complete
                                  ? draft_fields{complete_one_fields}
                                  : draft_fields{heartbeat_one_fields};
  into.made.changes.clear();
  return read_list(v, reports_max, [&](value& item, std::size_t) {
    draft d;
    d.change.verb = into.verb;
    d.change.tenant = into.tenant;
    auto wrong = read_fields<draft>(item, fields, d);
    if (!wrong && d.change.id.empty())
      wrong = {"is missing", "id"};
    if (!wrong)
      wrong = settle(d);
    into.made.changes.push_back(std::move(d.change));
    return wrong;
  });
}

complaint take_reports_wish(value& v, draft_list& into) {
  return read_fields<lease_wish>(v, wish_fields, into.made.wish.emplace());
}

constexpr std::array list_fields{
    field_reader<draft_list>{"jobs", take_reports},
    field_reader<draft_list>{"lease", take_reports_wish},
};
constexpr std::array bare_list_fields{
    field_reader<draft_list>{"jobs", take_reports},
};

}  // namespace

wish_read read_wish(std::string& body, const std::string& tenant) {
  lease_wish wish;
  if (auto why = read_body<lease_wish>(body, wish_fields, wish))
    return std::move(*why);
  wish.tenant = tenant;
  return wish;
}

report_read read_report(job_verb verb, std::string& body, const std::string& id,
                        const std::string& tenant) {
  draft d;
  d.change.verb = verb;
  d.change.id = id;
  d.change.tenant = tenant;
  if (auto why = read_body<draft>(body, fields_of(verb), d))
    return std::move(*why);
  if (const auto wrong = settle(d))
    return refusal_of(wrong);
  if (d.wish)
    d.wish->tenant = tenant;
  return report_of(std::move(d));
}

report_read read_reports(job_verb verb, std::string& body,
                         const std::string& tenant) {
  draft_list list;
  list.verb = verb;
  list.tenant = tenant;
  const std::span<const field_reader<draft_list>> fields =
      verb == job_verb::complete
          ? std::span<const field_reader<draft_list>>{list_fields}
          : std::span<const field_reader<draft_list>>{bare_list_fields};
  if (auto why = read_body<draft_list>(body, fields, list))
    return std::move(*why);
  if (list.made.changes.empty())
    return refusal_of({"must have one job at least", "jobs"});
  if (list.made.wish)
    list.made.wish->tenant = tenant;
  return std::move(list.made);
}

}  // namespace troupe::http::app_queue
