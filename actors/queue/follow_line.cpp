#include "actors/queue/follow_line.hpp"

namespace troupe {

namespace {

/// Followers every arrival has a look at: at two for each one that joins,
/// nobody gone stays for longer than it takes half the line to arrive.
constexpr int looks = 2;

}  // namespace

bool follow_line::join(job_number job, follow_ticket ticket, time_point until) {
  look_for_left();
  if (guests_.size() >= followers_max)
    return false;
  const place at{job, ++last_number_};
  guests_.emplace(at, guest{std::move(ticket), until});
  overdue_.emplace(until, at);
  return true;
}

std::vector<follow_ticket> follow_line::take(job_number job) {
  std::vector<follow_ticket> result;
  for (auto at = guests_.lower_bound({job, 0});
       at != guests_.end() && at->first.first == job; at = leave(at))
    result.push_back(at->second.ticket);
  return result;
}

std::vector<follow_ticket> follow_line::take_overdue(time_point now) {
  std::vector<follow_ticket> result;
  while (!overdue_.empty() && overdue_.begin()->first <= now) {
    const auto at = guests_.find(overdue_.begin()->second);
    result.push_back(at->second.ticket);
    leave(at);
  }
  return result;
}

std::vector<follow_ticket> follow_line::take_all() {
  std::vector<follow_ticket> result;
  result.reserve(guests_.size());
  for (auto& [at, who] : guests_)
    result.push_back(std::move(who.ticket));
  guests_.clear();
  overdue_.clear();
  return result;
}

std::optional<time_point> follow_line::next_overdue() const {
  if (overdue_.empty())
    return std::nullopt;
  return overdue_.begin()->first;
}

follow_line::guests::iterator follow_line::leave(guests::iterator at) {
  overdue_.erase({at->second.until, at->first});
  return guests_.erase(at);
}

void follow_line::look_for_left() {
  for (int i = 0; i < looks && !guests_.empty(); ++i) {
    auto found = guests_.upper_bound(looked_at_);
    if (found == guests_.end())
      found = guests_.begin();
    looked_at_ = found->first;
    if (!found->second.ticket.awaited())
      leave(found);
  }
}

}  // namespace troupe
