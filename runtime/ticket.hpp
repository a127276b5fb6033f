// A question on its way through one-way messages, and the one answer to it.
//
// CAF answers a request through a promise, and a promise that is dropped, or
// that dies with its actor, never answers (only a timeout in the asker's clock
// notices, and that clock entry outlives every answered request). A ticket
// turns this round: it is a slip of paper that actors hand on by plain `send`;
// whoever can answer does, exactly once, and a slip that is lost - its holder
// died, a mailbox was closed, a message was dropped - answers itself with
// `errc::actor_lost` the moment its last copy is destroyed.
//
//   socket --ticket--> ingress --ticket--> router --ticket--> ... --answer-->
//
// The matter of the question belongs to whoever holds the ticket: hand it on
// and do not touch it again. Tickets never leave the node: announce each kind
// with CAF_ALLOW_UNSAFE_MESSAGE_TYPE.
//
// Limits: the asker keeps its own deadline, and calls `answer` with its own
// error when that has passed; later answers are then refused.

#pragma once

#include "runtime/errc.hpp"

#include <caf/expected.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace troupe {

template <class Matter, class Answer>
class ticket {
  struct slip;

public:
  using result = caf::expected<Answer>;

  /// No question at all; only good for being assigned to.
  ticket() = default;

  /// Writes a ticket. `deliver(result)` is called exactly once, on whichever
  /// thread answers or loses the ticket, and must not throw or block.
  template <class Deliver>
  ticket(Matter matter, Deliver deliver)
      : slip_(std::make_shared<slip_with<Deliver>>(std::move(matter),
                                                   std::move(deliver))) {}

  /// The question. @pre not default-constructed.
  Matter& matter() const { return slip_->matter; }

  /// Answers the question. Returns false if it had an answer already, in which
  /// case nothing happened and what `answer` holds is still the caller's to
  /// give back.
  bool answer(result&& answer) const {
    if (slip_->answered.exchange(true, std::memory_order_acq_rel))
      return false;
    slip_->deliver(std::move(answer));
    return true;
  }

  bool answer(errc code) const { return answer(result{caf::make_error(code)}); }

  /// Sees a ticket without holding it: the asker's way to withdraw its own
  /// question, which must not keep a lost slip from answering itself.
  class observer {
  public:
    observer() = default;

    /// As `ticket::answer`; false too if the slip is gone.
    bool answer(errc code) const {
      const auto slip = slip_.lock();
      return slip && ticket{slip}.answer(code);
    }

  private:
    friend class ticket;
    explicit observer(std::weak_ptr<slip> slip) : slip_(std::move(slip)) {}

    std::weak_ptr<slip> slip_;
  };

  observer observe() const { return observer{slip_}; }

  /// Whether the asker still waits. A holder may drop a ticket nobody waits
  /// for; the answer may change at any moment.
  bool awaited() const {
    return !slip_->answered.load(std::memory_order_acquire);
  }

private:
  explicit ticket(std::shared_ptr<slip> s) : slip_(std::move(s)) {}

  struct slip {
    explicit slip(Matter x) : matter(std::move(x)) {}
    slip(const slip&) = delete;
    slip& operator=(const slip&) = delete;
    virtual ~slip() = default;
    virtual void deliver(result&& answer) = 0;

    Matter matter;
    std::atomic<bool> answered{false};
  };

  template <class Deliver>
  struct slip_with final : slip {
    slip_with(Matter x, Deliver f) : slip(std::move(x)), f_(std::move(f)) {}

    ~slip_with() override {
      if (!this->answered.exchange(true, std::memory_order_acq_rel))
        f_(result{caf::make_error(errc::actor_lost)});
    }

    void deliver(result&& answer) override { f_(std::move(answer)); }

    Deliver f_;
  };

  std::shared_ptr<slip> slip_;
};

}  // namespace troupe
