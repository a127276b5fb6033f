// What is behind queue_book.hpp, for the files that carry it out.
//
//   loading.cpp    after a start
//   adding.cpp     new jobs, what they are told apart by
//   leasing.cpp    to workers and back, by word or by time
//   changing.cpp   one job, by its worker or by others
//   ordering.cpp   many jobs, by operators, in slices
//   viewing.cpp    looks, and changes nothing
//   flowing.cpp    parents and children, what other queues are told
//   moving.cpp     from state to state: all of the above end here
//
// A job is in the set of its state as soon as it is on disk: `fresh` ones are
// in none, and known only to those who add another of the same id or key. A
// child that is over is in no roll of the finished until its parent knows.

#pragma once

#include "actors/queue/dedup_book.hpp"
#include "actors/queue/finished_roll.hpp"
#include "actors/queue/job_codec.hpp"
#include "actors/queue/job_roll.hpp"
#include "actors/queue/queue_book.hpp"
#include "actors/queue/ready_line.hpp"
#include "actors/queue/unwritten.hpp"

#include <array>
#include <deque>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace troupe {

struct queue_book::inside {
  /// Never: where a job is held for another one.
  static constexpr job_time never = std::numeric_limits<job_time>::max();

  /// Numbers that are set aside in the store at once.
  static constexpr job_number numbers_at_once = 65'536;

  /// Jobs a sweep moves, or looks at for an order: about a millisecond.
  static constexpr std::size_t slice = 1'000;

  /// Parents, and children, that are given out as errands at once.
  static constexpr std::size_t errands_max = 1'000;

  /// Workers a job may lose.
  static constexpr std::uint8_t workers_lost_max = 1;

  inside(queue_settings_ptr its_settings, const queue_book_options& options);

  // -- moving.cpp
  // ---------------------------------------------------------------

  /// Into the set of its state. @pre it is in none.
  void place(kept_job& job, job_time now);
  /// Out of it.
  void unplace(kept_job& job, job_time now);
  /// Into another state. @pre it is in no set.
  void move(kept_job& job, job_state to, job_time now);
  /// Its rank, priority or end of lease changes by `f`.
  template <class F>
  void shift(kept_job& job, job_time now, F f) {
    unplace(job, now);
    f();
    place(job, now);
  }
  /// Ends it; one that was held for it comes free. @pre it is in no set.
  void finish(kept_job& job, job_state how, std::string_view error,
              job_time now);
  /// It waits, with all its attempts. @pre it is over.
  void revive(kept_job& job, job_time now);
  void forget(kept_job& job, job_time now);
  /// It has never been there.
  void give_up(kept_job& job, job_time now);
  /// Its key is free; the next one who wants it comes.
  void leave_key(kept_job& job, job_time now);
  /// What is due, or need not wait any more. @pre delayed, waiting_children.
  void wake(kept_job& job, job_time now);
  /// It is not held for another one any more. @pre it was.
  void let_go(kept_job& job, job_time now);
  static void set_error(kept_job& job, std::string_view error);
  void add_event(kept_job& job, std::string_view name, std::string_view bytes);
  void write_memory() { disk.memory(record_of(memory)); }

  // -- loading.cpp, queue_book.cpp

  void resume(kept_job& job, job_time now);
  void claim_again(kept_job& job, job_time now);
  void note_stored(kept_job& job, const unwritten::written& w, job_time now,
                   settled& out);

  // -- adding.cpp
  // ---------------------------------------------------------------

  bool is_full_for(const new_jobs& jobs) const;
  void add_one(const new_job& wish, job_time now, added_jobs& out);
  kept_job& make(const new_job& wish, job_time now);
  void fill(kept_job& job, const new_job& wish, job_time now);
  void replace(kept_job& job, const new_job& wish, job_time now);
  void put_data(kept_job& job, const shared_bytes& data);
  /// `completed` of one that is not known any more.
  job_state state_of(job_number number) const;
  kept_job* namesake(const new_job& wish) const;

  // -- flowing.cpp
  // --------------------------------------------------------------

  /// A child that is over, and whose parent does not know.
  static bool is_untold(const kept_job& job) {
    return is_over(job.state) && job.rare && job.rare->parent
           && !job.rare->parent->is_told;
  }
  static child_counts counts_of(const kept_job& job) {
    return job.rare && job.rare->family ? job.rare->family->counts()
                                        : child_counts{};
  }
  void put_children(kept_job& job, const new_job& wish);
  /// Its children are to be placed, unless they are.
  void place_children(kept_job& job, job_time when);
  /// Its parent is to be told. @pre it is untold.
  void tell_parent(kept_job& job, job_time when);
  ended_child report_of(const kept_job& job) const;
  void hear_one(const child_report& report, job_time now);
  /// It waits for no child any more. @pre waiting_children.
  void go_on(kept_job& job, job_time now);
  /// Ends it if it has not ended, and forgets it: a child once its parent
  /// knows. @pre it is not active.
  void remove(kept_job& job, job_time now);

