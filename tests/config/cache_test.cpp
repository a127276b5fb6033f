// The sections of the caches: their variables, their bounds and what must go
// together.

#include "tests/config/loading.hpp"

namespace troupe::config {
namespace {

using lines = std::vector<std::string>;
using namespace std::chrono_literals;

TEST(cache_settings, are_read_as_the_contract_has_them) {
  const auto s = settings_of(
      "cache:\n"
      "  max_entries: 500\n"
      "  max_bytes: 8MiB\n"
      "  ttl: 10m\n"
      "  version: v7\n"
      "  shards: 8\n"
      "  completions: always\n"
      "  embeddings_ttl: 0s\n"
      "  tenant_max_entries: 100\n"
      "  tenant_max_bytes: 1MiB\n"
      "  warm: w.jsonl\n"
      "semantic_cache:\n"
      "  completions: never\n"
      "  threshold: 0.8\n"
      "  max_entries: 7\n"
      "  ttl: 1h\n"
      "  embedder: {kind: openai, base_url: 'http://127.0.0.1:9/v1', model: m, "
      "key: k}\n");
  const cache_settings cache{.max_entries = 500,
                             .max_bytes = 8 << 20,
                             .ttl = 10min,
                             .embeddings_ttl = 0s,
                             .version = "v7",
                             .shards = 8,
                             .completions = cache_policy::always,
                             .tenant_max_entries = 100,
                             .tenant_max_bytes = 1 << 20,
                             .warm = "w.jsonl"};
  EXPECT_EQ(s.cache, cache);
  EXPECT_EQ(s.semantic_cache.completions, semantic_policy::never);
  EXPECT_EQ(s.semantic_cache.threshold, 0.8);
  EXPECT_EQ(s.semantic_cache.max_entries, 7u);
  EXPECT_EQ(s.semantic_cache.ttl, 1h);
  EXPECT_EQ(s.semantic_cache.embedder.kind, embedder_kind::openai);
  EXPECT_EQ(s.semantic_cache.embedder.base_url.at.port, 9);
  EXPECT_EQ(s.semantic_cache.embedder.model, "m");
  EXPECT_EQ(s.semantic_cache.embedder.key, "k");
}

TEST(cache_settings, have_variables_of_the_field) {
  const auto s =
      settings_of("cache: {ttl: 5m}\n", {{"MAX_CACHE_SIZE", "1234"},
                                         {"CACHE_TTL", "90"},
                                         {"API_VERSION", "2026-11"},
                                         {"SEMANTIC_CACHE_THRESHOLD", "0.85"},
                                         {"SEMANTIC_CACHE_MAX_ENTRIES", "99"},
                                         {"SEMANTIC_CACHE_TTL", "2h"}});
  EXPECT_EQ(s.cache.max_entries, 1234u);
  EXPECT_EQ(s.cache.ttl, 90s);
  EXPECT_EQ(s.cache.version, "2026-11");
  EXPECT_EQ(s.semantic_cache.threshold, 0.85);
  EXPECT_EQ(s.semantic_cache.max_entries, 99u);
  EXPECT_EQ(s.semantic_cache.ttl, 2h);
}

TEST(cache_settings, follow_the_variable_of_the_path_before_that_of_the_field) {
  const auto s =
      settings_of("", {{"CACHE_TTL", "90"}, {"TROUPE_CACHE_TTL", "30s"}});
  EXPECT_EQ(s.cache.ttl, 30s);
}

TEST(cache_settings, name_the_variable_that_is_at_fault) {
  EXPECT_EQ(faults_of("", {{"CACHE_TTL", "soon"}}),
            lines{"CACHE_TTL: cache.ttl: must be a duration such as 250ms, "
                  "15s, 5m, 24h or 7d"});
  EXPECT_EQ(faults_of("", {{"MAX_CACHE_SIZE", "0"}}),
            lines{"MAX_CACHE_SIZE: cache.max_entries: must lie between 1 and "
                  "1000000000"});
  // A number without a unit is seconds in the variable only.
  EXPECT_EQ(faults_of("", {{"TROUPE_CACHE_TTL", "90"}}),
            lines{"TROUPE_CACHE_TTL: cache.ttl: must be a duration such as "
                  "250ms, 15s, 5m, 24h or 7d"});
}

TEST(cache_settings, leave_room_for_every_shard_and_tenant) {
  EXPECT_EQ(faults_of("cache: {max_entries: 63}\n"),
            lines{"f.yaml:1: cache.max_entries: must be at least cache.shards "
                  "(64): one each"});
  EXPECT_EQ(faults_of("cache: {shards: 65, max_bytes: 1MiB}\n"),
            lines{"f.yaml:1: cache.max_bytes: must be at least 16KiB for each "
                  "of cache.shards (65)"});
  EXPECT_EQ(faults_of("cache: {shards: 2, tenant_max_entries: 1}\n"),
            lines{"f.yaml:1: cache.tenant_max_entries: must be 0, or at least "
                  "cache.shards (2): one each"});
  EXPECT_EQ(faults_of("cache: {shards: 2, tenant_max_bytes: 31KiB}\n"),
            lines{"f.yaml:1: cache.tenant_max_bytes: must be 0B, or at least "
                  "16KiB for each of cache.shards (2)"});
  settings_of("cache: {shards: 64, max_entries: 64, max_bytes: 1MiB}\n");
}

TEST(embedder_settings, say_where_the_model_is_exactly_if_there_is_one) {
  EXPECT_EQ(
      faults_of("semantic_cache: {embedder: {kind: openai}}\n"),
      (lines{"f.yaml:1: semantic_cache.embedder.base_url: is missing: kind "
             "openai asks there",
             "f.yaml:1: semantic_cache.embedder.model: is missing: kind openai "
             "asks for it"}));
  EXPECT_EQ(faults_of("semantic_cache: {embedder: {model: m}}\n"),
            lines{"f.yaml:1: semantic_cache.embedder.model: is of kind openai "
                  "only; kind is lexical"});
}

}  // namespace
}  // namespace troupe::config
