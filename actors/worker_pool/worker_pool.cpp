#include "actors/worker_pool/worker_pool.hpp"

#include "runtime/scheduler/asio_scheduler.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <utility>

namespace troupe {

worker_actor recruit(caf::actor_system& system, std::size_t thread,
                     worker_deps deps) {
  return spawn_pinned(system, thread, job_worker, std::move(deps));
}

worker_pool_actor::behavior_type
worker_pool(worker_pool_state::self_pointer self, worker_pool_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

worker_pool_actor::behavior_type
worker_pool_state::make_behavior(worker_pool_deps deps) {
  deps_.emplace(std::move(deps));
  scaler_.emplace(deps_->workers);
  crew_.emplace(deps_->workers.restarts);
  settings_ = std::make_shared<published<config::queue_settings>>();
  settings_->put(*deps_->settings);
  looks_at_ = now() + look_interval;
  checks_at_ = now() + deps_->workers.health_interval;
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  self_->set_exit_handler([this](const caf::exit_msg& msg) {
    if (msg.reason)  // Nobody linked to it ends normally.
      stop(msg.reason);
  });
  fill();
  arm();
  return {
      [this](atom::scale, std::uint32_t count) {
        scaler_->set(count);
        fill();
        arm();
        return size();
      },
      [this](atom::status) { return size(); },
      [this](atom::adopt, const settings_ptr& s) { adopt(*s); },
      [this](atom::drain) { drain(); },
      [this](atom::sweep) { sweep(); },
  };
}

// Reached with workers only if this actor was killed or threw.
worker_pool_state::~worker_pool_state() {
  for (const auto& [id, hdl] : handles_)
    caf::anon_send_exit(hdl, caf::exit_reason::kill);
}

// -- coming and going
// ---------------------------------------------------------

std::uint32_t worker_pool_state::wanted() const {
  return drains_ || stopping_ ? 0 : scaler_->wanted();
}

void worker_pool_state::fill() {
  const auto todo = crew_->fill(wanted(), now());
  for (const auto& who : todo.hire)
    hire(who);
  for (const auto who : todo.let_go)
    caf::anon_send(handles_[who], atom::drain_v);
  count();
}

void worker_pool_state::hire(const crew::hiring& who) {
  const auto thread =
      (deps_->first_thread + who.place) % deps_->carriers.size();
  worker_deps its;
  its.name = deps_->settings->name + "-" + std::to_string(who.place);
  its.queue = deps_->queue;
  its.settings = settings_;
  its.carrier = &deps_->carriers[thread];
  its.busy = busy_;
  const auto hdl = deps_->hire(self_->home_system(), thread, std::move(its));
  self_->monitor(hdl);
  handles_.emplace(who.id, hdl);
  if (who.again && deps_->restarts != nullptr)
    deps_->restarts->Increment();
}

void worker_pool_state::on_down(const caf::down_msg& msg) {
  const auto found = std::ranges::find_if(handles_, [&](const auto& h) {
    return h.second.address() == msg.source;
  });
  if (found == handles_.end())
    return;
  const auto who = found->first;
  if (crew_->gone(who, now()))
    spdlog::warn("worker-pool queue={} worker died=\"{}\"",
                 deps_->settings->name,
                 self_->home_system().render(msg.reason));
  bury(who);
}

void worker_pool_state::bury(crew::member_id who) {
  handles_.erase(who);
  fill();
  if (stopping_ && crew_->empty())
    self_->quit(*stopping_);
  else
    arm();
}

// -- looking after them
// -------------------------------------------------------

void worker_pool_state::look() {
  self_
      ->request(deps_->queue.current(), caf::duration{health_patience},
                atom::status_v)
      .then(
          [this](const queue_statistics& queue) {
            scaler_->look(queue);
            fill();
            arm();
          },
          [](const caf::error&) {
            // The queue is being replaced; another look follows.
          });
}

void worker_pool_state::check_health() {
  for (const auto who : crew_->all())
    self_
        ->request(handles_[who], caf::duration{health_patience}, atom::status_v)
        .then([](std::uint64_t) {},
              [this, who](const caf::error& why) {
                if (why == caf::sec::request_timeout)
                  replace(who);
              });
}

void worker_pool_state::replace(crew::member_id who) {
  const auto found = handles_.find(who);
  if (found == handles_.end())
    return;
  spdlog::error("worker-pool queue={} worker stuck=true replaced=true",
                deps_->settings->name);
  self_->demonitor(found->second.address());
  caf::anon_send_exit(found->second, caf::exit_reason::kill);
  crew_->gone(who, now());
  bury(who);
}

void worker_pool_state::adopt(const config::settings& settings) {
  const auto found = std::ranges::find_if(settings.queues, [&](const auto& q) {
    return q->name == deps_->settings->name;
  });
  if (found != settings.queues.end()) {
    deps_->settings = *found;
    settings_->put(**found);
  }
  deps_->workers = settings.workers;
  scaler_->adopt(settings.workers);
  crew_->adopt(settings.workers.restarts);
  checks_at_ = std::min(checks_at_, now() + settings.workers.health_interval);
  fill();
  arm();
}

// -- the end
// -------------------------------------------------------------------

void worker_pool_state::drain() {
  if (std::exchange(drains_, true))
    return;
  grace_ends_ = now() + deps_->grace;
  fill();
  arm();
}

void worker_pool_state::stop(const caf::error& reason) {
  if (stopping_)
    return;
  stopping_ = reason;
  for (const auto& [id, hdl] : handles_)
    caf::anon_send_exit(hdl, caf::exit_reason::user_shutdown);
  crew_->fill(0, now());
  if (crew_->empty())
    self_->quit(reason);
}

// -- time
// ----------------------------------------------------------------------

void worker_pool_state::sweep() {
  const auto at = now();
  if (at < armed_for_)
    return;  // An earlier timer was set since, and fired.
  armed_for_ = time_point::max();
  if (at >= looks_at_) {
    looks_at_ = at + look_interval;
    if (wanted() > 0)
      look();
  }
  if (at >= checks_at_) {
    checks_at_ = at + deps_->workers.health_interval;
    check_health();
  }
  if (at >= grace_ends_) {
    grace_ends_ = time_point::max();
    for (const auto& [id, hdl] : handles_)
      caf::anon_send_exit(hdl, caf::exit_reason::user_shutdown);
  }
  fill();
  arm();
}

void worker_pool_state::arm() {
  const auto at = now();
  const auto due =
      std::min({looks_at_, checks_at_, grace_ends_, crew_->next_call()});
  const auto next = std::max(due, at);
  if (armed_for_ <= next)
    return;
  armed_for_ = next;
  self_->delayed_send(self_, next - at, atom::sweep_v);
}

void worker_pool_state::count() {
  if (deps_->count != nullptr)
    deps_->count->Set(crew_->size());
}

pool_size worker_pool_state::size() const {
  pool_size result;
  result.queue = deps_->settings->name;
  result.workers = static_cast<std::uint32_t>(handles_.size());
  result.busy = busy_->load();
  result.wanted = wanted();
  result.min = deps_->workers.min;
  result.max = deps_->workers.max;
  result.restarts = crew_->restarts();
  return result;
}

}  // namespace troupe
