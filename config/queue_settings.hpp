// What the program is told of queues and their workers; see config/settings.hpp
// for the rules.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::config {

/// Who carries a queue's jobs out.
enum class queue_handler : std::uint8_t {
  external,    ///< Workers outside, over HTTP.
  completion,  ///< troupe: each job is a request to a model.
  webhook,     ///< troupe: each job is sent to a URL.
};

enum class pause_kind : std::uint8_t { exponential, fixed, custom };

/// The pause between two attempts of a job.
struct job_pause_settings {
  pause_kind kind = pause_kind::exponential;
  std::chrono::milliseconds delay = std::chrono::seconds{5};
  std::chrono::milliseconds delay_max = std::chrono::hours{1};
  double jitter = 0.30;  // as a part
  /// Of kind custom: one after the other; the last one repeats.
  std::vector<std::chrono::milliseconds> delays;

  friend bool operator==(const job_pause_settings&,
                         const job_pause_settings&) = default;
};

/// At most `max` jobs begin in any `per`; max 0 = no such limit.
struct job_rate_settings {
  std::uint64_t max = 50;
  std::chrono::milliseconds per = std::chrono::seconds{1};

  friend bool operator==(const job_rate_settings&,
                         const job_rate_settings&) = default;
};

/// The same for one group of a queue; it has knobs of its own.
struct group_rate_settings {
  std::uint64_t max = 0;
  std::chrono::milliseconds per = std::chrono::seconds{1};

  friend bool operator==(const group_rate_settings&,
                         const group_rate_settings&) = default;
};

/// How long jobs that have ended are kept: the first bound that is reached.
struct keep_settings {
  std::uint64_t count = 0;
  std::chrono::milliseconds age{0};

  friend bool operator==(const keep_settings&, const keep_settings&) = default;
};

struct queue_settings {
  std::string name;
  queue_handler handler = queue_handler::external;
  /// Of jobs that do not say: 0-10, larger first.
  std::uint8_t priority = 5;
  std::string url;     // webhook: where to
  std::string secret;  // webhook: signs what is sent; empty = unsigned
  std::uint32_t concurrency = 10;       // jobs at once
  std::uint32_t group_concurrency = 0;  // likewise, of one group; 0 = any
  std::uint32_t attempts = 3;
  job_pause_settings backoff;
  std::chrono::milliseconds timeout = std::chrono::minutes{5};  // 0 = none
  job_rate_settings rate;
  group_rate_settings group_rate;
  /// Shares of groups that do not have the weight 1.
  std::map<std::string, std::uint32_t> weights;
  /// For so long a job is lent to a worker that has not sent a heartbeat yet.
  std::chrono::milliseconds lease = std::chrono::seconds{30};
  /// For so long each heartbeat is good.
  std::chrono::milliseconds heartbeat = std::chrono::seconds{9};
  /// A job that has waited for so long goes before those of the next higher
  /// priority that came later.
  std::chrono::milliseconds aging = std::chrono::minutes{1};
  keep_settings keep_completed{1'000, std::chrono::hours{24}};
  keep_settings keep_failed{5'000, std::chrono::hours{24 * 7}};
  keep_settings keep_dead{100'000, std::chrono::hours{24 * 30}};
  std::uint64_t max_waiting = 1'000'000;  // delayed ones counted in

  friend bool operator==(const queue_settings&,
                         const queue_settings&) = default;
};

/// `own` keeps what only a queue says of itself (its name, handler, priority,
/// URL and secret); all else is that of `defaults`.
queue_settings with_defaults(const queue_settings& own,
                             const queue_settings& defaults);

/// The four that are there without a word.
std::vector<std::shared_ptr<const queue_settings>> default_queues();

struct worker_budget_settings {
  std::uint32_t max = 5;
  std::chrono::milliseconds per = std::chrono::seconds{60};

  friend bool operator==(const worker_budget_settings&,
                         const worker_budget_settings&) = default;
};

/// The workers of one queue whose jobs troupe itself carries out.
struct worker_settings {
  std::uint32_t count = 5;  // at the start
  std::uint32_t min = 5;
  std::uint32_t max = 10;
  std::uint64_t scale_up_above = 100;   // waiting jobs
  std::uint64_t scale_down_below = 20;  // likewise
  /// More workers too when the oldest job has waited for so long.
  std::chrono::milliseconds scale_up_age = std::chrono::seconds{30};
  std::chrono::milliseconds health_interval = std::chrono::seconds{30};
  worker_budget_settings restarts;

  friend bool operator==(const worker_settings&,
                         const worker_settings&) = default;
};

}  // namespace troupe::config
