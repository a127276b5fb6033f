// Which knob fills which field: the rows that join knobs and settings.
//
// Each section's struct has one `describe(visitor, struct)`. A visitor is
// called with (knob, field) for a value and (list_knob, field) for a list of
// values or (map_knob, field) for a map of them; its members `section`,
// `optional` and `list` get (group, field), `map` gets (map_group, prototype of
// an element, field), and they call `describe` again for what is inside.
// Reading a file, printing the example and the table, and comparing defaults
// are visitors; none knows a knob by name.

#pragma once

#include "config/cache_knobs.hpp"
#include "config/provider_knobs.hpp"
#include "config/queue_sections.hpp"
#include "config/settings.hpp"

namespace troupe::config {

template <class Visitor>
void describe(Visitor& v, node_settings& s) {
  v(knobs::node_name, s.name);
  v(knobs::node_data_dir, s.data_dir);
  v(knobs::node_threads, s.threads);
}

template <class Visitor>
void describe(Visitor& v, tls_settings& s) {
  v(knobs::http_tls_certificate, s.certificate);
  v(knobs::http_tls_key, s.key);
}

template <class Visitor>
void describe(Visitor& v, http_settings& s) {
  v(knobs::http_listen, s.listen);
  v(knobs::http_max_body, s.max_body);
  v(knobs::http_max_connections, s.max_connections);
  v(knobs::http_header_timeout, s.header_timeout);
  v(knobs::http_idle_timeout, s.idle_timeout);
  v(knobs::http_shutdown_grace, s.shutdown_grace);
  v.optional(knobs::http_tls, s.tls);
}

template <class Visitor>
void describe(Visitor& v, client_settings& s) {
  v(knobs::client_name, s.name);
  v(knobs::client_key_sha256, s.key_sha256);
  v(knobs::client_tenant, s.tenant);
}

template <class Visitor>
void describe(Visitor& v, auth_settings& s) {
  v(knobs::auth_mode, s.mode);
  v(knobs::auth_admin_token, s.admin_token);
  v.list(knobs::auth_clients, s.clients);
}

template <class Visitor>
void describe(Visitor& v, key_limits& s) {
  v(knobs::limits_rpm, s.rpm);
  v(knobs::limits_rph, s.rph);
  v(knobs::limits_rpd, s.rpd);
  v(knobs::limits_tpm, s.tpm);
  v(knobs::limits_concurrent, s.concurrent);
}

template <class Visitor>
void describe(Visitor& v, breaker_settings& s) {
  v(knobs::breaker_open_after, s.open_after);
  v(knobs::breaker_cooldown, s.cooldown);
  v(knobs::breaker_cooldown_max, s.cooldown_max);
}

template <class Visitor>
void describe(Visitor& v, retry_settings& s) {
  v(knobs::retry_attempts, s.attempts);
  v(knobs::retry_delay, s.delay);
  v(knobs::retry_factor, s.factor);
  v(knobs::retry_jitter, s.jitter);
  v(knobs::retry_delay_max, s.delay_max);
}

template <class Visitor>
void describe(Visitor& v, timeout_settings& s) {
  v(knobs::timeouts_connect, s.connect);
  v(knobs::timeouts_first_byte, s.first_byte);
  v(knobs::timeouts_stall, s.stall);
  v(knobs::timeouts_total, s.total);
}

template <class Visitor>
void describe(Visitor& v, waiting_settings& s) {
  v(knobs::waiting_calls, s.calls);
  v(knobs::waiting_time, s.time);
}

template <class Visitor>
void describe(Visitor& v, disconnect_settings& s) {
  v(knobs::disconnect_upstream, s.upstream);
  v(knobs::disconnect_time, s.time);
}

template <class Visitor>
void describe(Visitor& v, provider_settings& s) {
  v(knobs::provider_name, s.name);
  v(knobs::provider_protocol, s.protocol);
  v(knobs::provider_base_url, s.base_url);
  v(knobs::provider_keys, s.keys);
  v.section(knobs::provider_limits, s.limits);
  v(knobs::provider_alerts, s.alerts);
  v.section(knobs::provider_breaker, s.breaker);
  v.section(knobs::provider_retry, s.retry);
  v.section(knobs::provider_timeouts, s.timeouts);
  v.section(knobs::provider_waiting, s.waiting);
  v.section(knobs::provider_disconnect, s.disconnect);
}

template <class Visitor>
void describe(Visitor& v, price_settings& s) {
  v(knobs::price_input, s.input);
  v(knobs::price_cache_read, s.cache_read);
  v(knobs::price_cache_write, s.cache_write);
  v(knobs::price_output, s.output);
}

template <class Visitor>
void describe(Visitor& v, target_price_settings& s) {
  v(knobs::target_price_input, s.input);
  v(knobs::target_price_cache_read, s.cache_read);
  v(knobs::target_price_cache_write, s.cache_write);
  v(knobs::target_price_output, s.output);
}

template <class Visitor>
void describe(Visitor& v, target_settings& s) {
  v(knobs::target_provider, s.provider);
  v(knobs::target_model, s.model);
  v(knobs::target_weight, s.weight);
  v(knobs::target_priority, s.priority);
  v(knobs::target_context, s.context);
  v.optional(knobs::target_price, s.price);
}

template <class Visitor>
void describe(Visitor& v, hedge_settings& s) {
  v(knobs::hedge_after, s.after);
  v(knobs::hedge_budget, s.budget);
}

template <class Visitor>
void describe(Visitor& v, model_settings& s) {
  v(knobs::model_name, s.name);
  v(knobs::model_strategy, s.strategy);
  v.list(knobs::model_targets, s.targets);
  v.optional(knobs::model_price, s.price);
  v.optional(knobs::model_hedge, s.hedge);
  v(knobs::model_semantic_cache, s.semantic_cache);
}

template <class Visitor>
void describe(Visitor& v, routing_settings& s) {
  v(knobs::routing_retry_budget, s.retry_budget);
}

template <class Visitor>
void describe(Visitor& v, cache_settings& s) {
  v(knobs::cache_max_entries, s.max_entries);
  v(knobs::cache_max_bytes, s.max_bytes);
  v(knobs::cache_ttl, s.ttl);
  v(knobs::cache_embeddings_ttl, s.embeddings_ttl);
  v(knobs::cache_version, s.version);
  v(knobs::cache_shards, s.shards);
  v(knobs::cache_completions, s.completions);
  v(knobs::cache_tenant_max_entries, s.tenant_max_entries);
  v(knobs::cache_tenant_max_bytes, s.tenant_max_bytes);
  v(knobs::cache_warm, s.warm);
}

template <class Visitor>
void describe(Visitor& v, embedder_settings& s) {
  v(knobs::embedder_kind, s.kind);
  v(knobs::embedder_base_url, s.base_url);
  v(knobs::embedder_model, s.model);
  v(knobs::embedder_key, s.key);
}

template <class Visitor>
void describe(Visitor& v, semantic_cache_settings& s) {
  v(knobs::semantic_completions, s.completions);
  v(knobs::semantic_threshold, s.threshold);
  v(knobs::semantic_max_entries, s.max_entries);
  v(knobs::semantic_ttl, s.ttl);
  v.section(knobs::embedder, s.embedder);
}

template <class Visitor>
void describe(Visitor& v, monitoring_settings& s) {
  v(knobs::monitoring_health_interval, s.health_interval);
}

template <class Visitor>
void describe(Visitor& v, log_settings& s) {
  v(knobs::log_level, s.level);
  v(knobs::log_format, s.format);
}

template <class Visitor>
void describe(Visitor& v, settings& s) {
  v.section(knobs::node, s.node);
  v.section(knobs::http, s.http);
  v.section(knobs::auth, s.auth);
  v.list(knobs::providers, s.providers);
  v.list(knobs::models, s.models);
  v.section(knobs::routing, s.routing);
  v.section(knobs::cache, s.cache);
  v.section(knobs::semantic_cache, s.semantic_cache);
  queue_defaults defaults;
  v.section(knobs::queue_defaults, defaults);
  v.map(knobs::queues, defaults.values, s.queues);
  v.section(knobs::workers, s.workers);
  v.section(knobs::monitoring, s.monitoring);
  v.section(knobs::log, s.log);
}

}  // namespace troupe::config
