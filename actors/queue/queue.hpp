// QUEUE: decides order, delay, retry, lease and dead letter.
//
// One a queue and node. The decisions are `queue_book`'s, who has all jobs in
// memory; this actor lets them be written, lets what was asked wait for the
// disk, and time pass.
//
//   starting --all read--> open --drain--> draining
//      | ^                   what is asked goes on; nothing is taken in, and
//      v | a second later    nothing leased, any more
//   in trouble: the store cannot be read; everybody hears why
//
// One batch is with STORE WRITER at a time; what happens meanwhile shares the
// next. While batches fail nothing is taken in and nothing is leased: what
// cannot be written down is not handed out.
//
// Schedules go by the wall's clock, which people set theirs by, and all else by
// the queue's. Their jobs and where they stand are written in one batch: either
// both are on disk or neither, and then they come again, under the same ids.
//
// At a start it waits until the writer has done whatever an earlier incarnation
// had sent, and reads then: what it finds does not change behind its back.
//
// Failure    Tickets it holds answer themselves. The next incarnation reads
//            back all that was answered; who holds a lease keeps it.
// Supervised By `queues`; restarted after any abnormal exit.
// Mailbox    What sessions and workers ask, whose number the doors bound, and
//            what other queues say, each so much at once (errand_desk.hpp);
//            while it starts, `early_max` of them.
// Metrics    queue_size and troupe_queue_*, troupe_jobs_total, troupe_job_*,
//            troupe_schedule_jobs_total.

#pragma once

#include "actors/queue/errand_desk.hpp"
#include "actors/queue/follow_line.hpp"
#include "actors/queue/paper_shelf.hpp"
#include "actors/queue/queue_book.hpp"
#include "actors/queue/queue_clock.hpp"
#include "actors/queue/queue_metrics.hpp"
#include "actors/queue/read_desk.hpp"
#include "actors/queue/riders.hpp"
#include "actors/queue/work_line.hpp"
#include "actors/queue_contracts.hpp"
#include "actors/queue_directory.hpp"
#include "actors/schedule/schedule_book.hpp"
#include "config/settings.hpp"
#include "runtime/supervision/address.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// What the wall's clock says.
job_time wall_time();

/// What a queue needs from the outside world.
struct queue_deps {
  queue_settings_ptr settings;  ///< Never null.
  address<store_writer_actor> writer;
  address<store_reader_actor> reader;
  /// Where the queues of children and parents are; null: only its own is.
  queue_directory_ptr queues;
  /// Why there is no store; none if there is one.
  caf::error no_store;
  queue_metrics metrics;
  std::uint64_t seed = 0;  ///< Of the jitter of pauses.
  std::function<job_time()> wall = wall_time;
};

class queue_state {
public:
  static constexpr const char* name = "queue";

  /// Data of jobs that is at hand for their lease.
  static constexpr std::size_t shelf_bytes = std::size_t{64} << 20;

  /// Questions that wait while it starts.
  static constexpr std::size_t early_max = 10'000;

  /// When it is worth coming back to one that is too full to wait in.
  static constexpr std::uint64_t overload_ms = 1'000;

  /// As long as anybody waits here at most.
  static constexpr std::chrono::minutes wait_max{10};

  /// Before a store that could not be read is read again.
  static constexpr std::chrono::seconds retry_pause{1};

  /// Records of jobs read at once after a start: some 2 ms of work.
  static constexpr std::size_t page_records = 2'000;

  /// Likewise of schedules, each some 10 us, and bytes of what they carry.
  static constexpr std::size_t page_schedules = 100;
  static constexpr std::size_t page_schedule_bytes = std::size_t{256} << 10;

  /// Schedules, and jobs of theirs, between two messages: each some 10 us.
  static constexpr std::size_t schedules_slice = 200;

  /// Schedules in one answer.
  static constexpr std::uint32_t schedules_shown = 1'000;
  /// Papers of a page read at once.
  static constexpr std::size_t papers_at_once = 16;

  /// Of papers, in one answer: a page is cut short after the job that reaches
  /// it.
  static constexpr std::size_t page_bytes = std::size_t{8} << 20;

  /// Of a stream, in one answer.
  static constexpr std::size_t stream_records = 1'000;
  static constexpr std::size_t stream_bytes = std::size_t{1} << 20;

  /// Between two looks at what the gauges show.
  static constexpr std::chrono::seconds show_period{1};

  /// Until the next look in any case; see cache_shard_state.
  static constexpr std::chrono::seconds sweep_far{10};

  using self_pointer = queue_actor::stateful_pointer<queue_state>;

  // Must stay a constructor, see api_key_state.
  explicit queue_state(self_pointer self) : self_(self) {}

  queue_actor::behavior_type make_behavior(queue_deps deps);

private:
  using any_ticket =
      std::variant<enqueue_ticket, work_ticket, alter_ticket, view_ticket,
                   follow_ticket, order_ticket, arrange_ticket,
                   schedules_ticket, children_ticket, report_ticket>;

  enum class stage : std::uint8_t { starting, in_trouble, open };

  /// A schedule's turn whose jobs are not on disk.
  struct called_turn {
    due_turn turn;
    std::uint32_t jobs = 0;  ///< That are new.
  };

  // -- starting (queue_start.cpp)
  void start();
  void read_jobs(std::int64_t from);
  void answer(loading_read&&, record_pages& found);
  void load_state(const records& found);
  void fail(loading_read&&, const caf::error& why);
  void note(const caf::expected<void>& understood);
  void open();

