// Every knob once: path, default, bounds, help.
//
// The defaults equal those of the structs in config/settings.hpp (a test keeps
// them so). To add a knob: declare it here, add its field to the struct and its
// row to config/sections.hpp; parser, checks, overrides, example file and table
// follow. Bounds are there to catch a wrong unit or a missing digit, not to
// judge taste; where a bound has a reason of its own, it is said.

#pragma once

#include "config/formats.hpp"
#include "config/knob.hpp"

#include <array>

namespace troupe::config::knobs {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

inline constexpr std::size_t name_size_max = 64;
/// Model names carry paths and tags: `org/model:tag@date`.
inline constexpr std::size_t model_size_max = 256;
/// Leaves room in a header line; Google's longest tokens are about 2 KiB.
inline constexpr std::size_t secret_size_max = 4096;
inline constexpr std::size_t path_size_max = 4095;  // PATH_MAX of Linux
inline constexpr std::int64_t limit_max = 1'000'000'000;

// -- node ---------------------------------------------------------------------

inline constexpr group node{.path = "node", .help = "This process"};

inline constexpr knob<as::name> node_name{
    .path = "node.name",
    .fallback = "node-1",
    .min = 1,
    .max = name_size_max,
    .help = "Its name, unique in the cluster"};

inline constexpr knob<as::path> node_data_dir{
    .path = "node.data_dir",
    .fallback = "./troupe-data",
    .min = 1,
    .max = path_size_max,
    .help = "Directory of the durable state"};

inline constexpr knob<as::count> node_threads{
    .path = "node.threads",
    .fallback = 0,
    .min = 0,
    .max = 1024,
    .help = "Scheduler threads; 0 = one per core"};

// -- http ---------------------------------------------------------------------

inline constexpr group http{.path = "http", .help = "The door for clients"};

inline constexpr knob<as::address> http_listen{
    .path = "http.listen",
    .fallback = "127.0.0.1:8080",
    .help = "Where clients connect; port 0 lets the system choose"};

inline constexpr knob<as::size> http_max_body{
    .path = "http.max_body",
    .fallback = 32ull << 20,
    .min = 1 << 10,
    .max = 1 << 30,
    .help = "Largest request body; a larger one is answered with 413"};

inline constexpr knob<as::count> http_max_connections{
    .path = "http.max_connections",
    .fallback = 20'000,
    .min = 1,
    .max = 1'000'000,
    .help = "Connections open at once; more wait in the system's queue"};

inline constexpr knob<as::duration> http_header_timeout{
    .path = "http.header_timeout",
    .fallback = 10s,
    .min = 10ms,
    .max = 10min,
    .help = "Time to send a request's head; slower clients are cut"};

inline constexpr knob<as::duration> http_idle_timeout{
    .path = "http.idle_timeout",
    .fallback = 60s,
    .min = 10ms,
    .max = 24h,
    .help = "Time a connection may wait for its next request"};

inline constexpr knob<as::duration> http_shutdown_grace{
    .path = "http.shutdown_grace",
    .fallback = 30s,
    .min = 0ms,
    .max = 1h,
    .help = "Time to finish what is in flight when the node stops"};

inline constexpr group http_tls{.path = "http.tls",
                                .help = "Serves HTTPS; absent: plain HTTP"};

inline constexpr knob<as::path> http_tls_certificate{
    .path = "http.tls.certificate",
    .min = 1,
    .max = path_size_max,
    .help = "PEM file of the certificate and its chain",
    .example = "server.pem",
    .presence = need::required};

inline constexpr knob<as::path> http_tls_key{.path = "http.tls.key",
                                             .min = 1,
                                             .max = path_size_max,
                                             .help =
                                                 "PEM file of the private key",
                                             .example = "server.key",
                                             .presence = need::required};

// -- auth ---------------------------------------------------------------------

inline constexpr group auth{.path = "auth", .help = "Who may enter"};

inline constexpr knob<as::choice<config::auth_mode>> auth_mode{
    .path = "auth.mode",
    .fallback = config::auth_mode::automatic,
    .help = "auto is open on loopback and needs clients on other addresses"};

inline constexpr knob<as::secret> auth_admin_token{
    .path = "auth.admin_token",
    .min = 1,
    .max = secret_size_max,
    .help = "What operators show; without it there is no admin access",
    .example = "${TROUPE_ADMIN_TOKEN}"};

inline constexpr group auth_clients{.path = "auth.clients[]",
                                    .help = "Who holds a key of this gateway",
                                    .count_max = 10'000};

inline constexpr knob<as::visible> client_name{.path = "auth.clients[].name",
                                               .min = 1,
                                               .max = name_size_max,
                                               .help =
                                                   "The client's name in logs",
                                               .example = "web",
                                               .presence = need::required};

inline constexpr knob<as::sha256> client_key_sha256{
    .path = "auth.clients[].key_sha256",
    .help = "SHA-256 of its key; the key itself is not kept",
    .example = "${WEB_KEY_SHA256}",
    .presence = need::required};

inline constexpr knob<as::visible> client_tenant{.path =
                                                     "auth.clients[].tenant",
                                                 .min = 0,
                                                 .max = name_size_max,
                                                 .help = "Whom it belongs to",
                                                 .example = "acme"};

// -- monitoring and log -------------------------------------------------------

inline constexpr group monitoring{.path = "monitoring",
                                  .help = "How the node watches itself"};

inline constexpr knob<as::duration> monitoring_health_interval{
    .path = "monitoring.health_interval",
    .fallback = 5s,
    .min = 100ms,
    .max = 1h,
    .help = "Pause between two checks of health"};

inline constexpr group log{.path = "log", .help = "What standard error shows"};

inline constexpr knob<as::level> log_level{.path = "log.level",
                                           .fallback = "info",
                                           .help = "The least that is logged"};

inline constexpr knob<as::choice<config::log_format>> log_format{
    .path = "log.format",
    .fallback = config::log_format::automatic,
    .help = "auto is text on a terminal, else json"};

}  // namespace troupe::config::knobs
