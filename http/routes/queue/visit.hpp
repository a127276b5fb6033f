// One request at /api/queues, from the client's bytes to the client's bytes.
//
//   INGRESS --refused--> answered
//      |
//   read (new_jobs, schedule_form, work, orders, listing) --400--> answered
//      |
//   QUEUE --answer, from disk--> answered
//
// The queue decides; this carries. Two rules: jobs whose worker left before it
// heard of them are handed back at once, and a client of a tenant asks in its
// tenant's name, whatever it asks.
//
// Limits: requests that wait hold their connection, and nothing else.

#pragma once

#include "actors/queue_directory.hpp"
#include "http/routes/entrance.hpp"
#include "http/routes/lane.hpp"
#include "http/routes/queue/asking.hpp"
#include "http/routes/queue/job_form.hpp"
#include "http/routes/queue/listing.hpp"
#include "http/routes/queue/routes.hpp"
#include "http/routes/queue/work.hpp"
#include "http/service.hpp"
#include "http/wire/error_body.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::http::app_queue {

/// After so long a silence a stream says that it lives: sooner than proxies
/// give up (nginx: 60 s).
inline constexpr std::chrono::seconds heartbeat_interval{15};

class visit {
public:
  visit(lane& l, request& req, responder& res, const match& m);
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;

  /// Answers the request. Throws `boost::system::system_error` only when the
  /// client is gone.
  task<> run();

  unsigned status() const { return status_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

private:
  task<bool> come_in();
  std::optional<wire::door_error> find_place();
  task<> act();
  task<> act_on_queue();

  // -- jobs
  task<> add();
  task<> add_many();
  task<> list_children();
  task<> list();
  task<> show();
  task<> remove();

  // -- streams
  task<> follow_job();
  task<> show_events(events_wish wish);
  task<> stream(events_wish wish);
  task<> stream_on(events_wish wish, job_events seen);
  task<caf::expected<job_events>> follow_on(events_wish wish);
  task<> say(std::string_view text);

  // -- work
  task<> lend();
  task<> report_one(job_verb verb);
  task<> report_many(job_verb verb);
  task<caf::expected<leased_jobs>> wait_for_work(lease_wish wish);
  task<> show_change(const job_change& made, const change_receipt& r,
                     std::optional<lease_wish> wish);
  task<> hand_out(const leased_jobs& jobs, std::string_view body);

  // -- schedules
  task<> list_schedules();
  task<> show_schedule();
  task<> arrange_schedule();
  task<> remove_schedule();

  // -- queues
  task<> show_queues();
  task<> show_queue();
  task<> give_order(queue_verb verb);
  std::optional<wire::door_error> refuse_order(queue_verb verb) const;
  bool speaks_for_all() const;

  job_scene scene() const;

  void watch_client();
  void unwatch_client();

  task<> answer(unsigned status, const header_list& head,
                std::string_view body);
  task<> answer(unsigned status, std::string_view body);
  task<> answer_tagged(header_list head, std::string_view body);
  task<> refuse(wire::door_error why);
  task<> refuse(const caf::error& why);

  executor where() { return res_.get_executor(); }

  lane& lane_;
  request& req_;
  responder& res_;
  match match_;
  guest guest_;
  const queue_place* place_ = nullptr;
  std::string_view queue_;  // its name, of the directory
  std::string id_;          // a job's or a schedule's
  recall<work_ticket> wished_;
  recall<follow_ticket> followed_;
  bool gone_ = false;
  unsigned status_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace troupe::http::app_queue
