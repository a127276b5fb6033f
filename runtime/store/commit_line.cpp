#include "runtime/store/commit_line.hpp"

#include <iterator>
#include <utility>

namespace troupe {

namespace {

/// What a change costs beside its value.
constexpr std::size_t change_bytes = sizeof(record_change);

}  // namespace

bool commit_line::offer(commit_ticket ticket) {
  place taken{std::move(ticket), 0, 0};
  for (const auto& space : taken.ticket.matter()) {
    taken.changes += space.changes.size();
    for (const auto& change : space.changes)
      taken.bytes += change_bytes + (change.value ? change.value->size() : 0);
  }
  if (!waiting_.empty() && bytes_ + taken.bytes > bounds_.waiting_bytes)
    return false;
  bytes_ += taken.bytes;
  waiting_.push_back(std::move(taken));
  return true;
}

commit_group commit_line::take() {
  commit_group result;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    auto& next = waiting_.front();
    const bool fits = result.changes + next.changes <= bounds_.group_changes
                      && bytes + next.bytes <= bounds_.group_bytes;
    if (!fits && !result.riders.empty())
      break;
    result.changes += next.changes;
    bytes += next.bytes;
    auto& batch = next.ticket.matter();
    result.batch.insert(result.batch.end(),
                        std::make_move_iterator(batch.begin()),
                        std::make_move_iterator(batch.end()));
    result.riders.push_back(std::move(next.ticket));
    waiting_.pop_front();
  }
  bytes_ -= bytes;
  return result;
}

}  // namespace troupe
