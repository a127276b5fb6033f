// What the gateway's routes need on one scheduler thread.
//
// A lane is touched by its thread only: connections to providers, instruments
// already looked up, the way to this thread's ingress. What all lanes share is
// constant, or an address.

#pragma once

#include "actors/contracts.hpp"
#include "http/reactor.hpp"
#include "http/upstream/pool.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/supervision/address.hpp"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace troupe::http {

/// What all lanes share. Outlives them.
struct gateway_deps {
  const config::settings& settings;
  metric_catalog metrics;
  address<router_actor> router;
  /// For connections to providers: verifies certificates.
  asio::ssl::context& tls;
  /// The longest any provider may take for a whole answer.
  std::chrono::milliseconds total_max{0};
};

class lane {
public:
  lane(http::reactor& r, const gateway_deps& d,
       address<ingress_actor> to_ingress)
      : reactor(r), deps(d), ingress(std::move(to_ingress)) {}

  /// The idle connections to `provider`.
  upstream::pool&
  pool_of(const std::shared_ptr<const config::provider_settings>& provider);

  /// Counts one answered request: `api_requests_total`, `api_errors_total` and
  /// `api_request_duration_ms`. `route` is a row's name, never a path.
  void count_request(std::string_view route, unsigned status,
                     std::chrono::microseconds took);

  /// Counts one call that reached a model: `model_requests_total`.
  void count_model(const std::string& provider, std::string_view model,
                   fault ended);

  http::reactor& reactor;
  const gateway_deps& deps;
  address<ingress_actor> ingress;

private:
  struct provider_pool {
    std::shared_ptr<const config::provider_settings> provider;
    std::unique_ptr<upstream::pool> pool;
  };
  struct route_metrics {
    prometheus::Counter* requests = nullptr;
    prometheus::Counter* errors = nullptr;
    prometheus::Histogram* duration = nullptr;
  };

  /// Names of models come from clients: this many get a label of their own, the
  /// rest share `other`.
  static constexpr std::size_t model_labels_max = 200;

  std::unordered_map<const config::provider_settings*, provider_pool> pools_;
  std::map<std::pair<std::string_view, unsigned>, route_metrics> routes_;
  std::map<std::string, std::map<std::string, counters_by_name, std::less<>>,
           std::less<>>
      models_;
  std::size_t model_labels_ = 0;
};

}  // namespace troupe::http
