#include "http/routes/monitoring.hpp"

#include "http/routes/cache/tokens.hpp"
#include "http/routes/openapi.hpp"
#include "http/routes/route_list.hpp"

#include <nlohmann/json.hpp>
#include <prometheus/text_serializer.h>

#define XXH_INLINE_ALL  // Nothing to link.
#include <xxhash.h>

namespace troupe::http {

namespace {

using nlohmann::json;
using namespace std::chrono;

answer json_answer(unsigned status, const json& body) {
  return {status,
          {{"Content-Type", "application/json"}},
          body.dump(2, ' ', false, json::error_handler_t::replace) + "\n"};
}

std::int64_t wall_ms() {
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
      .count();
}

json names_of(const route_list& routes) {
  auto names = json::array();
  for (const auto& r : routes)
    names.push_back(std::string{r.method} + " " + r.path);
  return names;
}

json value_of(prometheus::MetricType type, const prometheus::ClientMetric& m) {
  using enum prometheus::MetricType;
  switch (type) {
  case Counter:
    return m.counter.value;
  case Gauge:
    return m.gauge.value;
  case Histogram: {
    json buckets = json::array();
    for (const auto& b : m.histogram.bucket) {
      // JSON knows no infinity.
      const json bound =
          std::isfinite(b.upper_bound) ? json(b.upper_bound) : json("+Inf");
      buckets.push_back({{"le", bound}, {"count", b.cumulative_count}});
    }
    return {{"count", m.histogram.sample_count},
            {"sum", m.histogram.sample_sum},
            {"buckets", buckets}};
  }
  default:
    return nullptr;
  }
}

json to_json(const std::vector<prometheus::MetricFamily>& families) {
  json result = json::object();
  for (const auto& f : families) {
    json series = json::array();
    for (const auto& m : f.metric) {
      json labels = json::object();
      for (const auto& l : m.label)
        labels[l.name] = l.value;
      series.push_back({{"labels", labels}, {"value", value_of(f.type, m)}});
    }
    result[f.name] = {{"help", f.help}, {"series", series}};
  }
  return result;
}

}  // namespace

monitoring::monitoring(deps d)
    : deps_(std::move(d)), started_(steady_clock::now()) {}

answer monitoring::index(const request&) const {
  return json_answer(
      200,
      {{"name", "troupe"},
       {"version", TROUPE_VERSION},
       {"openai",
        {"POST /v1/chat/completions", "POST /v1/completions",
         "POST /v1/responses", "POST /v1/embeddings", "GET /v1/models"}},
       {"anthropic", {"POST /v1/messages", "POST /v1/messages/count_tokens"}},
       {"gemini",
        {"POST /v1beta/models/{model}:generateContent",
         "POST /v1beta/models/{model}:streamGenerateContent",
         "POST /v1beta/models/{model}:countTokens",
         "POST /v1beta/models/{model}:embedContent"}},
       {"queues", names_of(queue_routes())},
       {"cache", names_of(cache_routes())},
       {"troupe",
        {"POST /api/chat", "POST /api/admin/cache/explain",
         "GET /api/admin/queues/{queue}/workers",
         "POST /api/admin/queues/{queue}/workers", "GET /openapi.json",
         "GET /api/monitoring/health", "GET /api/monitoring/metrics",
         "GET /metrics", "GET /healthz", "GET /readyz"}}});
}

answer monitoring::openapi(const request& req) const {
  const auto text = openapi_document();
  const auto etag = XXH3_64bits(text.data(), text.size()) | 1;  // 0 is none.
  header_list head{{"Content-Type", "application/json"}};
  head.add("ETag", app_cache::print_etag(etag));
  const auto known = req.headers.find("if-none-match");
  if (known && app_cache::lists_etag(*known, etag))
    return {304, std::move(head), {}};
  return {200, std::move(head), std::string{text}};
}

answer monitoring::healthz(const request&) const {
  return json_answer(200, {{"status", "ok"}});
}

answer monitoring::readyz(const request&) const {
  switch (deps_.stage.now()) {
  case phase::ready:
    return json_answer(200, {{"status", "ready"}});
  case phase::starting:
    return json_answer(503, {{"status", "starting"}});
  case phase::stopping:
    return json_answer(503, {{"status", "stopping"}});
  }
  return json_answer(503, {{"status", "unknown"}});
}

answer monitoring::metrics(const request& req) const {
  std::vector<prometheus::MetricFamily> families;
  for (const auto* c : deps_.collectables)
    for (auto& f : c->Collect())
      families.push_back(std::move(f));
  if (req.query_value("format") == "json")
    return json_answer(200, to_json(families));
  return {200,
          {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
          prometheus::TextSerializer{}.Serialize(families)};
}

answer monitoring::health(const request&) const {
  auto latest = deps_.health.get();
  health_report report = latest ? *latest : health_report{};
  if (wall_ms() - report.timestamp_ms > deps_.report_age_max.count())
    report.checks.push_back(
        {"health",
         troupe::health::critical,
         latest ? "The checks have not run in time; the log says why."
                : "The checks have not run yet.",
         {}});
  json checks = json::array();
  for (const auto& c : report.checks)
    checks.push_back({{"component", c.component},
                      {"status", name_of(c.status)},
                      {"message", c.message},
                      {"details", c.details}});
  const auto overall = report.overall();
  const auto uptime =
      duration_cast<milliseconds>(steady_clock::now() - started_).count();
  return json_answer(overall >= troupe::health::unhealthy ? 503 : 200,
                     {{"overall", name_of(overall)},
                      {"checks", checks},
                      {"uptime", uptime},
                      {"timestamp", report.timestamp_ms}});
}

}  // namespace troupe::http
