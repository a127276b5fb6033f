// The knobs of the caches; see config/knobs.hpp for the rules.

#pragma once

#include "config/knobs.hpp"

namespace troupe::config::knobs {

// -- cache --------------------------------------------------------------------

inline constexpr group cache{.path = "cache",
                             .help = "Answers, vectors and what applications "
                                     "keep"};

inline constexpr knob<as::large_count> cache_max_entries{
    .path = "cache.max_entries",
    .fallback = 10'000,
    .min = 1,
    .max = limit_max,
    .help = "Entries kept; the least useful goes for a new one",
    .variable = "MAX_CACHE_SIZE"};

// 1 MiB: the largest entry there is.
inline constexpr knob<as::size> cache_max_bytes{
    .path = "cache.max_bytes",
    .fallback = 256ull << 20,
    .min = 1 << 20,
    .max = 1ll << 40,
    .help = "Memory of the entries, names and upkeep counted in"};

inline constexpr knob<as::duration> cache_ttl{
    .path = "cache.ttl",
    .fallback = 1h,
    .min = 1s,
    .max = 24h * 365,
    .help = "How long an answer is given again, unless its client says so",
    .variable = "CACHE_TTL",
    .variable_unit = "s"};

inline constexpr knob<as::duration> cache_embeddings_ttl{
    .path = "cache.embeddings_ttl",
    .fallback = 24h,
    .min = 0s,
    .max = 24h * 365,
    .help = "How long a vector is given again; 0s = never"};

inline constexpr knob<as::visible> cache_version{
    .path = "cache.version",
    .fallback = "1",
    .min = 1,
    .max = name_size_max,
    .help = "Another value makes every older answer and vector a miss",
    .variable = "API_VERSION"};

inline constexpr knob<as::count> cache_shards{
    .path = "cache.shards",
    .fallback = 64,
    .min = 1,
    .max = 1024,
    .help = "Parts that work side by side; each holds its part of the bounds"};

inline constexpr knob<as::choice<cache_policy>> cache_completions{
    .path = "cache.completions",
    .fallback = cache_policy::deterministic,
    .help = "Which answers of models are kept: deterministic is at temperature "
            "0, or if the client's x-troupe-cache says so"};

inline constexpr knob<as::large_count> cache_tenant_max_entries{
    .path = "cache.tenant_max_entries",
    .max = limit_max,
    .help = "Entries one tenant may hold; 0 = no bound of its own"};

inline constexpr knob<as::size> cache_tenant_max_bytes{
    .path = "cache.tenant_max_bytes",
    .max = 1ll << 40,
    .help = "Memory one tenant may hold; 0B = no bound of its own"};

inline constexpr knob<as::path> cache_warm{
    .path = "cache.warm",
    .min = 0,
    .max = path_size_max,
    .help = "File of entries to begin with, a line of JSON each",
    .example = "warm.jsonl"};

// -- semantic_cache -----------------------------------------------------------

inline constexpr group semantic_cache{
    .path = "semantic_cache",
    .help = "Answers to questions that mean nearly the same"};

inline constexpr knob<as::choice<semantic_policy>> semantic_completions{
    .path = "semantic_cache.completions",
    .fallback = semantic_policy::opt_in,
    .help = "opt-in: if the client's x-troupe-cache says semantic, or the "
            "model has it on"};

inline constexpr knob<as::number> semantic_threshold{
    .path = "semantic_cache.threshold",
    .fallback = 0.92,
    .min = 0.5,
    .max = 1,
    .help = "How near two questions must be; 1 = the same",
    .variable = "SEMANTIC_CACHE_THRESHOLD"};

inline constexpr knob<as::large_count> semantic_max_entries{
    .path = "semantic_cache.max_entries",
    .fallback = 5'000,
    .min = 1,
    .max = 10'000'000,
    .help = "Questions remembered",
    .variable = "SEMANTIC_CACHE_MAX_ENTRIES"};

inline constexpr knob<as::duration> semantic_ttl{
    .path = "semantic_cache.ttl",
    .fallback = 24h,
    .min = 1s,
    .max = 24h * 365,
    .help = "How long an answer is given to others",
    .variable = "SEMANTIC_CACHE_TTL",
    .variable_unit = "s"};

inline constexpr group embedder{.path = "semantic_cache.embedder",
                                .help = "What finds out how near"};

inline constexpr knob<as::choice<embedder_kind>> embedder_kind{
    .path = "semantic_cache.embedder.kind",
    .fallback = config::embedder_kind::lexical,
    .help = "lexical is built in; openai asks a server's /v1/embeddings"};

inline constexpr knob<as::url> embedder_base_url{
    .path = "semantic_cache.embedder.base_url",
    .help = "Of kind openai: where it is, as an SDK has it",
    .example = "http://127.0.0.1:9000/v1"};

inline constexpr knob<as::visible> embedder_model{
    .path = "semantic_cache.embedder.model",
    .min = 0,
    .max = model_size_max,
    .help = "Of kind openai: its model",
    .example = "all-minilm-l6-v2"};

inline constexpr knob<as::secret> embedder_key{
    .path = "semantic_cache.embedder.key",
    .min = 1,
    .max = secret_size_max,
    .help = "Of kind openai: its key, if it wants one",
    .example = "${EMBEDDER_KEY}"};

}  // namespace troupe::config::knobs
