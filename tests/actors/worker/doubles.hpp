// A queue and a carrier that do what the test says.
//
// Both have the production contracts and remember what they were told; nothing
// is answered before the test answers it.

#pragma once

#include "actors/job_carrier.hpp"
#include "tests/support/actor_test.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// Keeps errands until the test ends them.
struct patient_carrier final : job_carrier {
  struct errand {
    job_errand what;
    worker_actor whom;
  };

  void carry(job_errand what, worker_actor whom) override {
    errands.push_back({std::move(what), std::move(whom)});
  }

  void drop(const worker_actor&, std::uint64_t number) override {
    dropped.push_back(number);
  }

  std::vector<errand> errands;
  std::vector<std::uint64_t> dropped;
};

/// A queue whose answers are the test's.
class scripted_queue {
public:
  queue_actor::behavior_type behavior() {
    return {
        [](atom::enqueue, const enqueue_ticket&) {},
        [this](atom::lease, const work_ticket& t) { wishes.push_back(t); },
        [this](atom::alter, const alter_ticket& t) { changes.push_back(t); },
        [](atom::view, const view_ticket&) {},
        [](atom::follow, const follow_ticket&) {},
        [](atom::order, const order_ticket&) {},
        [](atom::arrange, const arrange_ticket&) {},
        [](atom::schedules, const schedules_ticket&) {},
        [](atom::children, const children_ticket&) {},
        [](atom::report, const report_ticket&) {},
        [this](atom::status) { return statistics; },
        [](atom::stored, std::uint64_t, const caf::error&) {},
        [](atom::found, std::uint64_t, const record_pages&) {},
        [](atom::adopt, const settings_ptr&) {},
        [](atom::drain) {},
        [](atom::sweep) {},
    };
  }

  /// Takes the wish that has waited longest and that somebody still has.
  work_ticket next_wish() {
    while (!wishes.empty() && !wishes.front().awaited())
      wishes.pop_front();
    if (wishes.empty())
      return work_ticket{lease_wish{}, [](work_ticket::result&&) {
                         }};
    auto t = wishes.front();
    wishes.pop_front();
    return t;
  }

  /// Wishes that somebody still has.
  std::size_t waiting() const {
    return static_cast<std::size_t>(
        std::count_if(wishes.begin(), wishes.end(),
                      [](const work_ticket& t) { return t.awaited(); }));
  }

  std::deque<work_ticket> wishes;
  std::deque<alter_ticket> changes;
  queue_statistics statistics;
};

inline leased_job leased(std::string id) {
  leased_job j;
  j.id = std::move(id);
  j.token = "000001-0000000001";
  j.lease_ms = 9'000;
  return j;
}

}  // namespace troupe
