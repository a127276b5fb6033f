// The metrics of queues, of those who work for them and of the store they write
// to; see runtime/metrics/catalog.hpp for the rules.
//
// `queue` is a name of the configuration, `state`, `event` and `outcome` are
// what may be said of a job, `kind` is the error a store answered with. Never a
// job's id, a group or a tenant: there are as many as clients like.

#pragma once

#include "runtime/metrics/metric_spec.hpp"

namespace troupe::metric {

using enum metric_kind;

inline constexpr metric_spec queue_size{
    "queue_size",
    gauge,
    "Jobs of the queue, by the state they are in.",
    {"queue", "state"}};
inline constexpr metric_spec jobs_total{"troupe_jobs_total",
                                        counter,
                                        "What happened to jobs of the queue.",
                                        {"queue", "event"}};
inline constexpr metric_spec job_wait_seconds{
    "troupe_job_wait_seconds",
    histogram,
    "How long jobs had waited, since they were due, when an attempt began.",
    {"queue"}};
inline constexpr metric_spec job_duration_seconds{
    "troupe_job_duration_seconds",
    histogram,
    "How long attempts took, however they ended.",
    {"queue"}};
inline constexpr metric_spec queue_oldest_waiting_seconds{
    "troupe_queue_oldest_waiting_seconds",
    gauge,
    "How long the oldest job that waits has waited; 0 if none does.",
    {"queue"}};
inline constexpr metric_spec queue_paused{
    "troupe_queue_paused",
    gauge,
    "Whether the queue is paused (1) or gives jobs out (0).",
    {"queue"}};
inline constexpr metric_spec queue_schedules{
    "troupe_queue_schedules",
    gauge,
    "Schedules of the queue, counted with those that are over.",
    {"queue"}};
inline constexpr metric_spec schedule_jobs_total{
    "troupe_schedule_jobs_total",
    counter,
    "What became of jobs whose time by a schedule had come. One that was not "
    "added is tried again.",
    {"queue", "outcome"}};
inline constexpr metric_spec worker_count{
    "worker_count",
    gauge,
    "Workers alive of the queue that are troupe's own.",
    {"queue"}};
inline constexpr metric_spec worker_restarts_total{
    "troupe_worker_restarts_total",
    counter,
    "Workers of the queue replaced because they died or did not answer.",
    {"queue"}};
inline constexpr metric_spec store_commit_seconds{
    "troupe_store_commit_seconds", histogram,
    "Time to bring one transaction to the disk, of however many callers."};
inline constexpr metric_spec store_changes_total{
    "troupe_store_changes_total", counter,
    "Records written, erased or erased in ranges that are on the disk."};
inline constexpr metric_spec store_failures_total{
    "troupe_store_failures_total",
    counter,
    "Transactions that did not reach the disk, by error.",
    {"kind"}};

}  // namespace troupe::metric
