// A line of waiting jobs, with the jobs: what its tests and simulations share.

#pragma once

#include "actors/queue/ready_line.hpp"

#include <deque>
#include <memory>
#include <string>
#include <utility>

namespace troupe::test {

/// One of these rules apart from aging, which is a second a priority.
inline config::queue_settings no_limits() {
  config::queue_settings s;
  s.concurrency = 0;
  s.rate.max = 0;
  s.aging = std::chrono::seconds{1};
  return s;
}

/// A job to be added.
struct waiting_job {
  std::string group = "g";
  std::uint8_t priority = priority_normal;
  std::string tenant = "t";
};

class line_rig {
public:
  explicit line_rig(config::queue_settings s = no_limits())
      : line_(std::make_shared<const config::queue_settings>(std::move(s))) {}

  /// Adds a job that waits from now on.
  kept_job& add(const waiting_job& w = {}) {
    auto& j = jobs_.emplace_back();
    j.number = jobs_.size();
    j.priority = w.priority;
    j.rank = now;
    line_.join(j, w.tenant, w.group);
    line_.add(j, now);
    return j;
  }

  /// Takes one; 0 = none may begin.
  job_number take(std::string_view tenant = {}) {
    auto* j = line_.take(now, tenant);
    return j == nullptr ? 0 : j->number;
  }

  /// Takes one that is over at once; returns its group's name, "" = none.
  std::string serve() {
    auto* j = line_.take(now);
    if (j == nullptr)
      return {};
    auto name = j->group->name;
    end(*j);
    return name;
  }

  void end(kept_job& j) {
    line_.gone(j, now);
    line_.leave(j, now);
  }

  kept_job& job(job_number n) { return jobs_[n - 1]; }
  ready_line& line() { return line_; }

  void adopt(config::queue_settings s) {
    line_.adopt(std::make_shared<const config::queue_settings>(std::move(s)),
                now);
  }

  job_time now = 1'000'000'000'000;

private:
  std::deque<kept_job> jobs_;
  ready_line line_;
};

}  // namespace troupe::test
