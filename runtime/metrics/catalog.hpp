// Every metric the process exports, in one place.
//
// A metric is declared once, as a line of `metric::all`: name, kind, what it
// says, and its labels, each with a bounded set of values. Dashboards and
// alerts may only mention names listed here; a test holds every line against
// the customs of Prometheus.
//
// Whoever counts receives its instruments as a struct of references, made once
// when it starts: counting costs an atomic addition, no look-up, no allocation.
//
// To add one: declare a spec (those of queues in queue_specs.hpp), list it in
// `all`, and hand the instrument out from a struct. Names of the field keep
// their spelling, everything else begins with `troupe_`.

#pragma once

#include "runtime/metrics/queue_specs.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

namespace metric {

using enum metric_kind;

inline constexpr metric_spec api_key_requests_total{
    "api_key_requests_total",
    counter,
    "Attempts made with a provider key, by how they ended.",
    {"provider", "key", "outcome"}};
inline constexpr metric_spec api_key_usable{
    "troupe_api_key_usable",
    gauge,
    "Whether the key lends (1) or rests, is spent or dead (0).",
    {"provider", "key"}};
inline constexpr metric_spec api_key_in_flight{
    "troupe_api_key_in_flight",
    gauge,
    "Attempts under way with the key.",
    {"provider", "key"}};
inline constexpr metric_spec api_key_refusals_total{
    "troupe_api_key_refusals_total",
    counter,
    "Calls the key declined, by the limit or state that stood in the way.",
    {"provider", "key", "reason"}};
inline constexpr metric_spec api_key_breaker_openings_total{
    "troupe_api_key_breaker_openings_total",
    counter,
    "Times the key's breaker opened after faults, failed probes included.",
    {"provider", "key"}};
inline constexpr metric_spec api_key_leases_expired_total{
    "troupe_api_key_leases_expired_total",
    counter,
    "Leases taken back because their holder never settled them.",
    {"provider", "key"}};
inline constexpr metric_spec api_key_strange_reports_total{
    "troupe_api_key_strange_reports_total",
    counter,
    "Reports about leases the key does not know: expired or settled twice.",
    {"provider", "key"}};
inline constexpr metric_spec api_key_limit_used_ratio{
    "troupe_api_key_limit_used_ratio",
    gauge,
    "Used part of the fullest of the key's limits: 0 nothing, 1 all.",
    {"provider", "key"}};
inline constexpr metric_spec api_key_limit_alerts_total{
    "troupe_api_key_limit_alerts_total",
    counter,
    "Times the use of a limit of the key rose over a level that warns.",
    {"provider", "key", "limit"}};
inline constexpr metric_spec key_pool_refusals_total{
    "troupe_key_pool_refusals_total",
    counter,
    "Calls no key of the provider could serve, by answer.",
    {"provider", "reason"}};
inline constexpr metric_spec key_pool_waiting{
    "troupe_key_pool_waiting",
    gauge,
    "Calls in line because no key of the provider can serve them now.",
    {"provider"}};
inline constexpr metric_spec key_pool_waits_total{
    "troupe_key_pool_waits_total",
    counter,
    "Stays in the line that are over, by how they ended.",
    {"provider", "end"}};
inline constexpr metric_spec key_pool_wait_seconds{
    "troupe_key_pool_wait_seconds",
    histogram,
    "How long stays in the line took, however they ended.",
    {"provider"}};
inline constexpr metric_spec ingress_refusals_total{
    "troupe_ingress_refusals_total",
    counter,
    "Calls turned away at the door, by answer.",
    {"reason"}};
inline constexpr metric_spec router_refusals_total{
    "troupe_router_refusals_total",
    counter,
    "Calls the router could not route or retry, by answer.",
    {"reason"}};
inline constexpr metric_spec router_retries_total{
    "troupe_router_retries_total",
    counter,
    "Retries scheduled, by the fault of the attempt before.",
    {"provider", "fault"}};
inline constexpr metric_spec router_waits_total{
    "troupe_router_waits_total",
    counter,
    "Times a call waited before another attempt: back-off, or nobody usable.",
    {"provider"}};
inline constexpr metric_spec router_fallbacks_total{
    "troupe_router_fallbacks_total",
    counter,
    "Calls sent to this provider because a target before it could not serve.",
    {"provider"}};
inline constexpr metric_spec router_hedges_total{
    "troupe_router_hedges_total",
    counter,
    "Second attempts sent to this provider beside a slow one.",
    {"provider"}};
inline constexpr metric_spec router_retry_budget_spent_total{
    "troupe_router_retry_budget_spent_total", counter,
    "Retries not made because the traffic could not bear more of them."};
inline constexpr metric_spec target_usable{
    "troupe_target_usable",
    gauge,
    "Whether the target's breaker is closed (1) or open (0).",
    {"provider", "model"}};
inline constexpr metric_spec target_breaker_openings_total{
    "troupe_target_breaker_openings_total",
    counter,
    "Times the target's breaker opened after faults, failed probes included.",
    {"provider", "model"}};
inline constexpr metric_spec api_requests_total{
    "api_requests_total",
    counter,
    "Requests answered, by route and status.",
    {"route", "status"}};
inline constexpr metric_spec api_errors_total{
    "api_errors_total",
    counter,
    "Requests answered with a status of 400 or above, by route and status.",
    {"route", "status"}};
inline constexpr metric_spec api_request_duration_ms{
    "api_request_duration_ms",
    histogram,
    "Time from a request's last byte in to its last byte out, in milliseconds.",
    {"route"}};
inline constexpr metric_spec model_requests_total{
    "model_requests_total",
    counter,
    "Attempts made at a model, by how they ended.",
    {"provider", "model", "outcome"}};
inline constexpr metric_spec model_tokens_total{
    "troupe_model_tokens_total",
    counter,
    "Tokens of answered calls, in disjoint kinds; tool_units are uses.",
    {"provider", "model", "kind"}};
inline constexpr metric_spec stream_cuts_total{
    "troupe_stream_cuts_total",
    counter,
    "Streams that ended with an error event after they had begun, by fault.",
    {"provider", "fault"}};
inline constexpr metric_spec cache_operations_total{
    "cache_operations_total",
    counter,
    "What was asked of the caches and what they did, by cache and operation.",
    {"cache", "operation"}};
inline constexpr metric_spec cache_entries{
    "troupe_cache_entries", gauge, "Entries kept, by cache.", {"cache"}};
inline constexpr metric_spec cache_bytes{
    "troupe_cache_bytes",
    gauge,
    "Bytes the kept entries are charged with, by cache.",
    {"cache"}};
inline constexpr metric_spec cache_saved_tokens_total{
    "troupe_cache_saved_tokens_total",
    counter,
    "Tokens that answers from a cache, or shared ones, did not cost again.",
    {"cache", "kind"}};
inline constexpr metric_spec embedder_texts_total{
    "troupe_embedder_texts_total",
    counter,
    "Texts to be brought to their vectors, by how that ended.",
    {"outcome"}};
inline constexpr metric_spec health{
    "troupe_health", gauge,
    "How well the node is: 0 healthy, 1 degraded, 2 unhealthy, 3 critical."};
inline constexpr metric_spec actor_restarts_total{
    "troupe_actor_restarts_total",
    counter,
    "Restarts performed by supervisors, by child.",
    {"child"}};

/// All of them, for tests and documentation.
inline constexpr std::array all{
    api_key_requests_total,
    api_key_usable,
    api_key_in_flight,
    api_key_refusals_total,
    api_key_breaker_openings_total,
    api_key_leases_expired_total,
    api_key_strange_reports_total,
    api_key_limit_used_ratio,
    api_key_limit_alerts_total,
    key_pool_refusals_total,
    key_pool_waiting,
    key_pool_waits_total,
    key_pool_wait_seconds,
    ingress_refusals_total,
    router_refusals_total,
    router_retries_total,
    router_waits_total,
    router_fallbacks_total,
    router_hedges_total,
    router_retry_budget_spent_total,
    target_usable,
    target_breaker_openings_total,
    api_requests_total,
    api_errors_total,
    api_request_duration_ms,
    model_requests_total,
    model_tokens_total,
    stream_cuts_total,
    cache_operations_total,
    cache_entries,
    cache_bytes,
    cache_saved_tokens_total,
    embedder_texts_total,
    queue_size,
    jobs_total,
    job_wait_seconds,
    job_duration_seconds,
    queue_oldest_waiting_seconds,
    queue_paused,
    queue_schedules,
    schedule_jobs_total,
    worker_count,
    worker_restarts_total,
    store_commit_seconds,
    store_changes_total,
    store_failures_total,
    health,
    actor_restarts_total,
};

}  // namespace metric

