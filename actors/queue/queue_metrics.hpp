// The instruments of one queue.
//
// The book counts in a tally, which the body hands on here after every message;
// what lies in the queue is shown now and then.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "runtime/metrics/catalog.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// What may happen to a job; the values of the metric's label.
enum class job_event_kind : std::uint8_t {
  added,
  duplicate,
  refused,
  started,
  completed,
  retried,
  failed,
  dead,
  cancelled,
  lease_lost,
  late,
  count_,
};

std::string_view name_of(job_event_kind x) noexcept;

/// What may become of a job whose time has come; likewise.
enum class schedule_event : std::uint8_t {
  added,    ///< It is on disk.
  refused,  ///< The queue was full; it is tried again.
  failed,   ///< The disk did not take it; likewise.
  count_,
};

std::string_view name_of(schedule_event x) noexcept;

class queue_metrics {
public:
  queue_metrics(const metric_catalog& catalog, const std::string& queue);

  /// Counts what happened.
  void count(const job_tally& happened) const;

  /// Counts what became of jobs of schedules.
  void count(schedule_event what, std::uint64_t jobs) const;

  /// Shows what lies in the queue.
  void show(const queue_statistics& now, std::size_t schedules) const;

private:
  counters_by_name jobs_;  // By job_event_kind.
  prometheus::Histogram& wait_;
  prometheus::Histogram& duration_;
  // By job_state; paused is null.
  std::array<prometheus::Gauge*, static_cast<std::size_t>(job_state::count_)>
      size_{};
  prometheus::Gauge& oldest_;
  prometheus::Gauge& paused_;
  prometheus::Gauge& schedules_;
  counters_by_name schedule_jobs_;  // By schedule_event.
};

}  // namespace troupe
