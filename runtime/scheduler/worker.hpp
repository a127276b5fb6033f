// One thread of the scheduler: an io_context, and the actors that live on it.
//
//             Asio handlers of this thread ---> run queue (no lock) ---> slice
//   other threads ---> inbox (lock) ---> one posted handler a batch -------^
//
// The one rule: an actor that ran here once runs nowhere else, so everything on
// one worker - actors, sockets, timers - is single-threaded with one another.
//
// Actors run in slices. A slice is an ordinary handler of the io_context that
// runs some jobs and then, if there are more, posts the next slice behind
// whatever the sockets and timers have to say. A flood of messages therefore
// costs its thread's sockets one slice of delay, not their turn.
//
// Limits: a job that blocks or computes for long holds up the whole thread; a
// slice only ends between jobs.

#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace troupe {

class asio_scheduler;

/// What a worker did since it started, and what it has before it. The numbers
/// are read while the worker works: each is right, together they are close.
struct worker_load {
  /// Turns given to actors; a turn is up to `scheduler.max-throughput`
  /// messages.
  std::uint64_t jobs = 0;
  /// Slices the jobs were run in.
  std::uint64_t slices = 0;
  /// Batches of jobs that came from other threads.
  std::uint64_t batches = 0;
  /// Actors waiting for their turn now.
  std::uint64_t queued = 0;
};

/// Own cache lines: two workers' counters must not share one.
class alignas(64) worker final : public caf::execution_unit {
public:
  /// Jobs in a slice. Each takes 0.1 us at the least, so a full slice is worth
  /// the look at the sockets (an epoll_wait, below 1 us) that follows it.
  static constexpr std::size_t slice_jobs_max = 64;

  /// A slice ends after this time, however few jobs it ran: what a flood of
  /// messages may keep a socket waiting. Below what a network adds by itself.
  static constexpr std::chrono::microseconds slice_time_max{100};

  /// Jobs between two looks at the clock: a look takes about 0.03 us, which
  /// would be a quarter of the shortest job.
  static constexpr std::size_t jobs_per_look = 4;

  worker() = default;
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  /// Names the worker. Called once, before anything else.
  void attach(asio_scheduler& parent, std::size_t index);

  /// The worker whose thread this is, or null.
  static worker* current() noexcept { return current_; }

  /// Whether `other` belongs to the same scheduler.
  bool is_sibling_of(const worker& other) const noexcept {
    return parent_ == other.parent_;
  }

  std::size_t index() const noexcept { return index_; }

  boost::asio::io_context& context() noexcept { return context_; }

  /// CAF's way in, for messages sent by an actor of this worker; the receiver
  /// may live elsewhere.
  void exec_later(caf::resumable* job) override;

  /// Queues a job. @pre `current() == this`.
  void push_local(caf::resumable* job);

  /// Queues a job from any other thread.
  void push_foreign(caf::resumable* job);

  /// Serves until `stop`; the body of the thread.
  void run();

  /// Makes `run` return after the current handler.
  void stop() { context_.stop(); }

  /// Destroys the handlers still waiting in the io_context. From here on jobs
  /// are only collected. @pre `run` has returned on every worker.
  void close();

  /// Takes all jobs out, for cleaning up. @pre `run` has returned.
  std::vector<caf::resumable*> take_all();

  /// May be called on any thread.
  worker_load load() const;

private:
  // Shutting down (handlers die) apart from destruction (sockets' services
  // die): handlers of one worker may hold sockets of another.
  class thread_context : public boost::asio::io_context {
  public:
    // One thread runs it; Asio then queues its own posts without waking.
    thread_context() : io_context(1) {}
    using boost::asio::execution_context::shutdown;
  };

  using work_guard =
      boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  void take_inbox();
  void post_slice();
  void run_slice();
  void end_slice();
  void run_job(caf::resumable* job);
  void requeue(caf::resumable* job);

  static inline thread_local constinit worker* current_ = nullptr;

  asio_scheduler* parent_ = nullptr;
  std::size_t index_ = 0;
  thread_context context_;
  std::optional<work_guard> guard_;

  // This thread only.
  std::deque<caf::resumable*> queue_;
  std::vector<caf::resumable*> batch_;
  bool in_slice_ = false;  // A slice runs or is posted.

  // Written by this thread only, read by any.
  std::atomic<std::uint64_t> jobs_{0};
  std::atomic<std::uint64_t> slices_{0};
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> queued_{0};

  // Any thread. On lines of their own, away from what this thread writes.
  alignas(64) mutable std::mutex inbox_mutex_;
  std::vector<caf::resumable*> inbox_;
  bool inbox_posted_ = false;
  bool closed_ = false;
};

}  // namespace troupe
