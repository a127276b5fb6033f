#include "actors/queue/errand_desk.hpp"

#include "runtime/errc.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace troupe {

void errand_desk::add(flow_errands&& more) {
  for (const auto parent : more.parents)
    (refused_.contains(parent) ? again_ : parents_).push_back(parent);
  std::ranges::move(more.children, std::back_inserter(children_));
}

// -- placing
// --------------------------------------------------------------------

std::optional<placing_read> errand_desk::next_placing(job_time now) {
  while (placings_.size() < placings_max) {
    const auto parent = next_parent(now);
    if (!parent)
      break;
    const auto [at, is_new] = placings_.try_emplace(*parent);
    if (!is_new)
      continue;
    if (const auto before = refused_.find(*parent); before != refused_.end())
      at->second.from = before->second;
    return placing_read{.parent = *parent, .from = at->second.from};
  }
  return {};
}

std::optional<job_number> errand_desk::next_parent(job_time now) {
  const auto first_of = [](std::deque<job_number>& line) {
    const auto result = line.front();
    line.pop_front();
    return result;
  };
  if (!parents_.empty())
    return first_of(parents_);
  if (again_.empty())
    return {};
  if (now >= window_from_ + retry_window_ms) {
    window_from_ = now;
    retries_ = 0;
  }
  if (retries_ == retries_max)
    return {};
  ++retries_;
  return first_of(again_);
}

std::optional<job_time> errand_desk::next_retry() const {
  if (again_.empty() || retries_ < retries_max)
    return {};
  return window_from_ + retry_window_ms;
}

void errand_desk::turn_page(const placing_read& page, std::uint32_t next) {
  auto& p = placings_.at(page.parent);
  assert(p.from == page.from && p.open == 0);
  p.next = next;
}

std::uint64_t errand_desk::send(job_number parent, std::string_view queue) {
  ++placings_.at(parent).open;
  open_.emplace(++last_number_,
                errand{std::string{queue}, placing_errand{parent}});
  return last_number_;
}

void errand_desk::fail(job_number parent, const caf::error& why) {
  auto& p = placings_.at(parent);
  if (!p.why)
    p.why = why;
}

void errand_desk::hear(const placing_errand& sent, const caf::error& why) {
  --placings_.at(sent.parent).open;
  if (why)
    fail(sent.parent, why);
}

std::optional<placing_turn> errand_desk::turn(job_number parent) {
  const auto at = placings_.find(parent);
  assert(at != placings_.end());
  auto& p = at->second;
  if (p.open > 0)
    return {};
  if (!p.why && p.next != 0) {
    p.from = std::exchange(p.next, 0);
    return placing_turn{placing_read{.parent = parent, .from = p.from}, {}};
  }
  placing_turn over{{}, std::move(p.why)};
  if (!over.why) {
    refused_.erase(parent);
  } else {
    if (refused_.size() >= refused_max)
      refused_.clear();
    refused_[parent] = p.from;
  }
  placings_.erase(at);
  return over;
}

// -- telling
// --------------------------------------------------------------------

std::vector<ended_child> errand_desk::next_telling() {
  const auto count =
      std::min({children_.size(), told_at_once, tellings_max - tellings_});
  const auto end = children_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<ended_child> result{std::make_move_iterator(children_.begin()),
                                  std::make_move_iterator(end)};
  children_.erase(children_.begin(), end);
  tellings_ += count;
  return result;
}

std::uint64_t errand_desk::send(std::string_view queue,
                                std::vector<ended_child> some) {
  open_.emplace(++last_number_,
                errand{std::string{queue}, telling_errand{std::move(some)}});
  return last_number_;
}

// -- both
// -----------------------------------------------------------------------

std::optional<errand> errand_desk::end(std::uint64_t number) {
  auto found = open_.extract(number);
  if (!found)
    return {};
  return std::move(found.mapped());
}

bool errand_desk::is_news(const std::string& queue, bool is_reached) {
  return is_reached ? unreached_.erase(queue) > 0
                    : unreached_.insert(queue).second;
}

}  // namespace troupe
