#include "actors/schedule/schedule_timing.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace troupe {

namespace {

/// An interval below is a busy loop, not a schedule.
constexpr std::uint64_t every_min_ms = 100;
constexpr std::uint64_t every_max_ms = 10ull * 366 * 24 * 3'600 * 1'000;
constexpr job_time second_ms = 1'000;

job_time floor_to(job_time t, job_time step) {
  const auto rest = t % step;
  return t - (rest < 0 ? rest + step : rest);
}

}  // namespace

std::variant<schedule_timing, schedule_fault>
schedule_timing::make(const schedule_wish& wish, job_time anchor) {
  if (wish.cron.empty() == (wish.every_ms == 0))
    return schedule_fault{"cron", "either this or every_ms must be given"};
  if (!is_schedule_time(wish.start_at))
    return schedule_fault{"start_at", "must be a time before the year 10000"};
  if (!is_schedule_time(wish.end_at))
    return schedule_fault{"end_at", "must be a time before the year 10000"};
  if (wish.end_at != 0 && wish.end_at < wish.start_at)
    return schedule_fault{"end_at", "must not be before start_at"};
  schedule_timing made;
  made.start_ = wish.start_at;
  made.end_ = wish.end_at == 0 ? schedule_time_max : wish.end_at;
  made.anchor_ = wish.start_at == 0 ? anchor : wish.start_at;
  if (wish.cron.empty()) {
    if (wish.every_ms < every_min_ms || wish.every_ms > every_max_ms)
      return schedule_fault{"every_ms",
                            "must lie between " + std::to_string(every_min_ms)
                                + " and " + std::to_string(every_max_ms)};
    made.every_ = static_cast<job_time>(wish.every_ms);
    return made;
  }
  const auto zone = time_zone::find(wish.zone);
  if (!zone)
    return schedule_fault{"zone", "must be a time zone such as UTC or "
                                  "Europe/Berlin that this machine knows"};
  made.zone_ = *zone;
  auto pattern = cron_pattern::parse(wish.cron);
  if (const auto* c = std::get_if<config::complaint>(&pattern))
    return schedule_fault{"cron", c->text};
  made.pattern_ = std::get<cron_pattern>(std::move(pattern));
  return made;
}

std::optional<job_time> schedule_timing::next_after(job_time t) const {
  const auto next = unbounded_next(std::max(t, start_ - 1));
  return next && *next <= end_ ? next : std::nullopt;
}

std::optional<job_time> schedule_timing::unbounded_next(job_time t) const {
  if (!pattern_) {
    const auto next = anchor_ + floor_to(t - anchor_, every_) + every_;
    return std::max(next, start_ == 0 ? anchor_ + every_ : anchor_);
  }
  const auto seconds = floor_to(t, second_ms) / second_ms;
  const auto next = troupe::next_after(
      *pattern_, zone_, sys_seconds{std::chrono::seconds{seconds}});
  if (!next)
    return std::nullopt;
  return next->time_since_epoch().count() * second_ms;
}

std::optional<job_time> schedule_timing::last_of(job_time after,
                                                 job_time until) const {
  const auto comes_after = [&](job_time t) {
    const auto next = next_after(t);
    return next && *next <= until;
  };
  if (!comes_after(after))
    return std::nullopt;
  // The last one is what comes after the latest time that any comes after.
  auto low = after;
  auto high = until;
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    (comes_after(middle) ? low : high) = middle;
  }
  return next_after(low);
}

std::vector<job_time> schedule_timing::last_of(job_time after, job_time until,
                                               std::size_t count) const {
  std::vector<job_time> found;
  while (found.size() < count) {
    const auto last = last_of(after, until);
    if (!last)
      break;
    found.push_back(*last);
    until = *last - 1;
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace troupe