  // -- leasing.cpp
  // --------------------------------------------------------------

  taken_job lend(kept_job& job, const lease_wish& wish, job_time now);
  /// The lease is over. The job is still `active`, but in no set.
  void end_lease(kept_job& job, lease_end how, job_time now);
  void fail_attempt(kept_job& job, std::string_view error, retry_wish retry,
                    std::uint64_t retry_in_ms, job_time now);
  void note_failure(kept_job& job, std::string_view error, job_time now);
  /// Its time is over: the lease's, or the attempt's.
  void take_back(kept_job& job, job_time now);
  void lose_worker(kept_job& job, job_time now);
  void time_out(kept_job& job, job_time now);
  std::uint64_t pause_of(const kept_job& job);

  // -- changing.cpp
  // ---------------------------------------------------------------

  kept_job* find(std::string_view id, std::string_view tenant,
                 std::string_view token) const;
  change_receipt by_worker(kept_job& job, const job_change& wish, job_time now);
  change_receipt by_others(kept_job& job, const job_change& wish, job_time now);
  change_receipt refuse_late(const kept_job& job, const job_change& wish,
                             const lease_token& token);
  void beat(kept_job& job, const job_change& wish, job_time now);
  bool speak(kept_job& job, const job_change& wish);
  void cancel(kept_job& job, job_time now);

  // -- ordering.cpp
  // ---------------------------------------------------------------

  struct running_order {
    std::uint64_t number = 0;
    queue_order order;
    job_time given_at = 0;
    job_number next = 0;  ///< Or an index into `ids`.
    job_number last = 0;
    std::uint64_t jobs = 0;
  };

  void go_on_with_orders(std::size_t& budget, job_time now);
  /// Returns whether it is done.
  bool go_on(running_order& r, std::size_t& budget, job_time now);
  bool is_meant(const kept_job& job, const running_order& r) const;
  void carry_out(kept_job& job, const running_order& r, job_time now);

  // -- viewing.cpp
  // ------------------------------------------------------------------

  job_view view_of(const kept_job& job) const;
  job_state seen_state(const kept_job& job) const;
  std::vector<const kept_job*> page_of(const job_query& q,
                                       job_number& next) const;
  /// The jobs of a state, if they are in a few small sets.
  std::vector<const job_set*> small_sets(job_state s) const;
  std::vector<const kept_job*> looked_up(const job_query& q, job_state wanted,
                                         std::size_t limit,
                                         job_number& next) const;
  std::uint64_t count(job_state s) const {
    return counts[static_cast<std::size_t>(s)];
  }

  queue_settings_ptr settings;
  queue_spaces spaces;
  name_roll names;  // Before all that has jobs.
  job_roll roll;
  ready_line line;
  dedup_book keys;
  finished_roll finished;
  job_set delayed;
  job_set leased;
  job_set expecting;  // waiting_children.
  job_set untold;     // By when their parents are to be told.
  std::size_t untold_count = 0;
  std::set<std::pair<job_time, job_number>> to_place;  // Parents, by when.
  unwritten disk{spaces};
  /// Of all jobs by state, fresh ones counted in.
  std::array<std::uint64_t, static_cast<std::size_t>(job_state::count_)>
      counts{};

  queue_memory memory;
  job_number last_number = 0;
  std::uint64_t leases = 0;  // Since the start.
  bool may_lease = false;
  job_reader reader;
  std::vector<kept_job*> with_keys;  // While loading.

  std::deque<running_order> orders;
  std::uint64_t last_order = 0;
  std::vector<ended_order> orders_ended;
  bool has_to_trim = false;  // Other settings; some may be too many.

  std::uint64_t last_batch = 0;
  caf::error refusal;
  job_time retry_at = 0;

  std::mt19937_64 random;
  job_tally happened;
  queue_statistics totals;  // Only its totals.
};

/// A length of time somebody asked for, not longer than is of use: a day for
/// leases and attempts, 100 years for delays.
job_time lease_span(std::uint64_t ms);
job_time delay_span(std::uint64_t ms);

/// Before something that went wrong is tried again.
inline constexpr job_time retry_pause_ms = 1'000;

void add_paper(kept_job& job, job_paper paper);
void drop_paper(kept_job& job, job_paper paper);
bool has_paper(const kept_job& job, job_paper paper);

/// What clients call it.
std::string id_of(const kept_job& job);

}  // namespace troupe
