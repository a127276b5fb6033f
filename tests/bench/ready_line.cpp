// What a place in line costs: a million jobs added and taken, in one group, in
// a thousand and in a hundred thousand, and how many bytes each job takes.

#include "actors/queue/ready_line.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <malloc.h>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using clock_type = std::chrono::steady_clock;

constexpr std::size_t jobs = 1'000'000;

double ns_each(clock_type::time_point since) {
  const std::chrono::duration<double, std::nano> all =
      clock_type::now() - since;
  return all.count() / static_cast<double>(jobs);
}

std::size_t bytes_in_use() {
  const auto m = mallinfo2();
  return m.uordblks + m.hblkhd;
}

std::shared_ptr<const config::queue_settings> settings() {
  auto s = std::make_shared<config::queue_settings>();
  s->concurrency = 0;
  s->rate.max = 0;
  return s;
}

void measure(std::size_t groups, bool many_priorities) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < groups; ++i)
    names.push_back("group-" + std::to_string(i));
  std::vector<std::unique_ptr<kept_job>> all(jobs);
  const auto before = bytes_in_use();
  ready_line line{settings()};
  job_time now = 1'700'000'000'000;

  auto since = clock_type::now();
  for (std::size_t i = 0; i < jobs; ++i) {
    all[i] = std::make_unique<kept_job>();
    auto& j = *all[i];
    j.number = i + 1;
    j.rank = now += i % 16 == 0;
    j.priority = many_priorities ? static_cast<std::uint8_t>(i * 7 % 11) : 5;
    line.join(j, "tenant", names[i * 48'271 % groups]);
    line.add(j, now);
  }
  const auto add_ns = ns_each(since);
  const auto bytes =
      static_cast<double>(bytes_in_use() - before) / static_cast<double>(jobs);

  since = clock_type::now();
  for (std::size_t i = 0; i < jobs; ++i) {
    auto* j = line.take(now += i % 16 == 0);
    line.gone(*j, now);
    line.leave(*j, now);
  }
  std::printf("%8zu groups, %2d priorities: add %5.0f ns  take %5.0f ns  "
              "%5.1f bytes a job\n",
              groups, many_priorities ? 11 : 1, add_ns, ns_each(since), bytes);
}

}  // namespace

int main() {
  for (const auto many : {false, true})
    for (const std::size_t groups : {1u, 1'000u, 100'000u})
      measure(groups, many);
}
