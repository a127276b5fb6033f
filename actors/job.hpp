// What clients, workers and queues say about jobs: the matter of
// queue_contracts.hpp.
//
// Plain values. `data`, results, checkpoints and the data of events are JSON
// text that troupe checks at the door and then carries unread. Times are
// `job_time`: the queue's clock, the same over restarts.
//
// A job's way:
//
//                    +--------- retry after a pause, or redriven --------+
//                    v                                                   |
//   added --> delayed --> waiting --lease--> active --> completed        |
//     |           ^          ^                 |  |---> failed   --------+
//     |           |          |                 |  '---> dead     --------'
//     |           |          '-- lease lost, --'
//     |           '------------- handed back
//     '--> waiting_children --> delayed, waiting, or failed with a child
//
// `failed` is a considered no: the worker said that trying again is no use, or
// somebody cancelled the job. `dead` is the queue's giving up: every attempt
// failed, or the job took two workers with it. Dead letters wait for somebody.
//
// A lease is known by its token. Tokens only grow, over restarts too (fencing),
// and only the newest of a job may change it.

#pragma once

#include "actors/cached.hpp"
#include "actors/priority.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Milliseconds since 1970.
using job_time = std::int64_t;

/// A job's place in its queue: in the order of adding, never used twice. A job
/// whose client gave it no id is called by this number, in decimal.
using job_number = std::uint64_t;

enum class job_state : std::uint8_t {
  waiting,
  delayed,
  active,
  completed,
  failed,
  dead,
  paused,  ///< Waiting, in a queue or group that is paused. Never stored.
  waiting_children,  ///< Until the jobs it waits for have ended.
  count_,
};

/// Returns `waiting`, `delayed`, ...
std::string_view name_of(job_state s) noexcept;

enum class backoff_kind : std::uint8_t {
  exponential,  ///< delay, 2 x delay, 4 x delay, ... up to delay_max.
  fixed,        ///< delay, each time.
  custom,       ///< `delays`, one after the other; the last one repeats.
  count_,
};

std::string_view name_of(backoff_kind k) noexcept;

/// The pause between two attempts.
struct job_backoff {
  backoff_kind kind = backoff_kind::exponential;
  std::uint64_t delay_ms = 5'000;
  std::uint64_t delay_max_ms = 3'600'000;
  std::vector<std::uint64_t> delays_ms;  ///< Of kind custom; at most 20.
  /// A pause is drawn from [1 - jitter, 1 + jitter] of its length, and is not
  /// longer than delay_max.
  double jitter = 0.3;

  friend bool operator==(const job_backoff&, const job_backoff&) = default;
};

/// What happens to a job whose deduplication key another one bears.
enum class dedup_mode : std::uint8_t {
  simple,     ///< Dropped until the other one has ended.
  throttle,   ///< Dropped for `ttl_ms` after the other one was added.
  debounce,   ///< Replaces the other one while that is delayed, and its delay
              ///< begins anew.
  keep_last,  ///< As simple while the other one waits; while it is active, the
              ///< last one added is kept, to be next.
  count_,
};

std::string_view name_of(dedup_mode m) noexcept;

struct job_dedup {
  std::string key;
  dedup_mode mode = dedup_mode::simple;
  std::uint64_t ttl_ms =
      0;  ///< throttle: required; else 0 = no end of its own.

  friend bool operator==(const job_dedup&, const job_dedup&) = default;
};

/// What becomes of a job that waits for others when one of them fails.
enum class child_policy : std::uint8_t {
  fail,    ///< It fails too, at once.
  ignore,  ///< That one has ended; it waits for the others.
  go_on,   ///< Named `continue`: it waits for none of them any more.
  count_,
};

std::string_view name_of(child_policy p) noexcept;

/// Whose child a job is; see flow.hpp.
struct job_parent {
  std::string queue;
  job_number number = 0;
  std::string id;           ///< What clients call it.
  std::uint32_t index = 0;  ///< Which of its children, from 0.
  child_policy on_failure = child_policy::fail;

  friend bool operator==(const job_parent&, const job_parent&) = default;
};

struct flow_child;

/// A job to be added. What is absent is the queue's to say.
struct new_job {
  /// The client's own: a second job of this id is the first. Not digits only.
  std::string id;
  std::string name;   ///< For people and filters; may be empty.
  std::string group;  ///< Shares in the queue; empty: its tenant's.
  std::string tenant;
  shared_bytes data;
  std::optional<std::uint8_t> priority;
  std::uint64_t delay_ms = 0;
  std::optional<std::uint32_t> attempts;
  std::optional<job_backoff> backoff;
  std::optional<std::uint64_t> timeout_ms;  ///< Of one attempt; 0 = none.
  std::optional<job_dedup> dedup;
  /// Jobs it waits for, at most `children_max`; their tenant is its own.
  std::vector<flow_child> children = {};
  std::optional<job_parent> parent = {};  ///< For queues to say.
};

