#include "runtime/metrics/process.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace troupe {

namespace {

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double open_files() {
  std::error_code ec;
  double count = 0;
  for (std::filesystem::directory_iterator i{"/proc/self/fd", ec}, end;
       !ec && i != end; i.increment(ec))
    ++count;
  return count;
}

double open_files_max() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

prometheus::MetricFamily family(std::string name, std::string help,
                                prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return {std::move(name), std::move(help), type, {std::move(metric)}};
}

}  // namespace

std::uint64_t resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

process_metrics::process_metrics()
    : started_(std::chrono::duration<double>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count()) {}

std::vector<prometheus::MetricFamily> process_metrics::Collect() const {
  using enum prometheus::MetricType;
  return {
      family("process_cpu_seconds_total",
             "Processor time spent, user and system, in seconds.", Counter,
             cpu_seconds()),
      family("process_resident_memory_bytes", "Memory held in RAM, in bytes.",
             Gauge, static_cast<double>(resident_bytes())),
      family("process_open_fds", "Open files and sockets.", Gauge,
             open_files()),
      family("process_max_fds", "Files and sockets that may be open.", Gauge,
             open_files_max()),
      family("process_start_time_seconds",
             "When the process started, in seconds since 1970.", Gauge,
             started_),
  };
}

}  // namespace troupe
