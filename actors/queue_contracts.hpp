// What is said to queues, and to those who work for them: the second half of
// the map of contracts.hpp.
//
//   session --enqueue, alter, view, follow, order--> QUEUE --commit--> STORE
//   WRITER --stored--> QUEUE --answer--> session
//
//   session --arrange, schedules, children--> QUEUE
//   QUEUE --enqueue, report--> QUEUE                    flow.hpp
//
//   worker outside --lease, alter--> QUEUE
//   WORKER POOL (a supervisor's child) --hire, dismiss--> WORKER
//   WORKER --lease, alter--> QUEUE;   WORKER --carry--> a courier of http/
//   courier --output, done--> WORKER
//
// What a queue answers is on disk, but for leases, which are written a moment
// later: a lease that a crash forgets is over, and its token refused.

#pragma once

#include "actors/contracts.hpp"
#include "actors/flow.hpp"
#include "actors/job.hpp"
#include "actors/schedule/schedule.hpp"

#include <caf/typed_actor.hpp>

#include <string_view>

namespace troupe {

using enqueue_ticket = ticket<new_jobs, job_receipts>;
using work_ticket = ticket<lease_wish, leased_jobs>;
using alter_ticket = ticket<job_changes, change_receipts>;
using view_ticket = ticket<job_query, job_page>;
using follow_ticket = ticket<events_wish, job_events>;
using order_ticket = ticket<queue_order, queue_receipt>;
using arrange_ticket = ticket<schedule_order, schedule_receipt>;
using schedules_ticket = ticket<schedule_query, schedule_page>;
using children_ticket = ticket<children_query, children_page>;
using report_ticket = ticket<child_reports, reports_heard>;

/// What a queue refuses with while it reads back what it had. Who asks waits.
inline constexpr std::string_view queue_starting = "starting";

/// What a courier brings while it works: an event for the job's stream, or, by
/// the name of `progress`, how far it has come.
struct job_output {
  std::string event;
  shared_bytes data;
};

/// What a courier brings back.
struct job_outcome {
  enum class kind : std::uint8_t {
    completed,  ///< `value`: the result.
    failed,     ///< `value`: the error.
    refused,    ///< Likewise, and trying again is no use.
    postponed,  ///< Nothing was tried: nobody could serve it. `retry_in_ms`.
    dropped,    ///< Cut on request; its job is handed back.
  };
  kind how = kind::completed;
  shared_bytes value;
  /// postponed, and failed where somebody said when: not before. 0 = as usual.
  std::uint64_t retry_in_ms = 0;
};

}  // namespace troupe

// -- registration
// --------------------------------------------------------------

CAF_BEGIN_TYPE_ID_BLOCK(troupe_queues, caf::id_block::troupe_actors::end)

  CAF_ADD_ATOM(troupe_queues, troupe::atom, enqueue, "enqueue")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, lease, "lease")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, alter, "alter")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, view, "view")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, follow, "follow")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, order, "order")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, arrange, "arrange")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, schedules, "schedules")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, children, "children")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, report, "report")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, output, "output")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, done, "done")
  CAF_ADD_ATOM(troupe_queues, troupe::atom, work, "work")

CAF_END_TYPE_ID_BLOCK(troupe_queues)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::enqueue_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::work_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::alter_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::view_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::follow_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::order_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::arrange_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::schedules_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::children_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::report_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::queue_statistics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::leased_jobs)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::change_receipts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::job_output)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::job_outcome)

