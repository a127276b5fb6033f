// Children and a supervisor to keep them: the stage of its tests.
//
// Children write down when they are started and when they end; some do not end
// when asked to, and some recipes fail when told to.

#pragma once

#include "runtime/supervision/supervisor.hpp"
#include "tests/support/actor_test.hpp"

#include <caf/actor_companion.hpp>

#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

using strings = std::vector<std::string>;

/// A child that lives until told otherwise, and writes down its end.
class noted_state {
public:
  explicit noted_state(caf::stateful_actor<noted_state>*) {}
  ~noted_state() {
    if (ended)
      ended->push_back(who);
  }

  std::string who;
  std::shared_ptr<strings> ended;
};

inline caf::behavior noted(caf::stateful_actor<noted_state>* self,
                           std::string who, std::shared_ptr<strings> ended) {
  self->state.who = std::move(who);
  self->state.ended = std::move(ended);
  return {[self](caf::close_atom) {
    self->quit();
  }};
}

/// A child that does not end when asked to. It can be killed.
inline caf::behavior stubborn(caf::event_based_actor* self) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  return {[](caf::ok_atom) {
  }};
}

class supervisor_stage : public actor_test {
protected:
  child_spec child(std::string who, std::uint32_t restarts_max = 10) {
    return {.name = who,
            .start =
                [this, who](caf::actor_system& sys) {
                  ++spawned_[who];
                  if (broken_.contains(who))
                    throw std::runtime_error{"broken on purpose"};
                  if (missing_.contains(who))
                    return caf::actor{};
                  auto hdl = sys.spawn(noted, who, ended_);
                  adopt(hdl);
                  return caf::actor_cast<caf::actor>(hdl);
                },
            .budget = {restarts_max, std::chrono::seconds{60}}};
  }

  supervisor_deps deps(std::vector<child_spec> children) {
    return {.name = "test",
            .children = std::move(children),
            .on_death = [this](std::string_view) { ++deaths_; },
            .on_restart =
                [this](std::string_view) {
                  ++restarts_;
                }};
  }

  supervisor_actor start(std::vector<child_spec> children) {
    return spawn(supervisor, deps(std::move(children)));
  }

  caf::expected<caf::actor> find(const supervisor_actor& sup,
                                 const std::string& who) {
    return ask<caf::actor>(sup, atom::child_v, who);
  }

  void end(const supervisor_actor& sup, const std::string& who,
           caf::exit_reason reason = caf::exit_reason::kill) {
    auto hdl = find(sup, who);
    ASSERT_TRUE(hdl);
    caf::anon_send_exit(*hdl, reason);
    settle();
  }

  /// A recipe for a child that does not end when asked to.
  child_spec stubborn_child(std::string who) {
    auto made = child(std::move(who));
    made.start = [this](caf::actor_system& sys) {
      auto hdl = sys.spawn(stubborn);
      adopt(hdl);
      return hdl;
    };
    return made;
  }

  /// One that cannot even be killed: nobody reads its mail.
  child_spec deaf_child(std::string who) {
    auto made = child(std::move(who));
    made.start = [](caf::actor_system& sys) {
      return sys.spawn<caf::actor_companion>();
    };
    return made;
  }

  errc hire(const supervisor_actor& sup, child_spec spec) {
    return code_of(
        ask<void>(sup, atom::hire_v, std::make_shared<const child_spec>(spec)));
  }

  pending<void> dismiss(const supervisor_actor& sup, const std::string& who) {
    return request<void>(sup, atom::dismiss_v, who);
  }

  /// Whether the answer is there, and not an error.
  static bool is_done(const pending<void>& p) { return *p && **p; }

  void shut_down(const supervisor_actor& sup) {
    caf::anon_send_exit(sup, caf::exit_reason::user_shutdown);
    settle();
  }

  std::map<std::string, int> spawned_;
  std::set<std::string> broken_;   // Their recipes throw.
  std::set<std::string> missing_;  // Their recipes return null.
  std::shared_ptr<strings> ended_ = std::make_shared<strings>();
  int deaths_ = 0;
  int restarts_ = 0;
};

}  // namespace troupe::testing
