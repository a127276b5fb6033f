// The instruments of one queue.
//
// The book counts in a tally, which the body hands on here after every message;
// what lies in the queue is shown now and then.

#pragma once

#include "actors/queue/queue_book.hpp"
#include "runtime/metrics/catalog.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

class queue_metrics {
public:
  queue_metrics(const metric_catalog& catalog, const std::string& queue);

  /// Counts what happened.
  void count(const job_tally& happened) const;

  /// Shows what lies in the queue.
  void show(const queue_statistics& now) const;

private:
  counters_by_name jobs_;  // By job_event_kind.
  prometheus::Histogram& wait_;
  prometheus::Histogram& duration_;
  std::vector<prometheus::Gauge*> size_;  // By job_state; paused is null.
  prometheus::Gauge& oldest_;
  prometheus::Gauge& paused_;
};

}  // namespace troupe
