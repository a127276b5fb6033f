#include "http/cache/flight_board.hpp"

#include <utility>

namespace troupe::http {

void flight_board::announce(std::uint64_t token, flight_ptr f) {
  const std::lock_guard lock{mutex_};
  flights_[token] = std::move(f);
  const auto waiting = waiting_.extract(token);
  if (waiting.empty())
    return;
  for (const auto& b : waiting.mapped())
    b->ring();
}

void flight_board::strike(std::uint64_t token) {
  const std::lock_guard lock{mutex_};
  flights_.erase(token);
}

flight_ptr flight_board::find(std::uint64_t token, const bell_ptr& b) {
  const std::lock_guard lock{mutex_};
  if (const auto found = flights_.find(token); found != flights_.end())
    return found->second;
  waiting_[token].push_back(b);
  return nullptr;
}

void flight_board::forget(std::uint64_t token, const bell_ptr& b) {
  const std::lock_guard lock{mutex_};
  const auto found = waiting_.find(token);
  if (found == waiting_.end())
    return;
  std::erase(found->second, b);
  if (found->second.empty())
    waiting_.erase(found);
}

}  // namespace troupe::http