/// Label values for an enum that ends in `count_` and has a `name_of`, in its
/// order. With `only` given, the others are empty: they have no series.
template <class Enum>
std::vector<std::string> label_values(std::initializer_list<Enum> only = {}) {
  std::vector<std::string> result(static_cast<std::size_t>(Enum::count_));
  for (std::size_t i = 0; i < result.size(); ++i)
    if (only.size() == 0)
      result[i] = name_of(static_cast<Enum>(i));
  for (const auto x : only)
    result[static_cast<std::size_t>(x)] = name_of(x);
  return result;
}

/// One counter for each value of an enum that has a series.
class counters_by_name {
public:
  explicit counters_by_name(std::vector<prometheus::Counter*> counters)
      : counters_(std::move(counters)) {}

  /// @pre `x` has a series.
  template <class Enum>
  prometheus::Counter& operator[](Enum x) const {
    const auto index = static_cast<std::size_t>(x);
    assert(index < counters_.size() && counters_[index] != nullptr);
    return *counters_[index];
  }

private:
  std::vector<prometheus::Counter*> counters_;
};

struct api_key_metrics {
  counters_by_name ended;         ///< By fault.
  counters_by_name refused;       ///< By key_refusal.
  counters_by_name limit_alerts;  ///< By key_limit.
  prometheus::Counter& opened;
  prometheus::Counter& expired;
  prometheus::Counter& strange;
  prometheus::Gauge& usable;
  prometheus::Gauge& in_flight;
  prometheus::Gauge& limit_used;
};

