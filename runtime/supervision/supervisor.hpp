// SUPERVISOR: keeps named children alive, each within its restart budget.
//
//              start                 died, budget left
//   (recipe) ---------> running -------------------------> pausing
//                       |  ^ \                                |
//      ended in order   |  |  \ died, budget spent      pause over: start
//                       v  |   v                              |
//                    let go| supervisor gives up <---+        |
//                          +-----------------------------------
//
// One-for-one: a child dies alone, its siblings do not notice. An exit that is
// normal or a shutdown is a child's own decision and is let go. Any other exit,
// and a recipe that throws, is a death: the child is started again, the first
// time at once, then after growing pauses (restart_pause.hpp). When its budget
// is spent the supervisor gives up: it stops the others and exits with
// `errc::restart_budget_spent`, so that the next level decides. A supervisor is
// itself an actor with a recipe: they nest.
//
// Children are stopped in reverse order of their recipes, one after the other:
// the next is asked only when the one before is gone, so whoever was started
// later may use whoever was started earlier to its end.
//
// Children may come and go while it runs: one that is hired counts as the last
// started, one that is dismissed is stopped like all are at the end, and then
// forgotten. Its name is free again when it is gone, not before.
//
// Failure    If the supervisor itself is killed its children are killed too;
//            nobody lives unsupervised.
// Supervised By another supervisor, or by main.
// Metrics    Deaths and restarts, through `supervisor_deps`.

#pragma once

#include "runtime/contracts.hpp"
#include "runtime/supervision/child_spec.hpp"

#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What a supervisor needs from the outside world.
struct supervisor_deps {
  /// In logs.
  std::string name;
  /// Started in this order, stopped in reverse.
  std::vector<child_spec> children;
  /// Told of every death and every restart, for counting. Must not throw. Empty
  /// functions are not called.
  std::function<void(std::string_view child)> on_death;
  std::function<void(std::string_view child)> on_restart;
  /// How long a child may take to end when asked to; then it is killed, and
  /// after the same time again it is given up. Less than any grace period that
  /// an orchestrator allows (10 s with Docker), more than any child needs that
  /// only has to close what it holds.
  std::chrono::milliseconds stop_patience = std::chrono::seconds{3};
};

class supervisor_state {
public:
  static constexpr const char* name = "supervisor";

  using self_pointer = supervisor_actor::stateful_pointer<supervisor_state>;

  explicit supervisor_state(self_pointer self) : self_(self) {}
  supervisor_state(const supervisor_state&) = delete;
  supervisor_state& operator=(const supervisor_state&) = delete;
  ~supervisor_state();

  supervisor_actor::behavior_type make_behavior(supervisor_deps deps);

private:
  // A child that was told to go.
  struct farewell {
    std::uint64_t turn = 0;  // Of its `hurry`.
    bool killed = false;
    std::vector<caf::response_promise> asked;
  };

  struct child {
    child_spec spec;
    caf::actor handle;  // Null while not running.
    std::optional<farewell> leaves = std::nullopt;
  };

  using child_place = std::vector<child>::iterator;

  caf::result<caf::actor> find(const std::string& who) const;
  caf::result<void> hire(const child_spec& spec);
  caf::result<void> dismiss(const std::string& who);
  void hurry(child_place who);
  void let_go(child_place who);
  child* child_named(const std::string& who);
  void start(child& c);
  void restart(const std::string& who);
  void on_down(const caf::down_msg& msg);
  void on_death(child& c, const std::string& reason);
  void stop(caf::error reason);
  void stop_next();
  void lose_patience(std::uint64_t turn);

  self_pointer self_;
  supervisor_deps deps_;
  std::vector<child> children_;

  std::uint64_t turn_ = 0;  // Of the last child that was asked to end.

  // While stopping: why, and how rude we are.
  std::optional<caf::error> stopping_;
  bool killed_ = false;
};

/// Returns the behavior of a supervisor that has started `deps.children`.
/// Exits with `errc::invalid_setting` if two children share a name or one has
/// no recipe.
supervisor_actor::behavior_type supervisor(supervisor_state::self_pointer self,
                                           supervisor_deps deps);

}  // namespace troupe
