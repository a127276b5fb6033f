// What the gateway's routes need on one scheduler thread.
//
// A lane is touched by its thread only: connections to providers, instruments
// already looked up, the way to this thread's ingress, and the configuration as
// the doors see it. What all lanes share is constant, or an address.

#pragma once

#include "actors/contracts.hpp"
#include "actors/queue_directory.hpp"
#include "http/reactor.hpp"
#include "http/upstream/pool.hpp"
#include "runtime/lifecycle/phase.hpp"
#include "runtime/metrics/catalog.hpp"
#include "runtime/supervision/address.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::http {

class flight_board;  // http/cache/flight_board.hpp

/// What all lanes share. Outlives them.
struct gateway_deps {
  metric_catalog metrics;
  address<router_actor> router;
  address<semantic_cache_actor> semantic_cache;
  /// For connections to providers: verifies certificates.
  asio::ssl::context& tls;
  /// Who leaves while the node stops leaves nothing to be waited for.
  const lifecycle& stage;
  flight_board& flights;
  /// Null where there are no queues.
  queue_directory_ptr queues = {};
};

/// The actors of a lane's own thread.
struct neighbours {
  address<ingress_actor> ingress;
  address<cache_desk_actor> cache;
  address<embedder_actor> embedder;
};

class lane {
public:
  lane(http::reactor& r, const gateway_deps& d, neighbours next_door,
       settings_ptr settings);

  /// Another configuration from now on. Idle connections to where no provider
  /// is any more are closed; the others stay.
  void adopt(settings_ptr settings);

  /// The configuration of now; another one after the next wait.
  const config::settings& settings() const { return *settings_; }

  /// The longest any provider may take for a whole answer.
  std::chrono::milliseconds total_max() const { return total_max_; }

  /// Whether clients are asked who they are, or have been: while another
  /// configuration makes its way through the node, some still are.
  bool knows_clients() const { return knows_clients_; }

  /// The idle connections to `provider`; valid until the next wait.
  upstream::pool&
  pool_of(const std::shared_ptr<const config::provider_settings>& provider);

  /// Counts one answered request: `api_requests_total`, `api_errors_total` and
  /// `api_request_duration_ms`. `route` is a row's name, never a path.
  void count_request(std::string_view route, unsigned status,
                     std::chrono::microseconds took);

  /// Counts one attempt at a model, and the tokens of one that was answered:
  /// `model_requests_total`, `troupe_model_tokens_total`.
  void count_model(const std::string& provider, std::string_view model,
                   fault ended, const token_usage& usage);

  /// Counts what an answer that was given again did not cost again.
  void count_saved(cache_space by, std::uint64_t tokens_in,
                   std::uint64_t tokens_out);

  /// Counts a stream that ended with an error event.
  void count_cut(const std::string& provider, fault why);

  http::reactor& reactor;
  const gateway_deps& deps;
  address<ingress_actor> ingress;
  address<cache_desk_actor> cache;
  address<embedder_actor> embedder;

private:
  using provider_ptr = std::shared_ptr<const config::provider_settings>;

  /// Keeps the settings, so that their address stays their own.
  struct provider_pool {
    provider_ptr provider;
    std::unique_ptr<upstream::pool> pool;
  };
  struct route_metrics {
    prometheus::Counter* requests = nullptr;
    prometheus::Counter* errors = nullptr;
    prometheus::Histogram* duration = nullptr;
  };

  struct model_metrics {
    counters_by_name ended;   ///< By fault.
    counters_by_name tokens;  ///< By token_kind.
  };

  struct saved_metrics {
    prometheus::Counter* input = nullptr;
    prometheus::Counter* output = nullptr;
  };

  model_metrics& metrics_of(const std::string& provider,
                            std::string_view model);

  /// Names of models come from clients: this many get a label of their own, the
  /// rest share `other`.
  static constexpr std::size_t model_labels_max = 200;

  settings_ptr settings_;
  std::chrono::milliseconds total_max_{0};
  bool knows_clients_ = false;
  std::vector<provider_pool> pools_;  // One for each place; tens.
  std::map<std::pair<std::string_view, unsigned>, route_metrics> routes_;
  std::map<std::string, std::map<std::string, model_metrics, std::less<>>,
           std::less<>>
      models_;
  std::size_t model_labels_ = 0;
  std::vector<saved_metrics> saved_;  // By cache_space.
};

}  // namespace troupe::http