struct key_pool_metrics {
  counters_by_name refused;  ///< By errc.
  counters_by_name ended;    ///< By wait_end.
  prometheus::Gauge& waiting;
  prometheus::Histogram& wait_seconds;
};

/// Looks up (and on first use creates) instruments in a registry. They live as
/// long as that.
class metric_catalog {
public:
  using names = std::span<const std::string>;

  explicit metric_catalog(prometheus::Registry& registry)
      : registry_(&registry) {}

  /// `outcomes`, `refusals` and `limits` name the values of the labels, in the
  /// order of their enums.
  api_key_metrics api_key(const std::string& provider, const std::string& key,
                          names outcomes, names refusals, names limits) const;

  /// Likewise; `ends` name how a wait ended.
  key_pool_metrics key_pool(const std::string& provider, names refusals,
                            names ends) const;

  prometheus::Counter& actor_restarts(const std::string& child) const;

  // -- the general form; `values` belong to the labels of `spec`, in order

  prometheus::Counter& counter(const metric_spec& spec,
                               std::vector<std::string> values) const;

  prometheus::Gauge& gauge(const metric_spec& spec,
                           std::vector<std::string> values) const;

  /// `bounds` are the upper bounds of the buckets, ascending.
  prometheus::Histogram& histogram(const metric_spec& spec,
                                   std::vector<std::string> values,
                                   const std::vector<double>& bounds) const;

  /// One counter for each value of the last label, but not for empty ones.
  counters_by_name counters(const metric_spec& spec,
                            std::vector<std::string> values, names last) const;

private:
  prometheus::Registry* registry_;
};

}  // namespace troupe
