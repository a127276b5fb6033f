#include "http/routes/queue/new_jobs.hpp"

#include "http/routes/queue/fields.hpp"
#include "http/routes/queue/names.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace troupe::http::app_queue {

namespace {

namespace fast = wire::json;

constexpr bounds name_size{0, 256};
constexpr bounds group_size{0, 128};
constexpr bounds key_size{1, 256};
constexpr bounds attempts{1, 100};
constexpr std::size_t delays_max = 20;

/// The value of `kind` or `mode` whose name is in `v`.
template <class Kind>
bool take_kind(value& v, Kind& into) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Kind::count_); ++i)
    if (name_of(static_cast<Kind>(i)) == word_in(v)) {
      into = static_cast<Kind>(i);
      return true;
    }
  return false;
}

// -- backoff
// -------------------------------------------------------------------

complaint take_backoff_kind(value& v, job_backoff& into) {
  if (!take_kind(v, into.kind))
    return {"must be exponential, fixed or custom", {}};
  return {};
}

complaint take_backoff_delay(value& v, job_backoff& into) {
  return take_count(v, {0, attempt_max_ms}, into.delay_ms);
}

complaint take_backoff_delay_max(value& v, job_backoff& into) {
  return take_count(v, {0, attempt_max_ms}, into.delay_max_ms);
}

complaint take_backoff_delays(value& v, job_backoff& into) {
  into.delays_ms.clear();
  return read_list(v, delays_max, [&into](value& item, std::size_t) {
    into.delays_ms.push_back(0);
    return take_count(item, {0, attempt_max_ms}, into.delays_ms.back());
  });
}

complaint take_jitter(value& v, job_backoff& into) {
  const auto token = fast::token_of(v);
  const auto* const end = token.data() + token.size();
  const auto [at, failed] = std::from_chars(token.data(), end, into.jitter);
  if (failed != std::errc{} || at != end || into.jitter < 0 || into.jitter > 1)
    return {"must be a number from 0 to 1", {}};
  return {};
}

constexpr std::array backoff_fields{
    field_reader<job_backoff>{"kind", take_backoff_kind},
    field_reader<job_backoff>{"delay_ms", take_backoff_delay},
    field_reader<job_backoff>{"delay_max_ms", take_backoff_delay_max},
    field_reader<job_backoff>{"delays_ms", take_backoff_delays},
    field_reader<job_backoff>{"jitter", take_jitter},
};

complaint take_backoff(value& v, new_job& into) {
  job_backoff read;
  auto wrong = read_fields<job_backoff>(v, backoff_fields, read);
  if (!wrong && (read.kind == backoff_kind::custom) == read.delays_ms.empty())
    wrong = {"must have delays_ms if its kind is custom, and only then", {}};
  into.backoff = std::move(read);
  return wrong;
}

// -- dedup
// ---------------------------------------------------------------------

complaint take_dedup_key(value& v, job_dedup& into) {
  return take_name(v, key_size, into.key);
}

complaint take_dedup_mode(value& v, job_dedup& into) {
  if (!take_kind(v, into.mode))
    return {"must be simple, throttle, debounce or keep_last", {}};
  return {};
}

complaint take_dedup_ttl(value& v, job_dedup& into) {
  return take_count(v, {0, delay_max_ms}, into.ttl_ms);
}

constexpr std::array dedup_fields{
    field_reader<job_dedup>{"key", take_dedup_key},
    field_reader<job_dedup>{"mode", take_dedup_mode},
    field_reader<job_dedup>{"ttl_ms", take_dedup_ttl},
};

complaint take_dedup(value& v, new_job& into) {
  job_dedup read;
  auto wrong = read_fields<job_dedup>(v, dedup_fields, read);
  if (!wrong && read.key.empty())
    wrong = {"is missing", "key"};
  if (!wrong && read.mode == dedup_mode::throttle && read.ttl_ms == 0)
    wrong = {"must be 1 or more where the mode is throttle", "ttl_ms"};
  into.dedup = std::move(read);
  return wrong;
}

// -- the job
// -------------------------------------------------------------------

complaint take_data(value& v, new_job& into) {
  into.data = raw_of(v);
  return {};
}

complaint take_id(value& v, new_job& into) {
  const auto text =
      fast::kind_of(v) == '"' ? fast::unescaped(fast::raw_string_of(v)) : "";
  if (!text)
    return {"must be a string", {}};
  into.id = *text;
  return {fault_of_own_id(into.id), {}};
}

complaint take_job_name(value& v, new_job& into) {
  return take_name(v, name_size, into.name);
}

complaint take_group(value& v, new_job& into) {
  return take_name(v, group_size, into.group);
}

complaint take_job_priority(value& v, new_job& into) {
  return take_priority(v, into.priority.emplace());
}

complaint take_delay(value& v, new_job& into) {
  return take_count(v, {0, delay_max_ms}, into.delay_ms);
}

complaint take_attempts(value& v, new_job& into) {
  return take_count(v, attempts, into.attempts.emplace());
}

complaint take_timeout(value& v, new_job& into) {
  return take_count(v, {0, attempt_max_ms}, into.timeout_ms.emplace());
}

constexpr std::array job_fields{
    field_reader<new_job>{"data", take_data},
    field_reader<new_job>{"id", take_id},
    field_reader<new_job>{"name", take_job_name},
    field_reader<new_job>{"group", take_group},
    field_reader<new_job>{"priority", take_job_priority},
    field_reader<new_job>{"delay_ms", take_delay},
    field_reader<new_job>{"attempts", take_attempts},
    field_reader<new_job>{"timeout_ms", take_timeout},
    field_reader<new_job>{"backoff", take_backoff},
    field_reader<new_job>{"dedup", take_dedup},
};

/// What fields say only together; and data that is nothing is null.
complaint settle(new_job& job) {
  static const shared_bytes null{"null"};
  if (job.data.size() == 0)
    job.data = null;
  if (job.dedup && job.dedup->mode == dedup_mode::debounce && job.delay_ms == 0)
    return {"must be 1 or more where dedup.mode is debounce", "delay_ms"};
  return {};
}

struct job_list {
  new_jobs jobs;
  std::string tenant;
};

complaint take_jobs(value& v, job_list& into) {
  into.jobs.clear();
  return read_list(v, bulk_max, [&into](value& item, std::size_t) {
    auto& job = into.jobs.emplace_back();
    job.tenant = into.tenant;
    auto wrong = read_fields<new_job>(item, job_fields, job);
    return wrong ? wrong : settle(job);
  });
}

constexpr std::array list_fields{
    field_reader<job_list>{"jobs", take_jobs},
};

}  // namespace

new_jobs_read read_job(std::string& body, const std::string& tenant) {
  new_jobs one(1);
  auto& job = one.front();
  job.tenant = tenant;
  if (auto why = read_body<new_job>(body, job_fields, job))
    return std::move(*why);
  if (const auto wrong = settle(job))
    return refusal_of(wrong);
  return one;
}

new_jobs_read read_jobs(std::string& body, const std::string& tenant) {
  job_list list;
  list.tenant = tenant;
  if (auto why = read_body<job_list>(body, list_fields, list))
    return std::move(*why);
  if (list.jobs.empty())
    return refusal_of({"must have one job at least", "jobs"});
  return std::move(list.jobs);
}

}  // namespace troupe::http::app_queue
