// A book of schedules and the disk beside it, and what both tests of it say in
// short.

#pragma once

#include "actors/schedule/schedule_book.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

using strings = std::vector<std::string>;

inline constexpr job_time second = 1'000;
inline constexpr job_time minute = 60 * second;
inline constexpr job_time hour = 60 * minute;

// 2026-11-21 00:00 UTC.
inline constexpr job_time today = 1'795'219'200'000;

inline std::string id_at(const std::string& schedule, job_time t) {
  return "schedule:" + schedule + ":" + std::to_string(t);
}

/// A book with its disk.
class schedule_book_test : public ::testing::Test {
protected:
  static schedule_wish hourly(const std::string& id) {
    schedule_wish w;
    w.id = id;
    w.cron = "0 * * * *";
    w.job.data = shared_bytes{R"({"to": "a"})"};
    return w;
  }

  schedule_view upsert(const schedule_wish& w, job_time now = today) {
    auto made = book.upsert(w, now);
    if (const auto* f = std::get_if<schedule_fault>(&made)) {
      ADD_FAILURE() << f->field << ": " << f->why;
      return {};
    }
    return std::get<schedule_view>(made);
  }

  std::string fault(const schedule_wish& w) {
    const auto made = book.upsert(w, today);
    const auto* f = std::get_if<schedule_fault>(&made);
    return f ? f->field + ": " + f->why : "";
  }

  /// Brings everything to the disk.
  void store() {
    lose();
    for (auto& c : std::exchange(waits, {}))
      if (c.value)
        disk[c.key] = *c.value;
      else
        disk.erase(disk.lower_bound(c.key), disk.upper_bound(c.until));
  }

  /// Tries to; it does not get there, and goes with the next.
  void lose() {
    auto changes = book.take_changes();
    waits.insert(waits.end(), changes.begin(), changes.end());
  }

  /// Takes what is due and stores it; the ids of the jobs.
  strings take(job_time now, std::size_t jobs_max = 1'000) {
    const auto due = book.due(now, jobs_max);
    store();
    book.settle(due.turns, due_outcome::stored, now);
    return ids_of(due);
  }

  static strings ids_of(const due_jobs& due) {
    strings ids;
    for (const auto& j : due.jobs)
      ids.push_back(j.id);
    return ids;
  }

  /// Forgets what is not on the disk.
  void crash() {
    book = {};
    waits.clear();
    for (const auto& [key, value] : disk)
      EXPECT_TRUE(book.load({key, value})) << value;
  }

  schedule_book book;
  std::vector<record_change> waits;  // Taken, and not on the disk.
  std::map<std::int64_t, std::string> disk;
};

}  // namespace troupe
