// Tickets that are answered when a batch is on disk.
//
// What was asked has been done in memory when a ticket boards; its answer waits
// for the disk. A ticket rides on the batch that carries all it saw: the one
// under way, the next, or a later one. Batches arrive in the order of their
// numbers, and with each all who ride on it or an earlier one.
//
// If a batch does not arrive, all who ride on any hear why.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "actors/queue_contracts.hpp"

#include <caf/error.hpp>

#include <cstdint>
#include <map>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

class riders {
public:
  /// Rides on the batch of that number.
  template <class Ticket, class Answer>
  void board(std::uint64_t batch, const Ticket& ticket, Answer answer) {
    by_batch_[batch].emplace_back(
        rider<Ticket, Answer>{ticket, std::move(answer)});
  }

  /// The batch of that number is on disk, or `why` it is not. Plans are handed
  /// to `read(ticket, plan)`, all other tickets are answered.
  template <class Read>
  void arrive(std::uint64_t batch, const caf::error& why, Read read) {
    while (!by_batch_.empty() && (why || by_batch_.begin()->first <= batch)) {
      auto of = by_batch_.extract(by_batch_.begin());
      for (auto& r : of.mapped())
        std::visit([&](auto& who) { tell(who, why, read); }, r);
    }
  }

  bool empty() const { return by_batch_.empty(); }

private:
  template <class Ticket, class Answer>
  struct rider {
    Ticket ticket;
    Answer answer;
  };
  using viewer = rider<view_ticket, page_plan>;
  using child_viewer = rider<children_ticket, children_plan>;
  using any_rider =
      std::variant<rider<enqueue_ticket, job_receipts>,
                   rider<alter_ticket, change_receipts>,
                   rider<order_ticket, queue_receipt>,
                   rider<arrange_ticket, schedule_receipt>,
                   rider<report_ticket, reports_heard>, viewer, child_viewer>;

  template <class Rider, class Read>
  static void tell(Rider& who, const caf::error& why, Read& read) {
    if (why)
      who.ticket.answer(caf::error{why});
    else if constexpr (std::is_same_v<
                           Rider,
                           viewer> || std::is_same_v<Rider, child_viewer>)
      read(who.ticket, std::move(who.answer));
    else
      who.ticket.answer(std::move(who.answer));
  }

  std::map<std::uint64_t, std::vector<any_rider>> by_batch_;
};

}  // namespace troupe
