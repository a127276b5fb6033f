#include "runtime/store/store_writer.hpp"

#include "runtime/scheduler/asio_scheduler.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace troupe {

namespace {

/// What a caller may well wait when too much does: a few commits' time.
constexpr std::uint64_t overloaded_ms = 1'000;

/// Makes one copy, and ends.
void copier(caf::event_based_actor*, const std::shared_ptr<store>& where,
            const backup_ticket& ticket) {
  auto done = where->back_up(ticket.matter());
  ticket.answer(done ? backup_ticket::result{committed{}}
                     : backup_ticket::result{done.error()});
}

/// Gives the copier a thread of its own, but not in tests in virtual time.
caf::actor spawn_copier(caf::actor_system& system,
                        const std::shared_ptr<store>& where,
                        const backup_ticket& ticket) {
  if (asio_scheduler::find(system) != nullptr)
    return system.spawn<caf::detached>(copier, where, ticket);
  return system.spawn(copier, where, ticket);
}

}  // namespace

store_writer_actor::behavior_type
store_writer(store_writer_state::self_pointer self, store_writer_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

store_writer_actor::behavior_type
store_writer_state::make_behavior(store_writer_deps deps) {
  deps_.emplace(std::move(deps));
  line_.emplace(deps_->bounds);
  self_->set_down_handler([this](const caf::down_msg&) { copies_ = false; });
  return {
      [this](atom::commit, const commit_ticket& ticket) { gather(ticket); },
      [this](atom::backup, const backup_ticket& ticket) { copy(ticket); },
      [this](atom::flush) { flush(); },
  };
}

void store_writer_state::gather(const commit_ticket& ticket) {
  if (!line_->offer(ticket)) {
    deps_->metrics.failures[errc::overloaded].Increment();
    ticket.answer(caf::make_error(errc::overloaded, overloaded_ms));
    return;
  }
  if (!std::exchange(flushes_, true))
    self_->send(self_, atom::flush_v);
}

void store_writer_state::flush() {
  flushes_ = false;
  const auto group = line_->take();
  const auto why = write(group);
  for (const auto& rider : group.riders)
    rider.answer(why ? commit_ticket::result{why}
                     : commit_ticket::result{committed{}});
  if (!why)
    static_cast<void>(deps_->where->tidy());  // Tried again after the next.
  // What has come in meanwhile is gathered first.
  if (!line_->empty() && !std::exchange(flushes_, true))
    self_->send(self_, atom::flush_v);
}

caf::error store_writer_state::write(const commit_group& group) {
  using seconds = std::chrono::duration<double>;
  const auto began = self_->clock().now();
  auto done = deps_->where->commit(group.batch);
  if (!done) {
    deps_->metrics.failures[code_of(done)].Increment();
    return done.error();
  }
  deps_->metrics.commit_seconds.Observe(
      seconds{self_->clock().now() - began}.count());
  deps_->metrics.changes.Increment(static_cast<double>(group.changes));
  return {};
}

void store_writer_state::copy(const backup_ticket& ticket) {
  if (std::exchange(copies_, true)) {
    ticket.answer(caf::make_error(errc::store_failed,
                                  std::string{"another copy is being made"}));
    return;
  }
  self_->monitor(spawn_copier(self_->system(), deps_->where, ticket));
}

}  // namespace troupe
