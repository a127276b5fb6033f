#include "actors/health/health.hpp"

#include "actors/health/health_board.hpp"
#include "actors/router/routing.hpp"

#include <utility>

namespace troupe {

namespace {

/// A pool answers in microseconds; one that has not by now is stuck or gone.
constexpr std::chrono::milliseconds patience{1000};

std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

health_actor::behavior_type health_watch(health_state::self_pointer self,
                                         health_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

health_actor::behavior_type health_state::make_behavior(health_deps deps) {
  deps_.emplace(std::move(deps));
  log_dropped_ = deps_->log_dropped();
  ask_all();
  return {
      [this](atom::sweep) { ask_all(); },
  };
}

void health_state::ask_all() {
  self_->delayed_send(self_, deps_->interval, atom::sweep_v);
  if (awaited_ > 0)
    return;  // The last round is not over; its time-outs will end it.
  checks_.clear();
  queues_.clear();
  const auto routes = *deps_->routes->get();
  awaited_ = routes->providers().size() + 1;  // And this call.
  for (const auto& each : routes->providers()) {
    const auto provider = each.settings->name;
    self_->request(each.pool.current(), caf::duration{patience}, atom::status_v)
        .then(
            [this, provider](std::vector<key_status>& keys) {
              heard(provider, std::move(keys));
            },
            [this, provider](const caf::error&) {
              heard(provider, std::nullopt);
            });
  }
  if (deps_->queues)
    ask_queues();
  arrived();
}

void health_state::ask_queues() {
  awaited_ += deps_->queues->size();
  for (const auto& [queue, place] : *deps_->queues)
    self_
        ->request(place.queue.current(), caf::duration{patience},
                  atom::status_v)
        .then(
            [this, queue = queue](queue_statistics& numbers) {
              heard_queue(queue, std::move(numbers));
            },
            [this, queue = queue](const caf::error&) {
              heard_queue(queue, std::nullopt);
            });
}

void health_state::heard(const std::string& provider,
                         std::optional<std::vector<key_status>> keys) {
  checks_[provider] = check_provider(provider, keys);
  arrived();
}

void health_state::heard_queue(const std::string& queue,
                               std::optional<queue_statistics> numbers) {
  queues_[queue] = std::move(numbers);
  arrived();
}

void health_state::arrived() {
  if (--awaited_ == 0)
    publish();
}

void health_state::publish() {
  health_report report;
  report.timestamp_ms = wall_ms();
  for (const auto& [provider, check] : checks_)
    report.checks.push_back(check);
  if (deps_->queues)
    report.checks.push_back(check_queues(queues_));
  const auto dropped = deps_->log_dropped();
  report.checks.push_back(
      check_log(dropped - std::exchange(log_dropped_, dropped)));
  deps_->overall.Set(static_cast<double>(report.overall()));
  deps_->board->put(std::move(report));
}

}  // namespace troupe
