// Questions to a queue, and their ends.
//
// What has to be on disk takes as long as the disk does, and what waits for
// work as long as it was told to; both end in `deadline_exceeded` when even
// that is over. Whoever leaves meanwhile takes its question back.

#pragma once

#include "actors/queue_directory.hpp"
#include "http/routes/lane.hpp"
#include "http/task.hpp"
#include "http/timing_wheel.hpp"

#include <caf/expected.hpp>

#include <chrono>

namespace troupe::http::app_queue {

/// Longer than a disk that still works takes, with all that waits before.
inline constexpr std::chrono::seconds disk_patience{30};

/// The queue answers by then who waited in vain.
inline constexpr std::chrono::seconds patience_beyond{2};

/// Takes a question back: by itself when its time is over.
template <class Ticket>
class recall final : public deadline {
public:
  void now() { asked.answer(errc::deadline_exceeded); }

  typename Ticket::observer asked;

private:
  void on_due() override { now(); }
};

/// Errors of all: those of QUEUE, deadline_exceeded. `whom` lives on.
task<caf::expected<job_receipts>>
enqueue(lane& l, executor where, const queue_place& whom, new_jobs what);
task<caf::expected<change_receipts>>
alter(lane& l, executor where, const queue_place& whom, job_changes what);
task<caf::expected<job_page>> view(lane& l, executor where,
                                   const queue_place& whom, job_query what);
task<caf::expected<queue_receipt>>
order(lane& l, executor where, const queue_place& whom, queue_order what);
task<caf::expected<children_page>>
children(lane& l, executor where, const queue_place& whom, children_query what);
task<caf::expected<schedule_receipt>>
arrange(lane& l, executor where, const queue_place& whom, schedule_order what);
task<caf::expected<schedule_page>> schedules(lane& l, executor where,
                                             const queue_place& whom,
                                             schedule_query what);

/// These may wait, until `back` is used.
task<caf::expected<leased_jobs>> lease(lane& l, executor where,
                                       const queue_place& whom, lease_wish what,
                                       recall<work_ticket>& back);
task<caf::expected<job_events>> follow(lane& l, executor where,
                                       const queue_place& whom,
                                       events_wish what,
                                       recall<follow_ticket>& back);

/// Hands back what a worker will never hear of. Nobody waits for it.
void give_back(const queue_place& whom, const leased_jobs& jobs);

}  // namespace troupe::http::app_queue