  // -- what is asked
  template <class Ticket>
  void hear(const Ticket& t);
  void serve(const enqueue_ticket& t, job_time at);
  void serve(const work_ticket& t, job_time at);
  void serve(const alter_ticket& t, job_time at);
  void serve(const order_ticket& t, job_time at);
  void put_at_hand(const new_jobs& jobs, const added_jobs& added);
  /// Gives an answer when all it tells of is on disk.
  template <class Ticket, class Answer>
  void reply(const Ticket& t, Answer answer) {
    if (const auto batch = book_->rides(); batch != 0)
      riders_.board(batch, t, std::move(answer));
    else
      t.answer(std::move(answer));
  }
  queue_statistics status() const;
  void adopt(const settings_ptr& s);
  void drain();

  // -- what takes a look at the disk (queue_reading.cpp)
  void serve(const view_ticket& t, job_time at);
  void serve(const follow_ticket& t, job_time at);
  void lend(const work_ticket& t, std::vector<taken_job> jobs);
  void hand_over(const work_ticket& t, std::vector<taken_job> jobs);
  void give_back(const leased_jobs& jobs);
  void read_papers(view_read asked);
  void read_stream(const follow_ticket& t, stream_state stream);
  void ask(std::vector<record_range> ranges, read_desk::question what);
  void found(std::uint64_t number, record_pages& pages);
  void not_found(std::uint64_t number, const caf::error& why);
  void answer(lease_read&& asked, record_pages& found);
  void answer(view_read&& asked, record_pages& found);
  static void cut_short(view_read& asked);
  void answer(stream_read&& asked, record_pages& found);
  void fail(lease_read&& asked, const caf::error& why);
  void fail(view_read&& asked, const caf::error& why);
  void fail(stream_read&& asked, const caf::error& why);

  // -- schedules (queue_schedules.cpp)
  void read_schedules(std::int64_t from);
  void call_schedules(job_time at);
  bool make(const due_jobs& due, job_time at);
  void settle_schedules(const caf::error& why);
  void settle(const std::vector<called_turn>& turns, schedule_event how);
  void write_schedules();
  std::optional<time_point> next_schedule() const;
  void serve(const arrange_ticket& t, job_time at);
  void serve(const schedules_ticket& t, job_time at);
  void answer(schedules_read&& asked, record_pages& found);
  void fail(schedules_read&& asked, const caf::error& why);

  // -- flows (queue_flows.cpp)
  void serve(const children_ticket& t, job_time at);
  void read_papers(children_read asked);
  void serve(const report_ticket& t, job_time at);
  void answer(children_read&& asked, record_pages& found);
  void answer(placing_read&& asked, record_pages& found);
  void answer(results_read&& asked, record_pages& found);
  void fail(children_read&& asked, const caf::error& why);
  void fail(placing_read&& asked, const caf::error& why);
  void fail(results_read&& asked, const caf::error& why);
  void run_errands(job_time at);
  void read_page(const placing_read& page);
  void place(const job_view& parent, const placing_read& asked, records& page,
             job_time at);
  void send_children(job_number parent, const std::string& to, new_jobs jobs);
  void go_on(job_number parent, job_time at);
  void tell(std::vector<ended_child> some);
  void tell(const std::string& to, std::vector<ended_child> some);
  void answered(std::uint64_t number, const caf::error& why);
  void hear(placing_errand&& sent, const caf::error& why, job_time at);
  void hear(telling_errand&& sent, const caf::error& why, job_time at);
  /// Null before its first incarnation; nothing if there is no such queue.
  std::optional<queue_actor> find_queue(const std::string& whose) const;
  void note(const std::string& other, const caf::error& why);

  // -- after every message
  void sweep();
  void stored(std::uint64_t number, const caf::error& why);
  void finish(job_time at);
  void serve_line(job_time at);
  void depart(job_time at);
  void commit(std::uint64_t number, store_batch batch);
  void tell_trouble(const caf::error& before);
  void show(job_time at);
  void watch(job_time at);
  void hurry();
  time_point until(std::uint64_t wait_ms) const;
  time_point steady() const;
  job_time now() const { return clock_.at(steady()); }

  self_pointer self_;
  std::optional<queue_deps> deps_;  // Set once, by make_behavior.
  queue_clock clock_;
  stage stage_ = stage::starting;
  bool drains_ = false;
  caf::error trouble_;  // In trouble: why.
  std::vector<any_ticket> early_;

  std::optional<queue_book> book_;  // While starting it fills.
  riders riders_;
  work_line workers_;
  follow_line followers_;
  paper_shelf shelf_{shelf_bytes};
  read_desk desk_;
  errand_desk errands_;
  std::unordered_map<std::uint64_t, order_ticket> orders_;  // Not ended.
  std::uint64_t jobs_read_ = 0;
  std::uint64_t damaged_ = 0;  // Records that could not be read.

  schedule_book schedules_;
  std::vector<called_turn> turns_waiting_;         // For the next batch.
  std::vector<called_turn> turns_flying_;          // With the one under way.
  time_point schedules_rest_ = time_point::min();  // Full: not before then.

  bool may_lease_ = false;  // There is something new for those in line.
  time_point next_show_ = time_point::min();
  bool is_shown_ = true;  // Nothing has happened since.
  bool waits_ = false;    // Some job did when it was shown.
  time_point next_sweep_ = time_point::max();  // In the clock.
  bool hurries_ = false;                       // A look is in the mailbox.
};

/// Returns the behavior of a queue that begins to read what it had.
queue_actor::behavior_type queue(queue_state::self_pointer self,
                                 queue_deps deps);

}  // namespace troupe
