// What a queue knows of its jobs, and what it decides: the brain of QUEUE.
//
// All jobs are in memory, their papers (data, results ...) only on disk. Memory
// is ahead of the disk, and answers wait for the disk:
//
//   1. A call changes memory at once. What it changed waits to be written.
//   2. `cut_batch` takes all of that, whenever no other batch is under way.
//   3. `settle` hears what became of it. What rode on it may be answered.
//
// `rides` says, after a call, which batch has to be stored before its answer
// may be given; 0: none. Heartbeats, refusals and leases need not wait. A lease
// that a crash forgets is over.
//
// When a batch fails, so does everybody who waits for that one or the next:
// jobs that were being added are dropped, all other changes stand and are
// written with the next batch, which is cut a second later at the soonest.
// Until one is stored nothing is taken in.
//
// A new job can be leased, seen and followed once it is on disk. Nothing is
// leased before the queue's start number is there: with it begin its tokens,
// which only grow, also as text. After a restart who held a lease has a
// heartbeat's time to say so.
//
// A job ends in one way, once: see job.hpp. A lease lost burns no attempt; the
// second one a job loses makes it dead. `complete` and `fail` said twice with
// one token are answered twice.
//
// Limits: work in proportion to the jobs is done in slices, by `sweep`.

#pragma once

#include "actors/flow.hpp"
#include "actors/job.hpp"
#include "actors/queue/job_papers.hpp"
#include "config/queue_settings.hpp"
#include "runtime/store/store.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

using queue_settings_ptr = std::shared_ptr<const config::queue_settings>;

struct queue_book_options {
  /// For the jitter of pauses.
  std::uint64_t seed = 0;
};

/// What became of jobs that were to be added, in their order.
struct added_jobs {
  job_receipts receipts;
  /// Where the data of each belongs now; 0 = nowhere: it is a duplicate.
  std::vector<job_number> numbers;
};

/// A job on its way to a worker; its data and checkpoint are still to be read.
struct taken_job {
  job_number number = 0;
  bool has_checkpoint = false;
  leased_job job;
};

/// A paper that belongs into `job_page::jobs[job]`.
struct paper_wish {
  std::size_t job = 0;
  job_number number = 0;
  job_paper paper = job_paper::data;
};

/// A page without papers.
struct page_plan {
  job_page page;
  std::vector<paper_wish> papers;
  /// All of it is so on disk as well. If not, it is once the batch that `rides`
  /// names is stored.
  bool on_disk = true;
};

/// How far a job's stream is on disk.
struct stream_state {
  job_number number = 0;
  std::uint64_t events = 0;  ///< Number of the last one.
  bool ended = false;
  job_event end;            ///< What comes after that one, if it has ended.
  bool has_result = false;  ///< It is still to be read, and part of `end`.
};

/// An order that was carried out, in memory.
struct ended_order {
  std::uint64_t order = 0;
  std::uint64_t jobs = 0;
};

/// A child that has ended, on disk, and whose parent is to hear of it.
struct ended_child {
  job_number number = 0;
  bool has_result = false;  ///< It is still to be read: its paper.
  child_report report;
};

/// What is to be said to other queues, flow.hpp.
struct flow_errands {
  /// Jobs whose children are to come into being; see `job_papers.hpp`.
  std::vector<job_number> parents;
  std::vector<ended_child> children;

  bool empty() const { return parents.empty() && children.empty(); }
};

/// A page of a job's children, to be read from its records.
struct children_plan {
  job_number parent = 0;
  child_counts counts;
  /// As in page_plan.
  bool on_disk = true;
};

struct cut_batch {
  std::uint64_t number = 0;
  store_batch batch;
};

/// What a batch's end brought about.
struct settled {
  /// Jobs that were being added and are not. The batch has failed.
  std::vector<job_number> dropped;
  /// Jobs whose streams have more on disk than before, or have ended there.
  std::vector<job_number> streams;
  /// There may be more to lease.
  bool leasable = false;
};

/// What happened since this was asked last.
struct job_tally {
  std::uint64_t added = 0;  ///< And on disk.
  std::uint64_t duplicate = 0;
  std::uint64_t refused = 0;  ///< Not taken in.
  std::uint64_t started = 0;
  std::uint64_t completed = 0;
  std::uint64_t retried = 0;
  std::uint64_t failed = 0;  ///< `cancelled` counted in.
  std::uint64_t dead = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t lease_lost = 0;
  std::uint64_t late = 0;
  std::vector<std::uint32_t> waits_ms;  ///< From due to leased, of `started`.
  std::vector<std::uint32_t> runs_ms;   ///< From leased to completed.
};

