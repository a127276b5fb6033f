// Where actors run: N threads, each also an Asio io_context.
//
// Replaces CAF's own scheduler. An actor stays for life on the thread where it
// first ran, so it shares that thread with sockets and timers: what runs on
// `context(i)` may touch the state of an actor of thread i, may call its
// `send` and `request(...).then`, and needs no lock for any of it. A message
// between two actors, or from a handler to an actor, of one thread is a queue
// push: no wake-up, no context switch.
//
//   caf::actor_system_config config;
//   config.set("scheduler.max-threads", std::size_t{2});  // 0 = one per core
//   config.load<asio_scheduler>();          // before load<caf::io::middleman>
//   caf::actor_system system{config};
//   auto& scheduler = asio_scheduler::of(system);
//
// First runs: `spawn_on` decides; else a child starts on its parent's thread,
// what is spawned or first woken from a handler on that handler's thread, and
// the rest in turn. There is no stealing: placement balances.
//
// Beside it, as with CAF's own: detached and blocking actors on their own
// threads, one thread for the clock, one for `aout`, the middleman's.
//
// Limits: nothing here may block; an actor_system must not be destroyed on one
// of its own threads; a handler that keeps an actor handle keeps the actor's
// memory until the handler is gone, and a handler that uses an actor must keep
// a handle (`caf::strong_actor_ptr{self->ctrl()}`).

#pragma once

#include "runtime/scheduler/timer_clock.hpp"
#include "runtime/scheduler/worker.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace troupe {

class asio_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  /// Messages in one turn of an actor, unless `scheduler.max-throughput` says
  /// otherwise; CAF's own default is unlimited. Enough to make the queue's
  /// price (0.05 us) vanish in the messages' (0.2 us each), and few enough that
  /// a flooded actor gives way after microseconds.
  static constexpr std::size_t turn_messages_default = 20;

  /// Told of an exception that left a handler of thread `index`. Runs on that
  /// thread and must not throw.
  using exception_hook =
      std::function<void(std::size_t index, std::exception_ptr)>;

  explicit asio_scheduler(caf::actor_system& system);

  /// CAF's factory; see `config.load<asio_scheduler>()`.
  static caf::actor_system::module* make(caf::actor_system& system,
                                         caf::detail::type_list<>);

  /// The scheduler of `system`. Throws `std::bad_cast` if it has another.
  static asio_scheduler& of(caf::actor_system& system);

  /// The scheduler of `system`, or null if it has another (tests do).
  static asio_scheduler* find(caf::actor_system& system);

  /// Number of threads.
  std::size_t size() const noexcept { return workers_.size(); }

  /// The io_context of thread `index`. Throws `std::out_of_range`.
  boost::asio::io_context& context(std::size_t index) {
    return workers_.at(index).context();
  }

  /// The thread the caller runs on, if it is one of this scheduler's.
  std::optional<std::size_t> current_index() const noexcept;

  /// Counters of thread `index`, from any thread. Throws `std::out_of_range`.
  worker_load load(std::size_t index) const {
    return workers_.at(index).load();
  }

  /// Replaces what happens to exceptions that leave an Asio handler; by default
  /// they are logged. The thread goes on in any case. Callable at any time.
  void on_handler_exception(exception_hook hook);

  /// Spawns a function-based actor, typed or not, that lives on thread `index`.
  /// Throws `std::out_of_range`.
  template <caf::spawn_options Options = caf::no_spawn_options, class F,
            class... Args>
  caf::infer_handle_from_fun_t<F> spawn_on(std::size_t index, F fun,
                                           Args&&... args) {
    static_assert(!caf::has_detach_flag(Options),
                  "a detached actor has a thread of its own");
    using impl = caf::infer_impl_from_fun_t<F>;
    static_assert(caf::detail::spawnable<F, impl, Args...>(),
                  "cannot spawn function-based actor with given arguments");
    caf::actor_config config{&workers_.at(index)};
    return system().template spawn_functor<Options>(
        std::true_type{}, config, fun, std::forward<Args>(args)...);
  }

  // -- for CAF ----------------------------------------------------------------

  void enqueue(caf::resumable* job) override;
  caf::actor_clock& clock() noexcept override { return clock_; }
  void init(caf::actor_system_config& config) override;
  void start() override;
  void stop() override;

  // -- for workers ------------------------------------------------------------

  void report_handler_exception(std::size_t index, std::exception_ptr what);

private:
  worker* current() const noexcept;
  worker* home_of(caf::resumable* job) noexcept;
  worker& next_in_turn() noexcept;
  void discard_jobs();

  // One block, never resized after `init`: `home_of` relies on it.
  std::vector<worker> workers_;
  std::vector<std::thread> threads_;
  timer_clock clock_;
  std::thread clock_thread_;
  std::mutex hook_mutex_;
  exception_hook hook_;
};

/// Spawns an actor that lives on thread `index`, or, where another scheduler
/// runs (tests in virtual time), wherever that one pleases.
template <caf::spawn_options Options = caf::no_spawn_options, class F,
          class... Args>
caf::infer_handle_from_fun_t<F> spawn_pinned(caf::actor_system& system,
                                             std::size_t index, F fun,
                                             Args&&... args) {
  if (auto* scheduler = asio_scheduler::find(system))
    return scheduler->spawn_on<Options>(index, std::move(fun),
                                        std::forward<Args>(args)...);
  return system.spawn<Options>(std::move(fun), std::forward<Args>(args)...);
}

}  // namespace troupe
