// What a worker does next: one job at a time, from the wish to the last word.
//
//             +---- none yet ----+      nobody can serve it: handed back
//             v                  |    +------------------------------------+
//   resting --> asking --a job--> carrying --done--> settling --heard-->
//   (again)
//      ^                            |   |               |  ^
//      |                            |   |               '--' lost: said again
//      +---- lease over, cancelled -+   '-- time-out: cut, and failed
//
// While it carries, what the courier brings goes to the queue in the order in
// which it came, one message at a time: what comes meanwhile goes together.
// Heartbeats do not wait for that. The job's last word rides behind all of it.
//
// A time-out, a lost lease and a cancelled job do not wait for the courier: the
// errand is dropped, and what still comes of it bears an old number.
//
// Limits: output whose message was lost is not said again, because the queue
// may have heard it; the result has all of it. The last word is said again for
// `settle_patience`, then the lease ends by itself.

#pragma once

#include "actors/job_carrier.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// One long-poll of the queue; workers that wait for ever would be found dead
/// by nobody.
inline constexpr std::chrono::seconds work_wait{20};

/// After an answer that came before its time: the queue is away or stops.
inline constexpr std::chrono::milliseconds idle_rest{500};

/// Between two tries to have the last word heard: a queue that died is back by
/// then, and the second try is within the 9 s of a heartbeat.
inline constexpr std::chrono::seconds settle_pause{1};

/// As long as a lease is worth keeping: then others have the job.
inline constexpr std::chrono::seconds settle_patience{60};

/// No rest is longer, whatever the provider says: it may be wrong.
inline constexpr std::chrono::seconds headroom_rest_max{60};

/// Where the job's settings do not say.
inline constexpr std::chrono::seconds heartbeat_default{9};

class errand_book {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Changes for the queue, which answers under `number`.
  struct message {
    std::uint64_t number = 0;
    job_changes changes;
  };

  /// What to do, in this order.
  struct outbox {
    std::optional<std::uint64_t> drop;  ///< That errand.
    std::vector<message> say;
    std::optional<std::uint64_t> carry;  ///< `job()`, under this number.
    std::optional<std::uint64_t> ask;    ///< For work, under this number.
    bool withdraw = false;               ///< Takes the wish for work back.
    bool leave = false;                  ///< All is done.

    void clear() { *this = {}; }
  };

  explicit errand_book(std::string worker) : worker_(std::move(worker)) {}

  /// Begins. Once.
  void begin(time_point now, outbox& out) { ask(now, out); }

  /// The queue answered the wish of this number, with a job or none.
  void offered(std::uint64_t number, leased_jobs&& jobs, time_point now,
               outbox& out);

  /// The queue answered a message; no receipts: nobody knows.
  void heard(std::uint64_t number, const change_receipts& receipts,
             time_point now, outbox& out);

  /// The courier brought something.
  void output(std::uint64_t errand, job_output&& what, outbox& out);

  /// The courier is back.
  void done(std::uint64_t errand, job_outcome&& how, time_point now,
            outbox& out);

  /// What is due by now.
  void sweep(time_point now, outbox& out);

  /// Asks for nothing more; leaves when nothing is in hand.
  void drain(outbox& out);

  /// Hands back what is in hand and leaves at once. Nobody hears the answer.
  void hand_back(outbox& out);

  /// When `sweep` has something to do; `max` if nothing is due.
  time_point next_call() const;

  /// The errand in hand; 0 = none.
  std::uint64_t errand() const {
    return stage_ == stage::carrying ? errand_ : 0;
  }

  /// The job in hand. @pre an errand is, or was just begun
  const leased_job& job() const { return job_; }

  const std::string& worker() const { return worker_; }

private:
  enum class stage : std::uint8_t { resting, asking, carrying, settling, over };

  void ask(time_point now, outbox& out);
  void rest(std::chrono::milliseconds how_long, time_point now);
  void begin_errand(leased_job&& job, time_point now, outbox& out);
  void abandon(time_point now, outbox& out);
  void settle(job_change last, std::chrono::milliseconds rest_after,
              time_point now, outbox& out);
  void say_last(time_point now, outbox& out);
  void go_on(time_point now, outbox& out);
  void flush(outbox& out);
  void beat(time_point now, outbox& out);
  job_change change_of(job_verb verb) const;
  std::uint64_t next_number() { return ++last_number_; }

  std::string worker_;
  stage stage_ = stage::resting;
  bool drains_ = false;
  std::uint64_t last_number_ = 0;
  time_point rests_until_ = time_point::min();

  // asking
  std::uint64_t wish_ = 0;
  time_point asked_at_{};

  // carrying, settling
  std::uint64_t errand_ = 0;
  leased_job job_;
  std::chrono::milliseconds beat_every_{0};
  time_point beats_at_ = time_point::max();
  time_point times_out_at_ = time_point::max();
  job_changes brought_;         // Not said yet.
  std::uint64_t bringing_ = 0;  // The message of output under way.
  std::uint64_t beating_ = 0;   // The heartbeat under way.

  // settling
  job_changes last_;            // All that is still to be heard.
  std::uint64_t settling_ = 0;  // The message of it under way; 0 = lost.
  time_point says_again_at_ = time_point::max();
  time_point gives_up_at_ = time_point::max();
  std::chrono::milliseconds rest_after_{0};
};

}  // namespace troupe
