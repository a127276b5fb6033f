#include "runtime/scheduler/asio_scheduler.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/detail/set_thread_name.hpp>
#include <caf/logger.hpp>
#include <caf/scheduled_actor.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>

namespace troupe {

namespace {

std::size_t threads_wanted(const caf::actor_system_config& config) {
  const auto threads =
      caf::get_or(config, "scheduler.max-threads", std::size_t{0});
  const std::size_t cores = std::thread::hardware_concurrency();
  // The standard allows 0 for "unknown".
  return threads != 0 ? threads : std::max<std::size_t>(cores, 1);
}

void log_handler_exception(std::size_t index, std::exception_ptr what) {
  try {
    std::rethrow_exception(std::move(what));
  } catch (const std::exception& e) {
    spdlog::error("scheduler thread={} handler-threw=\"{}\"", index, e.what());
  } catch (...) {
    spdlog::error("scheduler thread={} handler-threw=\"unknown\"", index);
  }
}

}  // namespace

asio_scheduler::asio_scheduler(caf::actor_system& system)
    : abstract_coordinator(system), hook_(log_handler_exception) {}

caf::actor_system::module* asio_scheduler::make(caf::actor_system& system,
                                                caf::detail::type_list<>) {
  return new asio_scheduler(system);  // CAF takes it into a unique_ptr.
}

asio_scheduler& asio_scheduler::of(caf::actor_system& system) {
  return dynamic_cast<asio_scheduler&>(system.scheduler());
}

asio_scheduler* asio_scheduler::find(caf::actor_system& system) {
  return dynamic_cast<asio_scheduler*>(&system.scheduler());
}

std::optional<std::size_t> asio_scheduler::current_index() const noexcept {
  if (const auto* here = current())
    return here->index();
  return std::nullopt;
}

void asio_scheduler::on_handler_exception(exception_hook hook) {
  const std::lock_guard guard{hook_mutex_};
  hook_ = std::move(hook);
}

void asio_scheduler::report_handler_exception(std::size_t index,
                                              std::exception_ptr what) {
  auto hook = [this] {
    const std::lock_guard guard{hook_mutex_};
    return hook_;
  }();
  if (hook)
    hook(index, std::move(what));
}

void asio_scheduler::init(caf::actor_system_config& config) {
  abstract_coordinator::init(config);
  max_throughput_ =
      caf::get_or(config, "scheduler.max-throughput", turn_messages_default);
  max_throughput_ = std::max<std::size_t>(max_throughput_, 1);
  num_workers_ = threads_wanted(config);
  workers_ = std::vector<worker>(num_workers_);
  for (std::size_t i = 0; i < workers_.size(); ++i)
    workers_[i].attach(*this, i);
}

void asio_scheduler::start() {
  threads_.reserve(workers_.size());
  for (auto& each : workers_)
    threads_.emplace_back([&each] { each.run(); });
  clock_thread_ = std::thread{[this] {
    CAF_SET_LOGGER_SYS(&system());
    caf::detail::set_thread_name("troupe-clock");
    system().thread_started();
    clock_.run();
    system().thread_terminates();
  }};
  abstract_coordinator::start();  // The actor behind `aout`.
}

// Called by ~actor_system, when all actors but the hidden ones are done.
void asio_scheduler::stop() {
  stop_actors();
  for (auto& each : workers_)
    each.stop();
  for (auto& each : threads_)
    each.join();
  discard_jobs();
  for (auto& each : workers_)
    each.close();
  discard_jobs();
  clock_.stop();
  clock_thread_.join();
  discard_jobs();  // What the clock woke, and what its last timers held.
}

void asio_scheduler::enqueue(caf::resumable* job) {
  auto* here = current();
  auto* home = home_of(job);
  if (home == nullptr)
    home = here != nullptr ? here : &next_in_turn();
  if (home == here)
    home->push_local(job);
  else
    home->push_foreign(job);
}

// A thread of another actor system is a foreign thread.
worker* asio_scheduler::current() const noexcept {
  auto* here = worker::current();
  return here != nullptr && here->is_sibling_of(workers_.front()) ? here
                                                                  : nullptr;
}

// An actor remembers the execution unit it ran on last. Before its first run
// that may be any unit, even a dead one, so it is only compared, never read:
// whatever lies inside the block of workers is a worker. Reading the actor's
// memory is safe: whoever enqueues an actor has just woken it, and the mailbox
// orders that after its last run.
worker* asio_scheduler::home_of(caf::resumable* job) noexcept {
  if (job->subtype() != caf::resumable::scheduled_actor)
    return nullptr;
  const caf::execution_unit* unit =
      static_cast<caf::scheduled_actor*>(job)->context();
  const caf::execution_unit* first = workers_.data();
  const auto distance = reinterpret_cast<std::uintptr_t>(unit)
                        - reinterpret_cast<std::uintptr_t>(first);
  // Units before the block wrap round and are out of range too.
  const auto index = distance / sizeof(worker);
  return index < workers_.size() ? &workers_[index] : nullptr;
}

worker& asio_scheduler::next_in_turn() noexcept {
  const auto turn = next_worker_.fetch_add(1, std::memory_order_relaxed);
  return workers_[turn % workers_.size()];
}

// Cleaning up an actor may wake others.
void asio_scheduler::discard_jobs() {
  for (auto again = true; again;) {
    again = false;
    for (auto& each : workers_)
      for (auto* job : each.take_all()) {
        again = true;
        cleanup_and_release(job);
      }
  }
}

}  // namespace troupe
