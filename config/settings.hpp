// What the program is told: validated settings, one struct a consumer.
//
// These are plain values. They are made by `load` (config/load.hpp), which
// checks every one of them against its knob (config/knobs.hpp) before anybody
// sees it; code that receives settings does not check them again. The defaults
// below are the knobs' defaults; a test keeps the two and the example file
// equal.

#pragma once

#include "config/queue_settings.hpp"
#include "runtime/ids.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::config {

using std::chrono::milliseconds;

/// The dialect a provider speaks and a client may speak.
enum class protocol : std::uint8_t { openai, anthropic, gemini };

inline constexpr std::size_t protocol_count = 3;

/// Returns `openai`, `anthropic` or `gemini`, as in the configuration file.
std::string_view name_of(protocol p) noexcept;

/// A host and a port to listen on or connect to.
struct endpoint {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

struct node_settings {
  std::string name = "node-1";
  std::filesystem::path data_dir = "./troupe-data";
  /// Scheduler threads; 0 = one per core.
  std::uint32_t threads = 0;

  friend bool operator==(const node_settings&, const node_settings&) = default;
};

struct tls_settings {
  std::filesystem::path certificate;
  std::filesystem::path key;

  friend bool operator==(const tls_settings&, const tls_settings&) = default;
};

struct http_settings {
  endpoint listen{"127.0.0.1", 8080};
  std::uint64_t max_body = 32ull << 20;  // bytes
  std::uint32_t max_connections = 20000;
  milliseconds header_timeout = std::chrono::seconds{10};
  milliseconds idle_timeout = std::chrono::seconds{60};
  milliseconds shutdown_grace = std::chrono::seconds{30};
  std::optional<tls_settings> tls;

  friend bool operator==(const http_settings&, const http_settings&) = default;
};

/// Whether clients need a key of their own.
enum class auth_mode : std::uint8_t {
  automatic,  ///< Open on loopback; elsewhere `required`.
  open,       ///< Nobody needs a key. The operator said so.
  required,   ///< Everybody needs one.
};

/// One client that may enter. The key itself is not kept, only its SHA-256.
struct client_settings {
  std::string name;
  std::string key_sha256;  // 64 lower-case hex digits
  std::string tenant;

  friend bool operator==(const client_settings&,
                         const client_settings&) = default;
};

struct auth_settings {
  auth_mode mode = auth_mode::automatic;
  std::string admin_token;  // a secret; empty = none
  std::vector<client_settings> clients;

  friend bool operator==(const auth_settings&, const auth_settings&) = default;
};

/// One provider key as configured. `secret` must never reach a log line.
struct key_entry {
  key_id id;  ///< `<provider>-<n>`, n counted from 1.
  std::string secret;

  friend bool operator==(const key_entry&, const key_entry&) = default;
};

/// What one key may spend; 0 = no such limit.
struct key_limits {
  std::uint64_t rpm = 0;         // requests a minute
  std::uint64_t rph = 0;         // requests an hour
  std::uint64_t rpd = 0;         // requests a day
  std::uint64_t tpm = 0;         // tokens a minute
  std::uint64_t concurrent = 0;  // requests in flight

  friend bool operator==(const key_limits&, const key_limits&) = default;
};

struct breaker_settings {
  std::uint32_t open_after = 5;  // consecutive faults
  milliseconds cooldown = std::chrono::seconds{15};
  milliseconds cooldown_max = std::chrono::minutes{2};

  friend bool operator==(const breaker_settings&,
                         const breaker_settings&) = default;
};

struct retry_settings {
  std::uint32_t attempts = 8;  // the first one included
  milliseconds delay = std::chrono::seconds{1};
  double factor = 2;
  double jitter = 0.30;  // a fraction: 0.30 = plus or minus 30 %
  milliseconds delay_max = std::chrono::minutes{5};

  friend bool operator==(const retry_settings&,
                         const retry_settings&) = default;
};

struct timeout_settings {
  milliseconds connect = std::chrono::seconds{5};
  milliseconds first_byte = std::chrono::seconds{60};
  milliseconds stall = std::chrono::seconds{30};
  milliseconds total = std::chrono::minutes{10};

  friend bool operator==(const timeout_settings&,
                         const timeout_settings&) = default;
};

/// Where a provider is, taken apart from its `base_url`.
struct base_url {
  bool tls = true;
  endpoint at;
  std::string path;  ///< Prefix of every request path, without a trailing `/`.

  friend bool operator==(const base_url&, const base_url&) = default;
};

/// What happens to calls that no key can serve at once.
struct waiting_settings {
  std::uint32_t calls = 1000;  // in line at a time
  milliseconds time = std::chrono::seconds{60};

  friend bool operator==(const waiting_settings&,
                         const waiting_settings&) = default;
};

/// What becomes of an attempt whose client has left.
enum class departure : std::uint8_t {
  drain,  ///< Read on to the usage record, so that it is accounted for.
  abort,  ///< Cut: the provider stops, and what it cost is not known.
};

struct disconnect_settings {
  departure upstream = departure::drain;
  milliseconds time = std::chrono::seconds{30};  // for draining

