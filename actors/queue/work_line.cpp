#include "actors/queue/work_line.hpp"

namespace troupe {

namespace {

/// Wishes every arrival has a look at: at two for each one that joins, nobody
/// gone stays for longer than it takes half the line to arrive.
constexpr int looks = 2;

}  // namespace

bool work_line::join(work_ticket ticket, time_point until) {
  look_for_left();
  if (wishes_.size() >= wishes_max)
    return false;
  const auto number = ++last_number_;
  wishes_.emplace_hint(wishes_.end(), number, guest{std::move(ticket), until});
  overdue_.emplace(until, number);
  return true;
}

std::vector<work_ticket> work_line::take_overdue(time_point now) {
  std::vector<work_ticket> result;
  while (!overdue_.empty() && overdue_.begin()->first <= now) {
    const auto at = wishes_.find(overdue_.begin()->second);
    result.push_back(at->second.ticket);
    leave(at);
  }
  return result;
}

std::vector<work_ticket> work_line::take_all() {
  std::vector<work_ticket> result;
  result.reserve(wishes_.size());
  for (auto& [number, who] : wishes_)
    result.push_back(std::move(who.ticket));
  wishes_.clear();
  overdue_.clear();
  return result;
}

std::optional<time_point> work_line::next_overdue() const {
  if (overdue_.empty())
    return std::nullopt;
  return overdue_.begin()->first;
}

work_line::place work_line::leave(place at) {
  overdue_.erase({at->second.until, at->first});
  return wishes_.erase(at);
}

void work_line::look_for_left() {
  for (int i = 0; i < looks && !wishes_.empty(); ++i) {
    auto found = wishes_.upper_bound(looked_at_);
    if (found == wishes_.end())
      found = wishes_.begin();
    looked_at_ = found->first;
    if (!found->second.ticket.awaited())
      leave(found);
  }
}

}  // namespace troupe
