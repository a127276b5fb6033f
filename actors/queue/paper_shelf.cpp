#include "actors/queue/paper_shelf.hpp"

#include <cassert>
#include <utility>

namespace troupe {

void paper_shelf::put(job_number number, shared_bytes paper, time_point now) {
  const auto cost = cost_of(paper);
  if (cost > bytes_max_)
    return;
  while (bytes_ + cost > bytes_max_) {
    const auto at = entries_.find(oldest_);
    if (now - at->second.since <= stale_after)
      return;
    remove(at);
  }
  [[maybe_unused]] const auto at =
      entries_.try_emplace(number, entry{std::move(paper), now, newest_, 0});
  assert(at.second);
  if (newest_ != 0)
    entries_.find(newest_)->second.newer = number;
  else
    oldest_ = number;
  newest_ = number;
  bytes_ += cost;
}

std::optional<shared_bytes> paper_shelf::take(job_number number) {
  const auto at = entries_.find(number);
  if (at == entries_.end())
    return std::nullopt;
  auto result = at->second.paper;
  remove(at);
  return result;
}

void paper_shelf::remove(place at) {
  const auto& e = at->second;
  if (e.older != 0)
    entries_.find(e.older)->second.newer = e.newer;
  else
    oldest_ = e.newer;
  if (e.newer != 0)
    entries_.find(e.newer)->second.older = e.older;
  else
    newest_ = e.older;
  bytes_ -= cost_of(e.paper);
  entries_.erase(at);
}

}  // namespace troupe
