// The knobs of queues and of the workers that carry their jobs out; see
// config/knobs.hpp for the rules.
//
// What stands in `queue_defaults` may stand in each queue too, under the same
// name, and is declared once. No environment variable overrides what stands in
// a queue.

#pragma once

#include "config/knobs.hpp"

namespace troupe::config::knobs {

// -- queue_defaults -----------------------------------------------------------

inline constexpr group queue_defaults{
    .path = "queue_defaults",
    .help = "What holds for every queue that does not say otherwise"};

inline constexpr knob<as::count> queue_concurrency{
    .path = "queue_defaults.concurrency",
    .fallback = 10,
    .min = 1,
    .max = 1'000'000,
    .help = "Jobs of the queue in work at once"};

inline constexpr knob<as::count> queue_group_concurrency{
    .path = "queue_defaults.group_concurrency",
    .max = 1'000'000,
    .help = "Jobs of one group in work at once; 0 = no bound of its own"};

// 100: also the most that a client may ask for.
inline constexpr knob<as::count> queue_attempts{
    .path = "queue_defaults.attempts",
    .fallback = 3,
    .min = 1,
    .max = 100,
    .help = "Attempts a job has, the first included; then it is dead"};

inline constexpr knob<as::duration> queue_timeout{
    .path = "queue_defaults.timeout",
    .fallback = 5min,
    .min = 0ms,
    .max = 24h * 7,
    .help = "How long one attempt may take; 0s = as long as it likes"};

inline constexpr knob<as::duration> queue_lease{
    .path = "queue_defaults.lease",
    .fallback = 30s,
    .min = 1s,
    .max = 24h,
    .help = "How long a job is lent to a worker that sends no heartbeat"};

inline constexpr knob<as::duration> queue_heartbeat{
    .path = "queue_defaults.heartbeat",
    .fallback = 9s,
    .min = 1s,
    .max = 24h,
    .help = "How long a heartbeat is good; then the job is given to another"};

inline constexpr knob<as::duration> queue_aging{
    .path = "queue_defaults.aging",
    .fallback = 1min,
    .min = 1ms,
    .max = 24h,
    .help = "A job that has waited so long goes before later ones of the next "
            "higher priority"};

inline constexpr knob<as::large_count> queue_max_waiting{
    .path = "queue_defaults.max_waiting",
    .fallback = 1'000'000,
    .min = 1,
    .max = limit_max,
    .help =
        "Jobs that wait, for their time or for children too; more get a 429"};

inline constexpr map_knob<as::visible, as::count> queue_weights{
    .path = "queue_defaults.weights",
    .name_min = 1,
    .name_max = 128,
    .min = 1,
    .max = 1000,
    .count_max = 10'000,
    .help = "Shares of groups that do not have the weight 1",
    .example = "{acme: 3}"};

// -- queue_defaults: backoff and rates ----------------------------------------

inline constexpr group queue_backoff{.path = "queue_defaults.backoff",
                                     .help = "The pause between two attempts"};

inline constexpr knob<as::choice<pause_kind>> backoff_kind{
    .path = "queue_defaults.backoff.kind",
    .fallback = pause_kind::exponential,
    .help = "exponential doubles delay each time, custom goes through delays"};

inline constexpr knob<as::duration> backoff_delay{
    .path = "queue_defaults.backoff.delay",
    .fallback = 5s,
    .min = 0ms,
    .max = 24h * 30,
    .help = "Pause before the second attempt"};

inline constexpr knob<as::duration> backoff_delay_max{
    .path = "queue_defaults.backoff.delay_max",
    .fallback = 1h,
    .min = 1ms,
    .max = 24h * 30,
    .help = "Longest pause"};

inline constexpr knob<as::percent> backoff_jitter{
    .path = "queue_defaults.backoff.jitter",
    .fallback = 0.30,
    .min = 0,
    .max = 1,
    .help = "How far chance shortens or lengthens a pause"};

inline constexpr list_knob<as::duration> backoff_delays{
    .path = "queue_defaults.backoff.delays",
    .min = 0ms,
    .max = 24h * 30,
    .count_max = 20,
    .help = "Of kind custom: pause after pause; the last one repeats",
    .example = "[1s, 30s, 10m]"};

inline constexpr group queue_rate{
    .path = "queue_defaults.rate",
    .help = "How many jobs of the queue may begin in any stretch of time"};

inline constexpr knob<as::large_count> rate_max{
    .path = "queue_defaults.rate.max",
    .fallback = 50,
    .max = 1'000'000,
    .help = "So many; 0 = no such limit"};

inline constexpr knob<as::duration> rate_per{.path = "queue_defaults.rate.per",
                                             .fallback = 1s,
                                             .min = 1ms,
                                             .max = 24h,
                                             .help = "In so long"};

inline constexpr group queue_group_rate{.path = "queue_defaults.group_rate",
                                        .help = "The same of one group"};

inline constexpr knob<as::large_count> group_rate_max{
    .path = "queue_defaults.group_rate.max",
    .max = 1'000'000,
    .help = "So many; 0 = no such limit"};

inline constexpr knob<as::duration> group_rate_per{
    .path = "queue_defaults.group_rate.per",
    .fallback = 1s,
    .min = 1ms,
    .max = 24h,
    .help = "In so long"};

// -- queue_defaults: what is kept ---------------------------------------------

inline constexpr std::chrono::milliseconds age_max = 24h * 3650;

inline constexpr group keep_completed{
    .path = "queue_defaults.keep_completed",
    .help = "Completed jobs that can still be looked at"};

inline constexpr knob<as::large_count> keep_completed_count{
    .path = "queue_defaults.keep_completed.count",
    .fallback = 1'000,
    .max = limit_max,
    .help = "The newest so many"};

inline constexpr knob<as::duration> keep_completed_age{
    .path = "queue_defaults.keep_completed.age",
    .fallback = 24h,
    .min = 0ms,
    .max = age_max,
    .help = "For so long"};

inline constexpr group keep_failed{
    .path = "queue_defaults.keep_failed",
    .help = "Jobs that a worker refused or somebody cancelled, likewise"};

inline constexpr knob<as::large_count> keep_failed_count{
    .path = "queue_defaults.keep_failed.count",
    .fallback = 5'000,
    .max = limit_max,
    .help = "The newest so many"};

inline constexpr knob<as::duration> keep_failed_age{
    .path = "queue_defaults.keep_failed.age",
    .fallback = 24h * 7,
    .min = 0ms,
    .max = age_max,
    .help = "For so long"};

inline constexpr group keep_dead{
    .path = "queue_defaults.keep_dead",
    .help = "Dead letters, which wait to be redriven or purged"};

inline constexpr knob<as::large_count> keep_dead_count{
    .path = "queue_defaults.keep_dead.count",
    .fallback = 100'000,
    .max = limit_max,
    .help = "The newest so many"};

inline constexpr knob<as::duration> keep_dead_age{
    .path = "queue_defaults.keep_dead.age",
    .fallback = 24h * 30,
    .min = 0ms,
    .max = age_max,
    .help = "For so long"};

// -- queues -------------------------------------------------------------------

inline constexpr map_group<as::queue_name> queues{
    .path = "queues{}",
    .help = "Beside ai-response, email, analytics and translation-review, "
            "which are always there; whatever stands in queue_defaults may "
            "stand in a queue too",
    .name_min = 1,
    .name_max = name_size_max,
    .count_max = 1000,
    .example = "orders"};

inline constexpr knob<as::choice<queue_handler>> queue_handler{
    .path = "queues{}.handler",
    .fallback = config::queue_handler::external,
    .help = "Who does its jobs: workers outside, a model, a URL"};

inline constexpr knob<as::priority> queue_priority{
    .path = "queues{}.priority",
    .fallback = 5,
    .help = "Of jobs that do not say; the larger goes first"};

inline constexpr knob<as::link> queue_url{
    .path = "queues{}.url",
    .help = "Of handler webhook: where each job is sent",
    .example = "http://127.0.0.1:9000/hook"};

inline constexpr knob<as::secret> queue_secret{
    .path = "queues{}.secret",
    .min = 1,
    .max = secret_size_max,
    .help = "Of handler webhook: signs what is sent; without it nothing is "
            "signed",
    .example = "${WEBHOOK_SECRET}"};

// -- workers ------------------------------------------------------------------

inline constexpr std::uint32_t workers_count_max = 10'000;

inline constexpr group workers{
    .path = "workers",
    .help = "Those of each queue whose handler is completion or webhook"};

inline constexpr knob<as::count> workers_count{.path = "workers.count",
                                               .fallback = 5,
                                               .min = 0,
                                               .max = workers_count_max,
                                               .help = "At the start"};

inline constexpr knob<as::count> workers_min{.path = "workers.min",
                                             .fallback = 5,
                                             .min = 0,
                                             .max = workers_count_max,
                                             .help = "At least"};

inline constexpr knob<as::count> workers_max{.path = "workers.max",
                                             .fallback = 10,
                                             .min = 1,
                                             .max = workers_count_max,
                                             .help = "At most"};

inline constexpr knob<as::large_count> workers_scale_up_above{
    .path = "workers.scale_up_above",
    .fallback = 100,
    .min = 1,
    .max = limit_max,
    .help = "More of them while more jobs than this wait"};

inline constexpr knob<as::large_count> workers_scale_down_below{
    .path = "workers.scale_down_below",
    .fallback = 20,
    .max = limit_max,
    .help = "Fewer of them while fewer jobs than this wait"};

inline constexpr knob<as::duration> workers_scale_up_age{
    .path = "workers.scale_up_age",
    .fallback = 30s,
    .min = 100ms,
    .max = 24h,
    .help = "More of them too when the oldest job has waited so long"};

inline constexpr knob<as::duration> workers_health_interval{
    .path = "workers.health_interval",
    .fallback = 30s,
    .min = 100ms,
    .max = 1h,
    .help = "Pause between two checks that each of them answers"};

inline constexpr group workers_restarts{
    .path = "workers.restarts",
    .help = "How many that died are replaced before the pool itself is"};

inline constexpr knob<as::count> workers_restarts_max{
    .path = "workers.restarts.max",
    .fallback = 5,
    .min = 0,
    .max = 10'000,
    .help = "So many"};

inline constexpr knob<as::duration> workers_restarts_per{
    .path = "workers.restarts.per",
    .fallback = 60s,
    .min = 100ms,
    .max = 24h,
    .help = "In so long"};

}  // namespace troupe::config::knobs
