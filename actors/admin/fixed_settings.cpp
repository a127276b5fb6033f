#include "actors/admin/fixed_settings.hpp"

#include <algorithm>
#include <array>

namespace troupe {

namespace {

using namespace config;

struct row {
  std::string_view path;
  bool (*same)(const settings& a, const settings& b);
};

template <auto Section, auto Field>
bool same(const settings& a, const settings& b) {
  return a.*Section.*Field == b.*Section.*Field;
}

// Which queues there are, and who does their jobs: each has an actor, a place
// on the disk and perhaps workers from the start.
bool same_queues(const settings& a, const settings& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x->name == y->name && x->handler == y->handler;
  };
  return std::ranges::is_permutation(a.queues, b.queues, same);
}

template <auto Field>
constexpr auto same_in_http = same<&settings::http, Field>;

constexpr std::array rows{
    row{"node.name", same<&settings::node, &node_settings::name>},
    row{"node.data_dir", same<&settings::node, &node_settings::data_dir>},
    row{"node.threads", same<&settings::node, &node_settings::threads>},
    row{"http.listen", same_in_http<&http_settings::listen>},
    row{"http.max_body", same_in_http<&http_settings::max_body>},
    row{"http.max_connections", same_in_http<&http_settings::max_connections>},
    row{"http.header_timeout", same_in_http<&http_settings::header_timeout>},
    row{"http.idle_timeout", same_in_http<&http_settings::idle_timeout>},
    row{"http.shutdown_grace", same_in_http<&http_settings::shutdown_grace>},
    row{"http.tls", same_in_http<&http_settings::tls>},
    row{"cache.shards", same<&settings::cache, &cache_settings::shards>},
    row{"cache.warm", same<&settings::cache, &cache_settings::warm>},
    row{"semantic_cache.embedder",
        same<&settings::semantic_cache, &semantic_cache_settings::embedder>},
    row{"queues", same_queues},
    row{"monitoring.health_interval",
        same<&settings::monitoring, &monitoring_settings::health_interval>},
    row{"log.level", same<&settings::log, &log_settings::level>},
    row{"log.format", same<&settings::log, &log_settings::format>},
};

// Those that are there, each with what it can take over from its namesake.
auto queues_without_restart(const settings& now, const settings& next) {
  auto queues = now.queues;
  for (auto& q : queues) {
    const auto found =
        std::ranges::find(next.queues, q->name, &queue_settings::name);
    if (found != next.queues.end() && (*found)->handler == q->handler
        && **found != *q)
      q = *found;
  }
  return queues;
}

}  // namespace

std::vector<std::string_view> needing_restart(const settings& now,
                                              const settings& next) {
  std::vector<std::string_view> paths;
  for (const auto& r : rows)
    if (!r.same(now, next))
      paths.push_back(r.path);
  return paths;
}

settings without_restart(const settings& now, settings next) {
  next.node = now.node;
  next.http = now.http;
  next.monitoring = now.monitoring;
  next.log = now.log;
  next.cache.shards = now.cache.shards;
  next.cache.warm = now.cache.warm;
  next.semantic_cache.embedder = now.semantic_cache.embedder;
  next.queues = queues_without_restart(now, next);
  return next;
}

}  // namespace troupe
