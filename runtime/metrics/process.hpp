// What the operating system knows about this process, as Prometheus calls it.
//
// Read from /proc when scraped; the names are those of Prometheus' own client
// libraries, so that everybody's dashboards know them.

#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstdint>
#include <vector>

namespace troupe {

/// Bytes of memory this process holds in RAM; 0 if /proc does not tell.
std::uint64_t resident_bytes();

class process_metrics final : public prometheus::Collectable {
public:
  process_metrics();

  std::vector<prometheus::MetricFamily> Collect() const override;

private:
  double started_;  // Seconds since 1970.
};

}  // namespace troupe