namespace troupe {

/// QUEUE: decides order, delay, retry, lease and dead letter. One a queue and
/// node. Refusals of all rows: store_full, store_failed, store_corrupt (why)
/// where something would have to be written, shutting_down, actor_lost.
using queue_actor = caf::typed_actor<
    // Adds jobs, all or none; answered when they are on disk. Errors:
    // queue_full (ms).
    caf::reacts_to<atom::enqueue, enqueue_ticket>,
    // Leases what is first in order, or waits for it. Never fails of itself;
    // no job is an answer. One who leaves meanwhile answers its own ticket.
    caf::reacts_to<atom::lease, work_ticket>,
    // Changes jobs, each for itself; answered when all of it is on disk. No
    // changes: answered when all that was done before is.
    caf::reacts_to<atom::alter, alter_ticket>,
    // Errors: unknown_job, where one was asked for.
    caf::reacts_to<atom::view, view_ticket>,
    // A job's stream from where the asker was. Errors: unknown_job.
    caf::reacts_to<atom::follow, follow_ticket>,
    // From operators.
    caf::reacts_to<atom::order, order_ticket>,
    // Makes, changes or removes a schedule; answered when it is on disk. What
    // is wrong with a wish is an answer.
    caf::reacts_to<atom::arrange, arrange_ticket>,
    // Schedules, one or a page. Never fails.
    caf::reacts_to<atom::schedules, schedules_ticket>,
    // A page of a job's children. Errors: unknown_job.
    caf::reacts_to<atom::children, children_ticket>,
    // From QUEUE: children of jobs of this one have ended; answered when that
    // is on disk. Of parents that are no more too.
    caf::reacts_to<atom::report, report_ticket>,
    // In numbers. Never fails; refuses with `queue_starting` for a moment.
    caf::replies_to<atom::status>::with<queue_statistics>,
    // From STORE WRITER: the batch of this number is on disk, or why not. From
    // STORE READER: why what was asked under this number was not found. From
    // other queues, by way of its tickets: what it said under this number is on
    // their disk, or why not.
    caf::reacts_to<atom::stored, std::uint64_t, caf::error>,
    // From STORE READER: what was asked under this number.
    caf::reacts_to<atom::found, std::uint64_t, record_pages>,
    // From the configuration: other settings. What waits keeps its own.
    caf::reacts_to<atom::adopt, settings_ptr>,
    // The node stops: nothing is leased or taken in any more.
    caf::reacts_to<atom::drain>,
    // Internal clock tick: what is due, late or too old.
    caf::reacts_to<atom::sweep>>;

/// WORKER: has one job at a time carried out; dies alone.
using worker_actor = caf::typed_actor<
    // From QUEUE, by way of its ticket: the job, or none yet. The number is the
    // errand's, as below.
    caf::reacts_to<atom::work, std::uint64_t, leased_jobs>,
    // From QUEUE, by way of its ticket: what it said to changes of the job;
    // none if they are lost, or not on disk. The number is the worker's own for
    // them.
    caf::reacts_to<atom::alter, std::uint64_t, change_receipts>,
    // From the courier. The number is the worker's own for this errand.
    caf::reacts_to<atom::output, std::uint64_t, job_output>,
    caf::reacts_to<atom::done, std::uint64_t, job_outcome>,
    // From WORKER POOL: ends when what it has in hand is done; told to exit, it
    // hands that back first.
    caf::reacts_to<atom::drain>,
    // From WORKER POOL: whether it is well. The number of the errand in hand, 0
    // = none. Never fails, but a stuck one does not answer.
    caf::replies_to<atom::status>::with<std::uint64_t>,
    // Internal clock tick: heartbeats, time-outs.
    caf::reacts_to<atom::sweep>>;

/// WORKER POOL: decides how many workers live.
using worker_pool_actor = caf::typed_actor<
    // From ADMIN: that many from now on, within its bounds; 0: by itself again.
    caf::replies_to<atom::scale, std::uint32_t>::with<pool_size>,
    // Never fails.
    caf::replies_to<atom::status>::with<pool_size>,
    // From the configuration.
    caf::reacts_to<atom::adopt, settings_ptr>,
    // The node stops: workers end what they have in hand, or hand it back.
    caf::reacts_to<atom::drain>,
    // Internal clock tick: depth, age, health.
    caf::reacts_to<atom::sweep>>;

}  // namespace troupe
