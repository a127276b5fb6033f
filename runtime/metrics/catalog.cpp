#include "runtime/metrics/catalog.hpp"

#include <cassert>
#include <map>
#include <utility>

namespace troupe {

namespace {

std::map<std::string, std::string> labels_of(const metric_spec& spec,
                                             std::vector<std::string> values) {
  std::map<std::string, std::string> result;
  for (std::size_t i = 0; i < values.size(); ++i) {
    assert(i < spec.labels.size() && !spec.labels[i].empty());
    result.emplace(spec.labels[i], std::move(values[i]));
  }
  assert(values.size() == spec.labels.size()
         || spec.labels[values.size()].empty());
  return result;
}

/// From a slot that comes free at once to the longest wait in the line.
const std::vector<double> wait_bounds_seconds{0.01, 0.05, 0.1, 0.5, 1,  2.5,
                                              5,    10,   20,  30,  60, 120};

}  // namespace

api_key_metrics metric_catalog::api_key(const std::string& provider,
                                        const std::string& key, names outcomes,
                                        names refusals, names limits) const {
  const std::vector<std::string> who{provider, key};
  return {
      .ended = counters(metric::api_key_requests_total, who, outcomes),
      .refused = counters(metric::api_key_refusals_total, who, refusals),
      .limit_alerts = counters(metric::api_key_limit_alerts_total, who, limits),
      .opened = counter(metric::api_key_breaker_openings_total, who),
      .expired = counter(metric::api_key_leases_expired_total, who),
      .strange = counter(metric::api_key_strange_reports_total, who),
      .usable = gauge(metric::api_key_usable, who),
      .in_flight = gauge(metric::api_key_in_flight, who),
      .limit_used = gauge(metric::api_key_limit_used_ratio, who),
  };
}

key_pool_metrics metric_catalog::key_pool(const std::string& provider,
                                          names refusals, names ends) const {
  return {
      .refused =
          counters(metric::key_pool_refusals_total, {provider}, refusals),
      .ended = counters(metric::key_pool_waits_total, {provider}, ends),
      .waiting = gauge(metric::key_pool_waiting, {provider}),
      .wait_seconds = histogram(metric::key_pool_wait_seconds, {provider},
                                wait_bounds_seconds),
  };
}

prometheus::Counter&
metric_catalog::actor_restarts(const std::string& child) const {
  return counter(metric::actor_restarts_total, {child});
}

prometheus::Counter&
metric_catalog::counter(const metric_spec& spec,
                        std::vector<std::string> values) const {
  assert(spec.kind == metric_kind::counter);
  return prometheus::BuildCounter()
      .Name(std::string{spec.name})
      .Help(std::string{spec.help})
      .Register(*registry_)
      .Add(labels_of(spec, std::move(values)));
}

prometheus::Gauge&
metric_catalog::gauge(const metric_spec& spec,
                      std::vector<std::string> values) const {
  assert(spec.kind == metric_kind::gauge);
  return prometheus::BuildGauge()
      .Name(std::string{spec.name})
      .Help(std::string{spec.help})
      .Register(*registry_)
      .Add(labels_of(spec, std::move(values)));
}

prometheus::Histogram&
metric_catalog::histogram(const metric_spec& spec,
                          std::vector<std::string> values,
                          const std::vector<double>& bounds) const {
  assert(spec.kind == metric_kind::histogram);
  return prometheus::BuildHistogram()
      .Name(std::string{spec.name})
      .Help(std::string{spec.help})
      .Register(*registry_)
      .Add(labels_of(spec, std::move(values)), bounds);
}

counters_by_name metric_catalog::counters(const metric_spec& spec,
                                          std::vector<std::string> values,
                                          names last) const {
  std::vector<prometheus::Counter*> result;
  for (const auto& name : last) {
    auto all = values;
    all.push_back(name);
    result.push_back(name.empty() ? nullptr : &counter(spec, std::move(all)));
  }
  return counters_by_name{std::move(result)};
}

}  // namespace troupe
