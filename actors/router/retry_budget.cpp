#include "actors/router/retry_budget.hpp"

namespace troupe {

namespace {

std::int64_t number_of(retry_budget::time_point now) {
  return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch()
         / retry_budget::slot_length;
}

}  // namespace

retry_budget::slot& retry_budget::at(time_point now) {
  const auto number = number_of(now);
  auto& found = ring_[static_cast<std::size_t>(number) % slots];
  if (found.number != number)
    found = {number, 0, 0};
  return found;
}

void retry_budget::count_call(time_point now) {
  ++at(now).calls;
}

bool retry_budget::spend(time_point now) {
  auto& current = at(now);
  const auto oldest = current.number - static_cast<std::int64_t>(slots);
  std::uint64_t calls = 0;
  std::uint64_t retries = 0;
  for (const auto& s : ring_) {
    if (s.number <= oldest)
      continue;
    calls += s.calls;
    retries += s.retries;
  }
  if (retries >= free_retries
      && static_cast<double>(retries) >= share_ * static_cast<double>(calls))
    return false;
  ++current.retries;
  return true;
}

}  // namespace troupe
