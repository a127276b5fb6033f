// The knobs of providers and models, which stand in lists; see config/knobs.hpp
// for the rules. No environment variable overrides them.

#pragma once

#include "config/knobs.hpp"

namespace troupe::config::knobs {

// -- providers ----------------------------------------------------------------

inline constexpr group providers{
    .path = "providers[]",
    .help = "Who answers; without any, made from the *_API_KEYS variables",
    .count_max = 1000};

inline constexpr knob<as::name> provider_name{
    .path = "providers[].name",
    .min = 1,
    .max = name_size_max,
    .help = "Its name in logs, metrics and key ids",
    .example = "anthropic",
    .presence = need::required};

// Required: a guess could send a key to somebody else's provider.
inline constexpr knob<as::choice<protocol>> provider_protocol{
    .path = "providers[].protocol",
    .help = "The dialect it speaks",
    .example = "anthropic",
    .presence = need::required};

inline constexpr knob<as::url> provider_base_url{
    .path = "providers[].base_url",
    .help = "As its own SDK has it; by default the protocol's own provider",
    .example = "https://api.anthropic.com"};

inline constexpr list_knob<as::key> provider_keys{
    .path = "providers[].keys",
    .min = 1,
    .max = secret_size_max,
    .count_min = 1,
    .count_max = 1000,
    .help = "Its keys; a variable may hold several, separated by commas",
    .example = "[\"${ANTHROPIC_API_KEYS}\"]"};

inline constexpr std::array provider_alert_levels{0.70, 0.85, 0.95};

inline constexpr list_knob<as::percent> provider_alerts{
    .path = "providers[].alerts",
    .fallback = provider_alert_levels,
    .min = 0.01,
    .max = 1,
    .count_max = 3,
    .help = "Use of any limit that warns, is critical, is critical again"};

// -- providers: limits of each key --------------------------------------------

inline constexpr group provider_limits{
    .path = "providers[].limits",
    .help = "What each key may spend; 0 = no such limit"};

inline constexpr knob<as::large_count> limits_rpm{.path =
                                                      "providers[].limits.rpm",
                                                  .max = limit_max,
                                                  .help = "Requests a minute"};

inline constexpr knob<as::large_count> limits_rph{.path =
                                                      "providers[].limits.rph",
                                                  .max = limit_max,
                                                  .help = "Requests an hour"};

inline constexpr knob<as::large_count> limits_rpd{.path =
                                                      "providers[].limits.rpd",
                                                  .max = limit_max,
                                                  .help = "Requests a day"};

inline constexpr knob<as::large_count> limits_tpm{.path =
                                                      "providers[].limits.tpm",
                                                  .max = limit_max,
                                                  .help = "Tokens a minute"};

inline constexpr knob<as::large_count> limits_concurrent{
    .path = "providers[].limits.concurrent",
    .max = limit_max,
    .help = "Requests in flight"};

// -- providers: breaker, retry, timeouts --------------------------------------

inline constexpr group provider_breaker{
    .path = "providers[].breaker",
    .help = "When a key that fails is left alone"};

inline constexpr knob<as::count> breaker_open_after{
    .path = "providers[].breaker.open_after",
    .fallback = 5,
    .min = 1,
    .max = 1'000'000,
    .help = "Faults in a row that open it"};

inline constexpr knob<as::duration> breaker_cooldown{
    .path = "providers[].breaker.cooldown",
    .fallback = 15s,
    .min = 10ms,
    .max = 24h,
    .help = "First pause before a probe"};

inline constexpr knob<as::duration> breaker_cooldown_max{
    .path = "providers[].breaker.cooldown_max",
    .fallback = 2min,
    .min = 10ms,
    .max = 24h,
    .help = "Longest pause after probes that failed"};

inline constexpr group provider_retry{.path = "providers[].retry",
                                      .help = "What a faulty attempt is worth"};

inline constexpr knob<as::count> retry_attempts{
    .path = "providers[].retry.attempts",
    .fallback = 8,
    .min = 1,
    .max = 100,
    .help = "Attempts a request has, the first included"};

inline constexpr knob<as::duration> retry_delay{
    .path = "providers[].retry.delay",
    .fallback = 1s,
    .min = 1ms,
    .max = 1h,
    .help = "Pause before the second attempt"};

inline constexpr knob<as::number> retry_factor{
    .path = "providers[].retry.factor",
    .fallback = 2,
    .min = 1,
    .max = 10,
    .help = "How much longer each next pause is"};

inline constexpr knob<as::percent> retry_jitter{
    .path = "providers[].retry.jitter",
    .fallback = 0.30,
    .min = 0,
    .max = 1,
    .help = "How far chance shortens or lengthens a pause"};

inline constexpr knob<as::duration> retry_delay_max{
    .path = "providers[].retry.delay_max",
    .fallback = 5min,
    .min = 1ms,
    .max = 24h,
    .help = "Longest pause"};

inline constexpr group provider_timeouts{
    .path = "providers[].timeouts", .help = "How long one attempt may take"};

inline constexpr knob<as::duration> timeouts_connect{
    .path = "providers[].timeouts.connect",
    .fallback = 5s,
    .min = 10ms,
    .max = 24h,
    .help = "To a connection, TLS included"};

inline constexpr knob<as::duration> timeouts_first_byte{
    .path = "providers[].timeouts.first_byte",
    .fallback = 60s,
    .min = 10ms,
    .max = 24h,
    .help = "From the request sent to the answer's first byte"};

inline constexpr knob<as::duration> timeouts_stall{
    .path = "providers[].timeouts.stall",
    .fallback = 30s,
    .min = 10ms,
    .max = 24h,
    .help = "Between two pieces of the answer"};

inline constexpr knob<as::duration> timeouts_total{
    .path = "providers[].timeouts.total",
    .fallback = 10min,
    .min = 10ms,
    .max = 24h,
    .help = "To the answer's last byte"};

// -- providers: calls that wait, clients that leave ---------------------------

inline constexpr group provider_waiting{
    .path = "providers[].waiting",
    .help = "The line of calls that no key can serve at once"};

inline constexpr knob<as::count> waiting_calls{
    .path = "providers[].waiting.calls",
    .fallback = 1000,
    .min = 0,
    .max = 1'000'000,
    .help = "Most calls in line; more get a 429, 0 = nobody waits"};

inline constexpr knob<as::duration> waiting_time{
    .path = "providers[].waiting.time",
    .fallback = 60s,
    .min = 10ms,
    .max = 24h,
    .help = "Longest wait; a call that would wait longer gets a 429 at once"};

inline constexpr group provider_disconnect{
    .path = "providers[].disconnect",
    .help = "What follows when a client leaves before its answer is over"};

inline constexpr knob<as::choice<departure>> disconnect_upstream{
    .path = "providers[].disconnect.upstream",
    .fallback = departure::drain,
    .help = "Read on to the usage record, or cut the attempt"};

inline constexpr knob<as::duration> disconnect_time{
    .path = "providers[].disconnect.time",
    .fallback = 30s,
    .min = 10ms,
    .max = 24h,
    .help = "Longest draining; then the attempt is cut"};

// -- models -------------------------------------------------------------------

inline constexpr group models{
    .path = "models[]",
    .help = "What clients may ask for beside the providers' own names",
    .count_max = 10'000};

inline constexpr knob<as::visible> model_name{.path = "models[].name",
                                              .min = 1,
                                              .max = model_size_max,
                                              .help = "The name clients use",
                                              .example = "fast",
                                              .presence = need::required};

inline constexpr knob<as::choice<strategy>> model_strategy{
    .path = "models[].strategy",
    .fallback = strategy::priority,
    .help = "How a target is picked"};

inline constexpr group model_targets{.path = "models[].targets[]",
                                     .help = "What stands behind the name",
                                     .count_min = 1,
                                     .count_max = 100};

inline constexpr knob<as::name> target_provider{
    .path = "models[].targets[].provider",
    .min = 1,
    .max = name_size_max,
    .help = "A provider's name",
    .example = "anthropic",
    .presence = need::required};

inline constexpr knob<as::visible> target_model{
    .path = "models[].targets[].model",
    .min = 1,
    .max = model_size_max,
    .help = "The name that provider knows",
    .example = "claude-haiku-4-5",
    .presence = need::required};

inline constexpr knob<as::count> target_weight{
    .path = "models[].targets[].weight",
    .fallback = 1,
    .min = 1,
    .max = 1'000'000,
    .help = "Its share where the strategy is weighted"};

inline constexpr knob<as::count> target_priority{
    .path = "models[].targets[].priority",
    .fallback = 1,
    .min = 1,
    .max = 1'000'000,
    .help = "Its rank where the strategy is priority; 1 is asked first"};

inline constexpr knob<as::large_count> target_context{
    .path = "models[].targets[].context",
    .max = limit_max,
    .help = "Tokens its window holds; 0 = not known"};

inline constexpr double price_max = 1'000'000;  // a dollar a token

inline constexpr group target_price{
    .path = "models[].targets[].price",
    .help = "USD per million tokens of this target, for the strategy cost"};

inline constexpr knob<as::number> target_price_input{
    .path = "models[].targets[].price.input",
    .max = price_max,
    .help = "Of the question"};

inline constexpr knob<as::number> target_price_cache_read{
    .path = "models[].targets[].price.cache_read",
    .max = price_max,
    .help = "Read from the provider's cache"};

inline constexpr knob<as::number> target_price_cache_write{
    .path = "models[].targets[].price.cache_write",
    .max = price_max,
    .help = "Written to the provider's cache"};

inline constexpr knob<as::number> target_price_output{
    .path = "models[].targets[].price.output",
    .max = price_max,
    .help = "Of the answer"};

inline constexpr group model_price{.path = "models[].price",
                                   .help = "USD per million tokens"};

inline constexpr knob<as::number> price_input{.path = "models[].price.input",
                                              .max = price_max,
                                              .help = "Of the question"};

inline constexpr knob<as::number> price_cache_read{
    .path = "models[].price.cache_read",
    .max = price_max,
    .help = "Read from the provider's cache"};

inline constexpr knob<as::number> price_cache_write{
    .path = "models[].price.cache_write",
    .max = price_max,
    .help = "Written to the provider's cache"};

inline constexpr knob<as::number> price_output{
    .path = "models[].price.output", .max = price_max, .help = "Of the answer"};

inline constexpr group model_hedge{
    .path = "models[].hedge",
    .help =
        "A second attempt beside a slow one, for answers that are no stream"};

inline constexpr knob<as::duration> hedge_after{
    .path = "models[].hedge.after",
    .fallback = 2s,
    .min = 1ms,
    .max = 1h,
    .help = "How slow: without an answer for this long"};

inline constexpr knob<as::percent> hedge_budget{
    .path = "models[].hedge.budget",
    .fallback = 0.05,
    .min = 0,
    .max = 1,
    .help = "Most second attempts, as a part of the model's calls"};

inline constexpr knob<as::choice<toggle>> model_semantic_cache{
    .path = "models[].semantic_cache",
    .help = "on: answers to near-identical questions are given unasked"};

// -- routing ------------------------------------------------------------------

inline constexpr group routing{.path = "routing",
                               .help = "What all models have in common"};

inline constexpr knob<as::percent> routing_retry_budget{
    .path = "routing.retry_budget",
    .fallback = 0.20,
    .min = 0,
    .max = 10,
    .help = "Retries at the same target, as a part of the calls of 10 s"};

}  // namespace troupe::config::knobs
