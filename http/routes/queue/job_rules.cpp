#include "http/routes/queue/job_rules.hpp"

#include <array>
#include <charconv>

namespace troupe::http::app_queue {

namespace {

namespace fast = wire::json;

constexpr bounds key_size{1, 256};
constexpr std::size_t delays_max = 20;

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

}  // namespace

complaint take_backoff(value& v, job_backoff& into) {
  auto wrong = read_fields<job_backoff>(v, backoff_fields, into);
  if (!wrong && (into.kind == backoff_kind::custom) == into.delays_ms.empty())
    wrong = {"must have delays_ms if its kind is custom, and only then", {}};
  return wrong;
}

complaint take_dedup(value& v, job_dedup& into) {
  auto wrong = read_fields<job_dedup>(v, dedup_fields, into);
  if (!wrong && into.key.empty())
    wrong = {"is missing", "key"};
  if (!wrong && into.mode == dedup_mode::throttle && into.ttl_ms == 0)
    wrong = {"must be 1 or more where the mode is throttle", "ttl_ms"};
  return wrong;
}

}  // namespace troupe::http::app_queue
