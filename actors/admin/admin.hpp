// ADMIN: changes who plays while the others play on.
//
// `company` is the book in which a change is written down; this actor brings
// the others in line with it, in rounds:
//
//   hire     new branches and keys start, and are waited for
//   inform   every pool that has news adopts its roster, then its keys theirs:
//            a key is there before its pool lends it
//   route    the router adopts the new routing, the ingresses the new gate: a
//            pool is there before calls are routed to it; the caches adopt
//            their bounds, the queues their settings
//   dismiss  who has nothing left to do is stopped
//
// The first three are one after the other, and a round in which something did
// not work is repeated after a pause. Questions are answered by the first round
// that worked. What is asked meanwhile is done in the next.
//
// Nobody is stopped with work in hand. A key that leaves is first lent no more
// (its pool has adopted that), then it is asked to answer, so that it has seen
// all it was sent, then its pool is asked whether anything is in flight with
// it. A provider that leaves is first routed to no more, then left alone for as
// long as calls may stand in its line, then its keys leave.
//
// Failure    Questions under way are not answered; askers have a deadline. The
//            book is not lost (company.hpp), so the next incarnation goes on.
// Supervised By the root; restarted after any abnormal exit.
// Mailbox    What operators and signals send; answers to its own questions.
// Metrics    Sets those of a key that is gone to 0.

#pragma once

#include "actors/admin/company.hpp"
#include "actors/contracts.hpp"

#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

class admin_state {
public:
  static constexpr const char* name = "admin";

  /// Neighbours answer in microseconds; one that has not by then is dead.
  static constexpr std::chrono::milliseconds patience{1000};
  /// A branch may take all the time its supervisor gives each of its children.
  static constexpr std::chrono::milliseconds patience_at_exit{30'000};
  /// Between two looks at those who are on their way out.
  static constexpr std::chrono::milliseconds watch_pause{250};
  /// Before what did not work is tried again: a restart takes less.
  static constexpr std::chrono::milliseconds retry_pause{100};

  using self_pointer = admin_actor::stateful_pointer<admin_state>;

  // Must stay a constructor, see api_key_state.
  explicit admin_state(self_pointer self) : self_(self) {}

  admin_actor::behavior_type make_behavior(std::shared_ptr<company> book);

private:
  using member_ptr = company::member_ptr;

  caf::result<std::vector<key_status>> status();
  caf::result<pool_size> scale(const std::string& queue, std::uint32_t count);
  template <class Answer>
  caf::result<Answer> change(const caf::expected<Answer>& written);

  // -- a round
  void work();
  void go_on();
  void finish();
  void hire();
  void hire(const member_ptr& m);
  void hire_keys(const member_ptr& m);
  void inform();
  void inform_keys(const member_ptr& m);
  void route();
  template <class Handle, class Then, class... Args>
  void ask(const Handle& whom, Then then, errc also_fine, Args... args);
  void arrived();

  // -- on the way out
  void watch();
  void sweep();
  void look_after(const member_ptr& m);
  void heard(const member_ptr& m, const roster_ptr& asked,
             const std::vector<key_status>& keys);
  void dismiss();
  void dismiss_key(const member_ptr& m, key_index key);
  void dismiss_branch(const member_ptr& m);

  self_pointer self_;
  std::shared_ptr<company> book_;  // Set once, by make_behavior.

  using answer = std::function<void()>;

  std::vector<answer> waiting_;    // For the next round.
  std::vector<answer> answering_;  // After this one.
  bool is_working_ = false;
  bool again_ = false;
  bool failed_ = false;
  std::size_t phase_ = 0;
  std::size_t pending_ = 0;
  bool is_watching_ = false;
};

/// Returns the behavior of an admin, who goes on with what its book says is
/// owed.
admin_actor::behavior_type admin(admin_state::self_pointer self,
                                 const std::shared_ptr<company>& book);

}  // namespace troupe
