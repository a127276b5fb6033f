// troupe's own endpoints for those who watch it: probes, Prometheus, people.
//
// They answer from what is published already and never wait for an actor, so
// that a node in trouble can still say so.

#pragma once

#include "http/message.hpp"
#include "runtime/health_report.hpp"
#include "runtime/lifecycle/phase.hpp"
#include "runtime/published.hpp"

#include <prometheus/collectable.h>

#include <chrono>
#include <string>
#include <vector>

namespace troupe::http {

struct answer {
  unsigned status = 200;
  header_list headers;
  std::string body;
};

class monitoring {
public:
  struct deps {
    const lifecycle& stage;
    const published<health_report>& health;
    /// Everything that is scraped, in order.
    std::vector<const prometheus::Collectable*> collectables;
    /// How old a health report may be before it is a fault itself.
    std::chrono::milliseconds report_age_max;
  };

  explicit monitoring(deps d);

  /// What there is, for somebody who came by with a browser or curl.
  answer index(const request& req) const;
  /// What there is, for programs: an OpenAPI document.
  answer openapi(const request& req) const;
  /// 200 while the process can answer at all.
  answer healthz(const request& req) const;
  /// 200 while requests are welcome, else 503.
  answer readyz(const request& req) const;
  /// Prometheus text, or JSON with `?format=json`.
  answer metrics(const request& req) const;
  /// Every check, and the whole: `{"overall","checks","uptime","timestamp"}`,
  /// times in ms. 503 when unhealthy or worse.
  answer health(const request& req) const;

private:
  deps deps_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace troupe::http
