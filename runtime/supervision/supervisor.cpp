#include "runtime/supervision/supervisor.hpp"

#include "runtime/supervision/restart_pause.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>

namespace troupe {

namespace {

// A normal exit is an empty error.
bool is_orderly(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown;
}

// Returns what is wrong with the recipes, or an empty string.
std::string fault_in(const std::vector<child_spec>& specs) {
  std::set<std::string_view> names;
  for (const auto& spec : specs) {
    if (!names.insert(spec.name).second)
      return "two children named " + spec.name;
    if (!spec.start)
      return "no recipe for " + spec.name;
  }
  return {};
}

// CAF renders our codes as numbers.
std::string describe(const caf::actor_system& system, const caf::error& err) {
  const auto code = code_of(err);
  return code == errc::none ? system.render(err)
                            : to_string(code) + to_string(err.context());
}

void tell(const std::function<void(std::string_view)>& whom,
          std::string_view child) {
  if (whom)
    whom(child);
}

}  // namespace

supervisor_actor::behavior_type supervisor(supervisor_state::self_pointer self,
                                           supervisor_deps deps) {
  if (auto fault = fault_in(deps.children); !fault.empty()) {
    self->quit(caf::make_error(errc::invalid_setting, std::move(fault)));
    return supervisor_actor::behavior_type::make_empty_behavior();
  }
  return self->state.make_behavior(std::move(deps));
}

// Reached with children only if this actor was killed or threw.
supervisor_state::~supervisor_state() {
  for (auto i = children_.rbegin(); i != children_.rend(); ++i)
    if (i->handle)
      caf::anon_send_exit(i->handle, caf::exit_reason::kill);
}

supervisor_actor::behavior_type
supervisor_state::make_behavior(supervisor_deps deps) {
  deps_ = std::move(deps);
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  self_->set_exit_handler([this](const caf::exit_msg& msg) {
    if (msg.reason)  // A linked actor's normal end is not our business.
      stop(msg.reason);
  });
  for (auto& spec : deps_.children)
    children_.push_back({std::move(spec), nullptr});
  deps_.children.clear();
  // By index: a start that spends its budget takes children out.
  for (std::size_t i = 0; i < children_.size() && !stopping_; ++i)
    start(children_[i]);
  if (stopping_ && children_.empty())  // A behavior would undo the quit.
    return supervisor_actor::behavior_type::make_empty_behavior();
  return {
      [this](atom::child, const std::string& who) { return find(who); },
      [this](atom::hire, const child_spec_ptr& spec) { return hire(*spec); },
      [this](atom::dismiss, const std::string& who) { return dismiss(who); },
      [this](atom::restart, const std::string& who) { restart(who); },
      [this](atom::hurry, std::uint64_t turn) { lose_patience(turn); },
  };
}

caf::result<caf::actor> supervisor_state::find(const std::string& who) const {
  for (const auto& each : children_)
    if (each.spec.name == who && each.handle)
      return each.handle;
  return caf::make_error(errc::unknown_child, who);
}

caf::result<void> supervisor_state::hire(const child_spec& spec) {
  if (stopping_)
    return caf::make_error(errc::shutting_down);
  if (child_named(spec.name) != nullptr)
    return caf::make_error(errc::child_exists, spec.name);
  if (!spec.start)
    return caf::make_error(errc::invalid_setting, "no recipe for " + spec.name);
  children_.push_back({spec, nullptr});
  start(children_.back());
  return caf::unit;
}

caf::result<void> supervisor_state::dismiss(const std::string& who) {
  if (stopping_)
    return caf::make_error(errc::shutting_down);
  auto* c = child_named(who);
  if (c == nullptr)
    return caf::make_error(errc::unknown_child, who);
  if (!c->handle) {  // It waits for its restart: nobody is there to be asked.
    children_.erase(children_.begin() + (c - children_.data()));
    return caf::unit;
  }
  auto answer = self_->make_response_promise();
  if (!c->leaves) {
    c->leaves.emplace().turn = ++turn_;
    self_->send_exit(c->handle, caf::exit_reason::user_shutdown);
    self_->delayed_send(self_, deps_.stop_patience, atom::hurry_v, turn_);
  }
  c->leaves->asked.push_back(answer);
  return answer;
}

supervisor_state::child* supervisor_state::child_named(const std::string& who) {
  const auto found =
      std::find_if(children_.begin(), children_.end(),
                   [&](const child& c) { return c.spec.name == who; });
  return found != children_.end() ? &*found : nullptr;
}

void supervisor_state::start(child& c) {
  std::string fault = "recipe returned no actor";
  try {
    c.handle = c.spec.start(self_->home_system());
  } catch (const std::exception& e) {
    fault = e.what();
  } catch (...) {
    fault = "recipe threw";
  }
  if (c.handle)
    self_->monitor(c.handle);
  else
    on_death(c, fault);
}

void supervisor_state::restart(const std::string& who) {
  auto* c = child_named(who);
  if (stopping_ || c == nullptr || c->handle)
    return;
  tell(deps_.on_restart, who);
  start(*c);
}

void supervisor_state::on_down(const caf::down_msg& msg) {
  const auto found =
      std::find_if(children_.begin(), children_.end(), [&](const child& c) {
        return c.handle.address() == msg.source;
      });
  if (found == children_.end())
    return;
  found->handle = nullptr;
  if (stopping_)
    return stop_next();
  if (found->leaves)
    let_go(found);
  else if (is_orderly(msg.reason))
    children_.erase(found);
  else
    on_death(*found, describe(self_->home_system(), msg.reason));
}

void supervisor_state::on_death(child& c, const std::string& reason) {
  const auto& who = c.spec.name;
  tell(deps_.on_death, who);
  if (!c.spec.budget.spend(self_->clock().now())) {
    spdlog::error("supervisor name={} child={} died=\"{}\" budget=spent",
                  deps_.name, who, reason);
    return stop(caf::make_error(errc::restart_budget_spent, who));
  }
  const auto pause = restart_pause(c.spec.budget.spent());
  spdlog::warn("supervisor name={} child={} died=\"{}\" restart-in-ms={}",
               deps_.name, who, reason, pause.count());
  // Also without a pause a message: a recipe that throws must not recurse.
  if (pause.count() == 0)
    self_->send(self_, atom::restart_v, who);
  else
    self_->delayed_send(self_, pause, atom::restart_v, who);
}

void supervisor_state::stop(caf::error reason) {
  if (stopping_)
    return;
  stopping_ = std::move(reason);
  for (auto& each : children_)
    if (each.leaves)
      for (auto& answer : each.leaves->asked)
        answer.deliver(caf::make_error(errc::shutting_down));
  stop_next();
}

// Asks the last child that is left, and comes back when it is down.
void supervisor_state::stop_next() {
  while (!children_.empty() && !children_.back().handle)
    children_.pop_back();
  if (children_.empty())
    return self_->quit(*stopping_);
  killed_ = false;
  self_->send_exit(children_.back().handle, caf::exit_reason::user_shutdown);
  self_->delayed_send(self_, deps_.stop_patience, atom::hurry_v, ++turn_);
}

void supervisor_state::let_go(child_place who) {
  auto asked = std::move(who->leaves->asked);
  children_.erase(who);
  for (auto& answer : asked)
    answer.deliver(caf::unit);
}

// A dismissed child takes too long.
void supervisor_state::hurry(child_place who) {
  if (who->leaves->killed) {
    spdlog::error("supervisor name={} child={} given-up", deps_.name,
                  who->spec.name);
    return let_go(who);
  }
  spdlog::warn("supervisor name={} child={} killed", deps_.name,
               who->spec.name);
  who->leaves->killed = true;
  self_->send_exit(who->handle, caf::exit_reason::kill);
  self_->delayed_send(self_, deps_.stop_patience, atom::hurry_v,
                      who->leaves->turn);
}

void supervisor_state::lose_patience(std::uint64_t turn) {
  if (!stopping_) {
    const auto late = std::ranges::find_if(children_, [&](const child& c) {
      return c.leaves && c.leaves->turn == turn;
    });
    if (late != children_.end())
      hurry(late);
    return;
  }
  if (turn != turn_ || children_.empty())
    return;
  auto& last = children_.back();
  if (killed_) {
    spdlog::error("supervisor name={} child={} given-up", deps_.name,
                  last.spec.name);
    children_.pop_back();
    return stop_next();
  }
  spdlog::warn("supervisor name={} child={} killed", deps_.name,
               last.spec.name);
  killed_ = true;
  self_->send_exit(last.handle, caf::exit_reason::kill);
  self_->delayed_send(self_, deps_.stop_patience, atom::hurry_v, ++turn_);
}

}  // namespace troupe
