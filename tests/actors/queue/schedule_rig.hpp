// A queue with schedules, beside a clock on the wall that goes with virtual
// time.

#pragma once

#include "tests/actors/queue/queue_rig.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace troupe::testing {

class schedule_rig : public queue_rig {
protected:
  using strings = std::vector<std::string>;

  static constexpr job_time second = 1'000;
  static constexpr job_time minute = 60 * second;
  static constexpr job_time hour = 60 * minute;

  // 2026-11-21 00:00 UTC, when each test begins.
  static constexpr job_time today = 1'795'219'200'000;

  schedule_rig() {
    wall = today;
    wall_clock = [this, born = now()] {
      return wall
             + std::chrono::duration_cast<std::chrono::milliseconds>(now()
                                                                     - born)
                   .count();
    };
    begin();
  }

  /// Time passes until then, where the wall's clock is not set meanwhile.
  void advance_to(job_time then) {
    advance(std::chrono::milliseconds{then - wall_clock()});
  }

  static schedule_wish hourly(const std::string& id) {
    schedule_wish w;
    w.id = id;
    w.cron = "0 * * * *";
    w.job.data = shared_bytes{id};
    return w;
  }

  static schedule_wish every(const std::string& id, std::uint64_t ms) {
    schedule_wish w;
    w.id = id;
    w.every_ms = ms;
    w.job.data = shared_bytes{id};
    return w;
  }

  heard<arrange_ticket> order_schedule(schedule_wish w, bool removes = false) {
    auto to = send<arrange_ticket>(atom::arrange_v,
                                   schedule_order{removes, std::move(w)});
    settle();
    return to;
  }

  /// Has one made or changed.
  schedule_receipt arrange(schedule_wish w) {
    const auto said = order_schedule(std::move(w));
    EXPECT_TRUE(*said && **said);
    return *said && **said ? ***said : schedule_receipt{};
  }

  /// Whether it was there.
  bool remove(const std::string& id) {
    const auto said = order_schedule(hourly(id), true);
    EXPECT_TRUE(*said && **said);
    return *said && **said && (**said)->known;
  }

  schedule_page schedules(schedule_query q = {}) {
    const auto said = send<schedules_ticket>(atom::schedules_v, std::move(q));
    settle();
    EXPECT_TRUE(*said && **said);
    return *said && **said ? ***said : schedule_page{};
  }

  /// Where a schedule stands; nothing of one that is not there.
  schedule_progress progress(const std::string& id) {
    schedule_query q;
    q.id = id;
    const auto page = schedules(std::move(q));
    return page.schedules.empty() ? schedule_progress{}
                                  : page.schedules[0].progress;
  }

  /// The ids of all jobs, in the order of their numbers.
  strings jobs(const std::string& tenant = {}) {
    job_query q;
    q.any_state = true;
    q.tenant = tenant;
    q.limit = 1'000;
    const auto said = send<view_ticket>(atom::view_v, std::move(q));
    settle();
    strings ids;
    if (*said && **said)
      for (const auto& j : (**said)->jobs)
        ids.push_back(j.id);
    return ids;
  }

  static std::string id_at(const std::string& schedule, job_time t) {
    return "schedule:" + schedule + ":" + std::to_string(t);
  }

  double counted(schedule_event what) {
    return catalog
        .counter(metric::schedule_jobs_total,
                 {settings.name, std::string{name_of(what)}})
        .Value();
  }
  using queue_rig::counted;
};

}  // namespace troupe::testing