  friend bool operator==(const disconnect_settings&,
                         const disconnect_settings&) = default;
};

struct provider_settings {
  std::string name;
  config::protocol protocol = protocol::openai;
  config::base_url base_url;
  std::vector<key_entry> keys;
  key_limits limits;
  std::vector<double> alerts{0.70, 0.85, 0.95};  // fractions of any limit
  breaker_settings breaker;
  retry_settings retry;
  timeout_settings timeouts;
  waiting_settings waiting;
  disconnect_settings disconnect;

  friend bool operator==(const provider_settings&,
                         const provider_settings&) = default;
};

enum class strategy : std::uint8_t { priority, weighted, cost, latency };

/// USD per million tokens.
struct price_settings {
  double input = 0;
  double cache_read = 0;
  double cache_write = 0;
  double output = 0;

  friend bool operator==(const price_settings&,
                         const price_settings&) = default;
};

/// The same for one target of several; it has knobs of its own.
struct target_price_settings : price_settings {
  friend bool operator==(const target_price_settings&,
                         const target_price_settings&) = default;
};

struct target_settings {
  std::string provider;
  std::string model;
  std::uint32_t weight = 1;
  std::uint32_t priority = 1;
  std::uint64_t context = 0;  // tokens its window holds; 0 = not known
  std::optional<target_price_settings> price;

  friend bool operator==(const target_settings&,
                         const target_settings&) = default;
};

/// A second attempt beside one that is slow to answer.
struct hedge_settings {
  milliseconds after = std::chrono::seconds{2};
  double budget = 0.05;  // of the model's calls

  friend bool operator==(const hedge_settings&,
                         const hedge_settings&) = default;
};

enum class toggle : std::uint8_t { off, on };

/// A name clients may ask for, and what stands behind it.
struct model_settings {
  std::string name;
  config::strategy strategy = strategy::priority;
  std::vector<target_settings> targets;
  std::optional<price_settings> price;
  std::optional<hedge_settings> hedge;
  /// Whether answers to near-identical questions may be given unasked.
  toggle semantic_cache = toggle::off;

  friend bool operator==(const model_settings&,
                         const model_settings&) = default;
};

struct routing_settings {
  /// Retries at a target that failed the same call, as a part of all calls.
  double retry_budget = 0.20;

  friend bool operator==(const routing_settings&,
                         const routing_settings&) = default;
};

/// Which answers of models are kept, and given again.
enum class cache_policy : std::uint8_t {
  deterministic,  ///< To requests at temperature 0, or if the client wants.
  always,
  never,
};

struct cache_settings {
  std::uint64_t max_entries = 10'000;
  std::uint64_t max_bytes = 256ull << 20;
  milliseconds ttl = std::chrono::hours{1};
  milliseconds embeddings_ttl = std::chrono::hours{24};
  /// Part of every key: with another one all older entries are misses.
  std::string version = "1";
  std::uint32_t shards = 64;
  cache_policy completions = cache_policy::deterministic;
  /// What one tenant may hold; 0 = no bound of its own.
  std::uint64_t tenant_max_entries = 0;
  std::uint64_t tenant_max_bytes = 0;
  /// Entries to begin with, a line of JSON each; empty = none.
  std::filesystem::path warm;

  friend bool operator==(const cache_settings&,
                         const cache_settings&) = default;
};

enum class semantic_policy : std::uint8_t {
  opt_in,  ///< If the client wants, or for models that have it on.
  always,
  never,
};

enum class embedder_kind : std::uint8_t {
  lexical,  ///< Built in: words and their parts, no model.
  openai,   ///< A server that has /v1/embeddings.
};

struct embedder_settings {
  embedder_kind kind = embedder_kind::lexical;
  config::base_url base_url;  // openai: required; else without a host
  std::string model;          // openai: required
  std::string key;            // a secret; empty = none

  friend bool operator==(const embedder_settings&,
                         const embedder_settings&) = default;
};

struct semantic_cache_settings {
  semantic_policy completions = semantic_policy::opt_in;
  double threshold = 0.92;  // the cosine two questions have at least
  std::uint64_t max_entries = 5'000;
  milliseconds ttl = std::chrono::hours{24};
  embedder_settings embedder;

  friend bool operator==(const semantic_cache_settings&,
                         const semantic_cache_settings&) = default;
};

struct monitoring_settings {
  milliseconds health_interval = std::chrono::seconds{5};

  friend bool operator==(const monitoring_settings&,
                         const monitoring_settings&) = default;
};

enum class log_format : std::uint8_t {
  automatic,  ///< Text when standard error is a terminal, else JSON.
  json,
  text,
};

struct log_settings {
  std::string level = "info";  // trace, debug, info, warn, error
  log_format format = log_format::automatic;

  friend bool operator==(const log_settings&, const log_settings&) = default;
};

/// Everything, as `troupe serve` receives it.
struct settings {
  node_settings node;
  http_settings http;
  auth_settings auth;
  /// Shared with the actors that act on one of them; never null entries.
  std::vector<std::shared_ptr<const provider_settings>> providers;
  std::vector<model_settings> models;
  routing_settings routing;
  cache_settings cache;
  semantic_cache_settings semantic_cache;
  /// Complete: what a queue does not say is filled in from `queue_defaults`.
  /// Never null entries.
  std::vector<std::shared_ptr<const queue_settings>> queues = default_queues();
  worker_settings workers;
  monitoring_settings monitoring;
  log_settings log;
};

}  // namespace troupe::config
