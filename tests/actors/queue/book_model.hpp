// The rules of a queue once more, without a thought for speed: one map of jobs,
// copied whole where the book keeps what is on disk apart.

#pragma once

#include "actors/job.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::testing {

class book_model {
public:
  struct job {
    job_state state = job_state::waiting;
    int priority = 5;
    std::uint32_t made = 0;
    std::uint32_t attempts = 1;
    std::uint32_t lost = 0;
    job_time rank = 0;
    job_time until = 0;
    job_time started = 0;
    job_time attempt_until = 0;
    job_time finished = 0;
    std::string token;
    char ended_by = '-';
    std::string error;
    std::string result;
    std::vector<std::string> events;
    bool announce = false;
    bool fresh = true;
    bool end_stored = false;
  };
  using jobs_map = std::map<job_number, job>;

  static constexpr job_time pause = 5'000;
  static constexpr std::size_t keep_completed = 5;

  jobs_map jobs;

  static bool is_over(const job& j) {
    return j.state == job_state::completed || j.state == job_state::failed
           || j.state == job_state::dead;
  }

  void finish(job& j, job_state how, const std::string& error, job_time now) {
    j.state = how;
    j.error = error;
    j.finished = now;
    j.end_stored = false;
  }

  void fail(job& j, const std::string& error, bool never, job_time now) {
    ++j.made;
    if (never)
      return finish(j, job_state::failed, error, now);
    if (j.made >= j.attempts)
      return finish(j, job_state::dead, error, now);
    j.error = error;
    j.state = job_state::delayed;
    j.rank = now + pause;
  }

  void sweep(job_time now) {
    for (auto& [number, j] : jobs) {
      if (j.fresh)
        continue;
      if (j.state == job_state::delayed && j.rank <= now)
        j.state = job_state::waiting;
      else if (j.state == job_state::active && j.until <= now)
        lose(j, now);
      else if (j.state == job_state::active && j.attempt_until <= now)
        time_out(j, now);
    }
  }

  void lose(job& j, job_time now) {
    j.ended_by = '-';
    if (++j.lost > 1)
      return finish(j, job_state::dead,
                    "took two workers with it: the last was a worker", now);
    j.error = "lost its worker: a worker was not heard of in time";
    j.state = job_state::waiting;
  }

  void time_out(job& j, job_time now) {
    j.ended_by = '-';
    fail(j,
         "timed out after " + std::to_string(j.attempt_until - j.started)
             + " ms",
         false, now);
  }

  /// Where it stands in line: the smallest begins.
  static job_time key(const job& j) {
    return j.rank + (10 - j.priority) * 60'000;
  }

  bool may_begin(job_number number) const {
    const auto& chosen = jobs.at(number);
    if (chosen.fresh || chosen.state != job_state::waiting)
      return false;
    return std::all_of(jobs.begin(), jobs.end(), [&](const auto& other) {
      const auto& [n, j] = other;
      if (j.fresh || j.state != job_state::waiting)
        return true;
      if (j.priority != chosen.priority)
        return key(j) >= key(chosen);
      return std::pair{j.rank, n} >= std::pair{chosen.rank, number};
    });
  }

  bool anybody_waits() const {
    return std::any_of(jobs.begin(), jobs.end(), [](const auto& j) {
      return !j.second.fresh && j.second.state == job_state::waiting;
    });
  }

  /// What goes when a batch is cut.
  void evict() {
    for (;;) {
      auto oldest = jobs.end();
      std::size_t count = 0;
      for (auto i = jobs.begin(); i != jobs.end(); ++i) {
        if (i->second.fresh || i->second.state != job_state::completed)
          continue;
        ++count;
        if (oldest == jobs.end()
            || i->second.finished < oldest->second.finished)
          oldest = i;
      }
      if (count <= keep_completed || !oldest->second.end_stored)
        return;
      jobs.erase(oldest);
    }
  }

  void drop_fresh() {
    std::erase_if(jobs, [](const auto& j) { return j.second.fresh; });
  }

  /// The batch that was cut when all was as in `then` is on disk.
  void stored(const jobs_map& then) {
    for (const auto& [number, was] : then)
      if (const auto i = jobs.find(number); i != jobs.end()) {
        auto& j = i->second;
        j.fresh = false;
        if (is_over(j) && j.state == was.state && j.events == was.events)
          j.end_stored = true;
      }
  }

  /// Only what was on disk is left, and attempts have a heartbeat's time.
  void crash(const jobs_map& on_disk, job_time now) {
    jobs = on_disk;
    for (auto& [number, j] : jobs) {
      j.fresh = false;
      j.end_stored = is_over(j);
      if (j.state != job_state::active)
        continue;
      j.attempt_until = std::max(j.attempt_until, now + 9'000);
    }
  }
};

}  // namespace troupe::testing