/// A job that another one waits for. Its id is made from that one's, and it
/// takes part in no deduplication.
struct flow_child {
  std::string queue;
  child_policy on_failure = child_policy::fail;
  new_job job;
};

/// Added all or none.
using new_jobs = std::vector<new_job>;

/// What became of one job.
struct job_receipt {
  std::string id;
  job_state state = job_state::waiting;
  /// It was there before (`id`), or another one stands for it (`dedup`), whose
  /// id this is.
  bool duplicate = false;
  job_number number = 0;  ///< 0 = of one that is not known any more.
};

using job_receipts = std::vector<job_receipt>;

/// How many jobs one waits for, or has waited for.
struct child_counts {
  std::uint32_t total = 0;
  std::uint32_t pending = 0;  ///< Not ended, as far as their parent knows.
  std::uint32_t failed = 0;   ///< Ended, and not completed.

  friend bool operator==(const child_counts&, const child_counts&) = default;
};

/// A worker's wish for work.
struct lease_wish {
  std::string worker;          ///< For people.
  std::string tenant;          ///< Only its jobs; empty: of all.
  std::uint32_t max = 1;       ///< Jobs; at least 1.
  std::uint64_t lease_ms = 0;  ///< 0 = the queue's.
  /// How long it waits for the first job; it is given what there is then.
  std::uint64_t wait_ms = 0;
};

/// A job in a worker's hands.
struct leased_job {
  std::string id;
  std::string token;
  std::string name;
  std::string group;
  std::string tenant;
  shared_bytes data;
  std::uint8_t priority = priority_normal;
  std::uint32_t attempt = 1;  ///< Which one this is.
  std::uint32_t attempts = 1;
  job_time created_at = 0;
  job_time lease_until = 0;
  std::uint64_t lease_ms = 0;    ///< A heartbeat is worth this.
  std::uint64_t timeout_ms = 0;  ///< 0 = none.
  shared_bytes checkpoint;       ///< Of an earlier attempt; may be empty.
  child_counts children = {};
};

using leased_jobs = std::vector<leased_job>;

/// What may be done to a job. The first rows are the worker's and want the
/// token of its lease, the others are anybody's.
enum class job_verb : std::uint8_t {
  complete,    ///< `value`: the result, or empty.
  fail,        ///< `value`: the error, plain text. `retry` says how to go on.
  heartbeat,   ///< The lease is good for `lease_ms` more from now.
  progress,    ///< `value` takes the place of the last; an event too.
  append,      ///< `value` is an event named `event` in the job's stream.
  checkpoint,  ///< `value` is given to the next attempt.
  release,     ///< Handed back, unharmed: no attempt is burnt.
  retry,       ///< failed, dead, completed: waits again, with all its attempts.
  cancel,      ///< Ends it as failed; a worker hears of it from its heartbeat.
  promote,     ///< delayed, waiting_children: waits now, for nobody.
  remove,      ///< Forgets it; not while it is active.
  adjust,      ///< `priority`: another one, from now on.
  count_,
};

std::string_view name_of(job_verb v) noexcept;

enum class retry_wish : std::uint8_t { as_usual, never, after };

struct job_change {
  job_verb verb = job_verb::complete;
  std::string id;
  std::string tenant;  ///< To others the job is unknown; empty: any.
  std::string token;
  shared_bytes value;
  std::string event;  ///< append: its name, [a-z0-9_.-]{1,64}.
  retry_wish retry = retry_wish::as_usual;
  std::uint64_t retry_in_ms = 0;  ///< retry_wish::after.
  std::uint64_t lease_ms = 0;     ///< heartbeat; 0 = the queue's.
  std::uint8_t priority = priority_normal;
};

using job_changes = std::vector<job_change>;

/// Why a change was refused. `none`: it was made, and is on disk.
enum class job_refusal : std::uint8_t {
  none,
  unknown_job,
  stale_token,  ///< The lease is over; what it did does not count.
  wrong_state,  ///< Not in `state`.
  count_,
};

std::string_view name_of(job_refusal r) noexcept;

struct change_receipt {
  job_refusal refused = job_refusal::none;
  job_state state = job_state::waiting;  ///< Now; of a known job.
  job_time lease_until = 0;              ///< heartbeat, progress, append.
  bool cancelled = false;  ///< The worker may stop: nobody wants the job.
};