class queue_book {
public:
  queue_book(queue_settings_ptr settings, const queue_book_options& options);
  ~queue_book();
  queue_book(const queue_book&) = delete;
  queue_book& operator=(const queue_book&) = delete;

  /// Other settings. Jobs keep what they were added with.
  void adopt(queue_settings_ptr settings, job_time now);

  const queue_spaces& spaces() const;

  // -- after a start: load_state, load for each job, begin -------------------

  /// The record of NAME.queue, if there is one. Errors: store_corrupt (where).
  /// The queue works all the same.
  caf::expected<void> load_state(const record& found);

  /// A record of NAME.jobs, in any order. Errors: store_corrupt (where); that
  /// job is left where it is, and unknown.
  caf::expected<void> load(const record& found, job_time now);

  /// All is loaded. Must be written before anything is leased.
  void begin(job_time now);

  // -- for clients and workers
  // --------------------------------------------------

  /// All or none. Errors: queue_full (ms), or why the store fails.
  caf::expected<added_jobs> add(const new_jobs& jobs, job_time now);

  /// The first in order, up to `wish.max`; may be none.
  std::vector<taken_job> take(const lease_wish& wish, job_time now);

  /// Errors: why the store fails, where too much waits for it already.
  caf::expected<change_receipt> change(const job_change& wish, job_time now);

  /// Whether what was answered has to be on disk before it is said.
  static bool needs_disk(const job_change& wish, const change_receipt& said);

  /// Errors: unknown_job (id), where one was asked for.
  caf::expected<page_plan> view(const job_query& query) const;

  /// Errors: unknown_job (id).
  caf::expected<stream_state> follow(std::string_view id,
                                     std::string_view tenant) const;

  /// Returns the order's number. It is carried out at once or in `sweep`s.
  std::uint64_t order(const queue_order& order, job_time now);

  /// Orders that have been carried out since this was asked last.
  std::vector<ended_order> ended_orders();

  /// Errors: unknown_job (id).
  caf::expected<children_plan> children(const children_query& query) const;

  // -- flows
  // -------------------------------------------------------------------

  /// What has to be said now. Each is given out once, and again a second after
  /// it was said to have failed.
  flow_errands errands(job_time now);

  /// Whether that child has not ended yet, as far as is known. To be asked
  /// right before it is placed: one that has may be forgotten by its queue, and
  /// would come into being again.
  bool awaits(job_number parent, std::uint32_t index) const;

  /// All children of this job are on disk in their queues, or why not.
  void placed(job_number parent, const caf::error& why, job_time now);

  /// The parent's queue has it on disk, or why not.
  void reported(const ended_child& child, const caf::error& why, job_time now);

  /// Children of jobs of this queue have ended. Jobs that are no more are
  /// passed over. Errors: why the store fails, where too much waits for it.
  caf::expected<void> hear(const child_reports& reports, job_time now);

  // -- beside the jobs
  // -----------------------------------------------------------

  /// To be written with the next batch; kept and tried again as all else.
  void write(std::string_view space, std::vector<record_change> changes);

  queue_statistics statistics(job_time now) const;

  /// Moves it out.
  job_tally tally();

  // -- time ------------------------------------------------------------------

  /// What is due, late or too old, and orders: one slice. Returns whether there
  /// is more to do at once.
  bool sweep(job_time now);

  /// When `sweep` (or `take`, where a rate held it back, or `cut_batch`, where
  /// a batch failed) has something to do. Nothing: only after a call.
  std::optional<job_time> next_call(job_time now) const;

  // -- the disk
  // -----------------------------------------------------------------

  /// All that is to be written; nothing if there is none, if a batch is under
  /// way, or if one has failed less than a second ago.
  std::optional<cut_batch> cut(job_time now);

  /// The batch of this number was stored, or why not.
  settled settle(std::uint64_t number, const caf::error& why, job_time now);

  /// The batch that has all that was said so far; 0 = it is on disk.
  std::uint64_t rides() const;

  /// Why nothing is taken in now; none if it is.
  const caf::error& refusal() const;

private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace troupe
