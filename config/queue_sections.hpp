// Which knob fills which field of queues and workers; see config/sections.hpp
// for the rules.
//
// `queue_defaults` and a queue share rows: `describe_rules`. A visitor that
// reads goes through them in both places; one that prints names them once.

#pragma once

#include "config/queue_knobs.hpp"
#include "config/queue_settings.hpp"

namespace troupe::config {

/// What a queue is that says nothing; its name means nothing.
struct queue_defaults {
  queue_settings values;
};

/// One of a queue's `keep_settings`, which differ in their knobs.
template <const auto& Count, const auto& Age>
struct kept {
  keep_settings& bounds;
};

template <class Visitor, const auto& Count, const auto& Age>
void describe(Visitor& v, kept<Count, Age>& k) {
  v(Count, k.bounds.count);
  v(Age, k.bounds.age);
}

template <class Visitor>
void describe(Visitor& v, job_pause_settings& s) {
  v(knobs::backoff_kind, s.kind);
  v(knobs::backoff_delay, s.delay);
  v(knobs::backoff_delay_max, s.delay_max);
  v(knobs::backoff_jitter, s.jitter);
  v(knobs::backoff_delays, s.delays);
}

template <class Visitor>
void describe(Visitor& v, job_rate_settings& s) {
  v(knobs::rate_max, s.max);
  v(knobs::rate_per, s.per);
}

template <class Visitor>
void describe(Visitor& v, group_rate_settings& s) {
  v(knobs::group_rate_max, s.max);
  v(knobs::group_rate_per, s.per);
}

/// What may stand in `queue_defaults` and in a queue.
template <class Visitor>
void describe_rules(Visitor& v, queue_settings& s) {
  using namespace knobs;
  v(queue_concurrency, s.concurrency);
  v(queue_group_concurrency, s.group_concurrency);
  v(queue_attempts, s.attempts);
  v.section(queue_backoff, s.backoff);
  v(queue_timeout, s.timeout);
  v.section(queue_rate, s.rate);
  v.section(queue_group_rate, s.group_rate);
  v(queue_weights, s.weights);
  v(queue_lease, s.lease);
  v(queue_heartbeat, s.heartbeat);
  v(queue_aging, s.aging);
  kept<keep_completed_count, keep_completed_age> completed{s.keep_completed};
  v.section(keep_completed, completed);
  kept<keep_failed_count, keep_failed_age> failed{s.keep_failed};
  v.section(keep_failed, failed);
  kept<keep_dead_count, keep_dead_age> dead{s.keep_dead};
  v.section(keep_dead, dead);
  v(queue_max_waiting, s.max_waiting);
}

/// What may stand in a queue only.
template <class Visitor>
void describe_itself(Visitor& v, queue_settings& s) {
  v(knobs::queue_handler, s.handler);
  v(knobs::queue_priority, s.priority);
  v(knobs::queue_url, s.url);
  v(knobs::queue_secret, s.secret);
}

template <class Visitor>
void describe(Visitor& v, queue_defaults& s) {
  describe_rules(v, s.values);
}

template <class Visitor>
void describe(Visitor& v, queue_settings& s) {
  describe_itself(v, s);
  describe_rules(v, s);
}

template <class Visitor>
void describe(Visitor& v, worker_budget_settings& s) {
  v(knobs::workers_restarts_max, s.max);
  v(knobs::workers_restarts_per, s.per);
}

template <class Visitor>
void describe(Visitor& v, worker_settings& s) {
  v(knobs::workers_count, s.count);
  v(knobs::workers_min, s.min);
  v(knobs::workers_max, s.max);
  v(knobs::workers_scale_up_above, s.scale_up_above);
  v(knobs::workers_scale_down_below, s.scale_down_below);
  v(knobs::workers_scale_up_age, s.scale_up_age);
  v(knobs::workers_health_interval, s.health_interval);
  v.section(knobs::workers_restarts, s.restarts);
}

}  // namespace troupe::config