using change_receipts = std::vector<change_receipt>;

/// One failed attempt.
struct job_failure {
  std::uint32_t attempt = 1;
  job_time at = 0;
  std::string error;
  std::string worker;
};

/// A job as people and programs see it.
struct job_view {
  std::string id;
  job_number number = 0;
  std::string name;
  std::string group;
  std::string tenant;
  job_state state = job_state::waiting;
  std::uint8_t priority = priority_normal;
  std::uint32_t attempts = 1;
  std::uint32_t attempts_made = 0;
  std::uint32_t workers_lost = 0;
  job_time created_at = 0;
  job_time due_at = 0;       ///< delayed.
  job_time started_at = 0;   ///< Of the last attempt; 0 = none yet.
  job_time finished_at = 0;  ///< 0 = not yet.
  job_time lease_until = 0;  ///< active.
  std::string worker;        ///< active.
  std::uint64_t events = 0;  ///< Number of the last one in its stream.
  std::string error;         ///< The last one.
  std::vector<job_failure> failures;
  shared_bytes data;
  shared_bytes progress;
  shared_bytes checkpoint;
  shared_bytes result;
  std::optional<job_parent> parent = {};
  child_counts children = {};
};

/// Asks for one job (`id`), or for a page of those in a state.
struct job_query {
  std::string id;  ///< Empty: a page.
  job_state state = job_state::waiting;
  bool any_state = false;
  std::string tenant;    ///< Empty: of all.
  std::string name;      ///< Empty: any.
  std::string group;     ///< Empty: any.
  job_number after = 0;  ///< Where the last page ended; 0 = the beginning.
  bool newest_first = false;
  std::uint32_t limit = 50;
  bool with_data = true;
};

struct job_page {
  std::vector<job_view> jobs;
  job_number next = 0;  ///< Asks on from here; 0 = that was all.
};

/// One event in a job's stream. Numbers grow, with gaps.
struct job_event {
  std::uint64_t number = 0;
  std::string name;
  shared_bytes data;
};

struct events_wish {
  std::string id;
  std::string tenant;         ///< As in job_change.
  std::uint64_t after = 0;    ///< The last one seen; 0 = none.
  std::uint64_t wait_ms = 0;  ///< How long to wait for the first.
};

/// What is in the stream after that, in part if it is long. None and not
/// ended: nothing happened for so long.
struct job_events {
  std::vector<job_event> events;
  bool ended = false;  ///< The last one of `events` is the job's end.
};

/// What operators do to a queue.
enum class queue_verb : std::uint8_t {
  pause,  ///< Leases nothing more; what is active goes on.
  resume,
  drain,    ///< Forgets what waits, and what is delayed if `also_delayed`.
  clean,    ///< Forgets what is in `state` since `older_than_ms`.
  redrive,  ///< Dead (or failed) letters wait again, with all their attempts.
  purge,    ///< Forgets dead letters.
  count_,
};

std::string_view name_of(queue_verb v) noexcept;

struct queue_order {
  queue_verb verb = queue_verb::pause;
  job_state state = job_state::completed;  ///< clean, redrive.
  std::uint64_t older_than_ms = 0;         ///< clean, purge.
  std::uint64_t limit = 0;                 ///< Jobs; 0 = all.
  std::vector<std::string> ids;            ///< redrive, purge: only these.
  std::string name;                        ///< redrive, purge: only of this.
  std::string error_contains;              ///< Likewise.
  bool also_delayed = false;               ///< drain.
  std::string tenant;                      ///< Only its jobs; empty: of all.
};

/// How many jobs an order was about, once that is on disk.
struct queue_receipt {
  std::uint64_t jobs = 0;
};

/// A queue in numbers.
struct queue_statistics {
  std::string name;
  bool paused = false;
  std::uint64_t waiting = 0;
  std::uint64_t active = 0;
  std::uint64_t delayed = 0;
  std::uint64_t waiting_children = 0;
  std::uint64_t completed = 0;  ///< Kept.
  std::uint64_t failed = 0;     ///< Kept.
  std::uint64_t dead = 0;
  std::uint64_t oldest_waiting_ms = 0;  ///< 0 = none waits.
  std::uint64_t workers_waiting = 0;    ///< Wishes for work under way.
  std::uint64_t added_total = 0;        ///< Since the start, as the following.
  std::uint64_t completed_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t dead_total = 0;
  /// Why no job is taken in now; empty = it is.
  std::string refuses;
};

}  // namespace troupe
