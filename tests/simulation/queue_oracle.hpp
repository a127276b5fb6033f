// What a queue has promised, and whether it keeps it: beside a simulated queue,
// told of all that is said to it and what it answers.
//
//   No job is lost whose adding was acknowledged.
//   A job's completion is acknowledged once, and stays.
//   A token is never given twice, and tokens only grow, as text too.
//   Once a later lease of a job was given, the earlier ones' tokens count no
//   more, as long as the node lives.
//   In a priority of a group jobs begin in the order of adding.
//   One who was told that his job was not added does not see it begin.
//   An active job's lease ends in time after the last sign of life.
//   No more are active than may be.

#pragma once

#include "actors/queue/queue_book.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>

namespace troupe::test {

/// A promise was broken.
struct broken_promise : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class queue_oracle {
public:
  /// What it knows of a job.
  struct known_job {
    std::string id;
    std::string tenant;
    std::string group;
    std::uint8_t priority = 0;
    job_time added_at = 0;
    bool is_plain = false;  ///< No delay, no key, left alone by operators.
    bool is_acknowledged = false;
    bool is_dropped = false;
    bool has_begun = false;
    bool may_be_removed = false;
    bool is_removed = false;
    bool may_be_completed = false;
    bool is_completed = false;  ///< Acknowledged.
    std::string completed_by;
    std::string newest_token;  ///< Of this life of the node.
    job_time sign_of_life = 0;
  };

  std::map<job_number, known_job> jobs;

  /// The node has died and lives again.
  void restarted(job_time now) {
    restarted_at_ = now;
    for (auto& [number, job] : jobs)
      job.newest_token.clear();
  }

  /// A number that nobody was told, and no worker saw, may be given again: the
  /// node has died before it wrote a word of it.
  known_job& added(job_number number) {
    auto& job = jobs[number];
    demand(!job.is_acknowledged && !job.has_begun, "is there already", number);
    return job = {};
  }

  void leased(const taken_job& taken, job_time now) {
    const auto& token = taken.job.token;
    demand(token > last_token_, "gives a token that does not grow: " + token);
    last_token_ = token;
    auto& job = at(taken.number);
    demand(!job.is_dropped, "begins, but was said to be dropped", taken.number);
    demand(!job.is_completed, "begins again, completed", taken.number);
    demand(!job.is_removed, "begins, removed", taken.number);
    if (job.is_plain && !job.has_begun)
      in_order(taken.number, job);
    job.has_begun = true;
    job.newest_token = token;
    job.sign_of_life = now;
  }

  /// The queue took a word of a worker for good, if not yet on disk.
  void accepted(job_number number, const std::string& token, job_time now) {
    auto& job = at(number);
    demand(job.newest_token.empty() || token == job.newest_token,
           "heeds an old token", number);
    job.sign_of_life = now;
  }

  void completed(job_number number, const std::string& token) {
    auto& job = at(number);
    demand(job.completed_by.empty() || job.completed_by == token,
           "is completed twice", number);
    job.completed_by = token;
    job.is_completed = true;
  }

  /// What is active, after a sweep.
  void watch(const queue_book& book, const config::queue_settings& s,
             job_time now) const {
    job_query active;
    active.state = job_state::active;
    active.limit = 1'000;
    const auto plan = book.view(active);
    demand(static_cast<bool>(plan), "cannot be viewed");
    const auto span = std::max(s.lease, s.heartbeat).count();
    for (const auto& view : plan->page.jobs) {
      const auto& job = at(view.number);
      demand(view.lease_until > now, "has a lease that is over", view.number);
      demand(view.lease_until
                 <= std::max(job.sign_of_life, restarted_at_) + span,
             "is not taken back in time", view.number);
    }
    demand(book.statistics(now).active <= s.concurrency, "has too many active");
  }

  /// All that was acknowledged is there; `at_end`: and has ended.
  void count(const queue_book& book, bool at_end) const {
    for (const auto& [number, job] : jobs) {
      if (!job.is_acknowledged && !job.is_completed)
        continue;
      job_query q;
      q.id = job.id;
      q.tenant = job.tenant;
      const auto plan = book.view(q);
      // Another one may have its id when it is gone.
      if (!plan || plan->page.jobs.front().number != number) {
        demand(job.may_be_removed, "is lost", number);
        continue;
      }
      demand(!job.is_removed, "is there, removed", number);
      const auto state = plan->page.jobs.front().state;
      demand(!job.is_completed || state == job_state::completed,
             "was completed and is not", number);
      demand(!at_end || has_ended(state), "never ends", number);
    }
  }

  static bool has_ended(job_state s) {
    return s == job_state::completed || s == job_state::failed
           || s == job_state::dead;
  }

private:
  static void demand(bool holds, const std::string& what) {
    if (!holds)
      throw broken_promise("the queue " + what);
  }

  static void demand(bool holds, const char* what, job_number number) {
    if (!holds)
      throw broken_promise("job " + std::to_string(number) + ' ' + what);
  }

  known_job& at(job_number number) {
    demand(jobs.contains(number), "was never added", number);
    return jobs.at(number);
  }
  const known_job& at(job_number number) const {
    demand(jobs.contains(number), "was never added", number);
    return jobs.at(number);
  }

  void in_order(job_number number, const known_job& job) const {
    for (const auto& [other, k] : jobs)
      if (k.is_plain && k.is_acknowledged && !k.has_begun
          && k.tenant == job.tenant && k.group == job.group
          && k.priority == job.priority)
        demand(std::tuple{job.added_at, number}
                   <= std::tuple{k.added_at, other},
               ("begins before " + std::to_string(other)).c_str(), number);
  }

  std::string last_token_;
  job_time restarted_at_ = 0;
};

}  // namespace troupe::test
