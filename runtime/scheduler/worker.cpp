#include "runtime/scheduler/worker.hpp"

#include "runtime/scheduler/asio_scheduler.hpp"

#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/set_thread_name.hpp>
#include <caf/logger.hpp>
#include <caf/scheduled_actor.hpp>

#include <string>
#include <utility>

namespace troupe {

namespace {

// One writer, so no read-modify-write instruction is needed.
void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) {
  counter.store(counter.load(std::memory_order_relaxed) + n,
                std::memory_order_relaxed);
}

}  // namespace

void worker::attach(asio_scheduler& parent, std::size_t index) {
  parent_ = &parent;
  index_ = index;
  system_ = &parent.system();
  guard_.emplace(context_.get_executor());
}

void worker::exec_later(caf::resumable* job) {
  // An actor of ours may hold a handle of another system in this process; CAF
  // would run the receiver here.
  if (job->subtype() == caf::resumable::scheduled_actor) {
    auto& home = static_cast<caf::scheduled_actor*>(job)->home_system();
    if (&home != &system())
      return home.scheduler().enqueue(job);
  }
  parent_->enqueue(job);
}

void worker::push_local(caf::resumable* job) {
  requeue(job);
  if (!in_slice_)
    post_slice();
}

void worker::push_foreign(caf::resumable* job) {
  const std::lock_guard guard{inbox_mutex_};
  inbox_.push_back(job);
  if (inbox_posted_ || closed_)
    return;
  inbox_posted_ = true;
  boost::asio::post(context_, [this] { take_inbox(); });
}

void worker::run() {
  current_ = this;
  CAF_SET_LOGGER_SYS(&system());
  // Linux shows 15 characters.
  const auto thread_name = "troupe-" + std::to_string(index_);
  caf::detail::set_thread_name(thread_name.c_str());
  system().thread_started();
  for (;;) {
    try {
      context_.run();
      break;
    } catch (...) {  // A handler's; the io_context is ready to go on.
      parent_->report_handler_exception(index_, std::current_exception());
    }
  }
  system().thread_terminates();
  current_ = nullptr;
}

void worker::close() {
  {
    const std::lock_guard guard{inbox_mutex_};
    closed_ = true;
  }
  guard_.reset();
  context_.shutdown();
}

std::vector<caf::resumable*> worker::take_all() {
  std::vector<caf::resumable*> jobs(queue_.begin(), queue_.end());
  queue_.clear();
  const std::lock_guard guard{inbox_mutex_};
  jobs.insert(jobs.end(), inbox_.begin(), inbox_.end());
  inbox_.clear();
  return jobs;
}

worker_load worker::load() const {
  constexpr auto relaxed = std::memory_order_relaxed;
  worker_load now{.jobs = jobs_.load(relaxed),
                  .slices = slices_.load(relaxed),
                  .batches = batches_.load(relaxed),
                  .queued = queued_.load(relaxed)};
  const std::lock_guard guard{inbox_mutex_};
  now.queued += inbox_.size();
  return now;
}

void worker::take_inbox() {
  {
    const std::lock_guard guard{inbox_mutex_};
    batch_.swap(inbox_);
    inbox_posted_ = false;
  }
  add(batches_, 1);
  for (auto* job : batch_)
    requeue(job);
  batch_.clear();
  if (!in_slice_) {  // Why post one: this is a handler already.
    in_slice_ = true;
    run_slice();
  }
}

void worker::post_slice() {
  in_slice_ = true;
  boost::asio::post(context_, [this] { run_slice(); });
}

void worker::run_slice() {
  // Also when a job throws: the others still want their turn.
  struct closing {
    worker& slice;
    ~closing() { slice.end_slice(); }
  } closing{*this};
  add(slices_, 1);
  const auto end = std::chrono::steady_clock::now() + slice_time_max;
  for (std::size_t n = 1; n <= slice_jobs_max && !queue_.empty(); ++n) {
    auto* job = queue_.front();
    queue_.pop_front();
    run_job(job);
    if (n % jobs_per_look == 0 && std::chrono::steady_clock::now() >= end)
      return;
  }
}

void worker::end_slice() {
  queued_.store(queue_.size(), std::memory_order_relaxed);
  if (queue_.empty())
    in_slice_ = false;
  else
    post_slice();
}

void worker::run_job(caf::resumable* job) {
  add(jobs_, 1);
  switch (job->resume(this, parent_->max_throughput())) {
  case caf::resumable::resume_later:
    requeue(job);
    break;
  case caf::resumable::done:
  case caf::resumable::awaiting_message:
    caf::intrusive_ptr_release(job);
    break;
  case caf::resumable::shutdown_execution_unit:
    // CAF's way to end its own workers; ours end by `stop`.
    break;
  }
}

void worker::requeue(caf::resumable* job) {
  queue_.push_back(job);
  queued_.store(queue_.size(), std::memory_order_relaxed);
}

}  // namespace troupe
