#include "actors/worker_pool/crew.hpp"

#include "runtime/supervision/restart_pause.hpp"

#include <algorithm>

namespace troupe {

crew::crew(const config::worker_budget_settings& budget)
    : settings_(budget), budget_(budget.max, budget.per) {}

void crew::adopt(const config::worker_budget_settings& budget) {
  if (budget == settings_)
    return;
  settings_ = budget;
  budget_ = restart_budget{budget.max, budget.per};
}

crew::orders crew::fill(std::uint32_t wanted, time_point now) {
  orders todo;
  hire(wanted, now, todo);
  let_go(wanted, todo);
  return todo;
}

void crew::hire(std::uint32_t wanted, time_point now, orders& todo) {
  for (std::uint32_t place = 0; place < wanted; ++place) {
    if (is_taken(place))
      continue;
    const auto empty = std::ranges::find(vacancies_, place, &vacancy::place);
    const bool again = empty != vacancies_.end();
    if (again && empty->until > now)
      continue;
    if (again) {
      vacancies_.erase(empty);
      ++restarts_;
    }
    members_.push_back({++last_id_, place, false});
    todo.hire.push_back({last_id_, place, again});
  }
}

void crew::let_go(std::uint32_t wanted, orders& todo) {
  std::erase_if(vacancies_,
                [=](const vacancy& v) { return v.place >= wanted; });
  for (auto& m : members_) {
    if (m.leaving || m.place < wanted)
      continue;
    m.leaving = true;
    todo.let_go.push_back(m.id);
  }
}

bool crew::gone(member_id who, time_point now) {
  const auto found = std::ranges::find(members_, who, &member::id);
  if (found == members_.end())
    return false;
  const auto was = *found;
  members_.erase(found);
  if (was.leaving)
    return false;
  const auto pause = budget_.spend(now)
                         ? restart_pause(budget_.spent())
                         : std::chrono::milliseconds{settings_.per};
  vacancies_.push_back({was.place, now + pause});
  return true;
}

std::vector<crew::member_id> crew::all() const {
  std::vector<member_id> result;
  for (const auto& m : members_)
    result.push_back(m.id);
  return result;
}

std::uint32_t crew::size() const {
  return static_cast<std::uint32_t>(
      std::ranges::count(members_, false, &member::leaving));
}

crew::time_point crew::next_call() const {
  auto soonest = time_point::max();
  for (const auto& v : vacancies_)
    soonest = std::min(soonest, v.until);
  return soonest;
}

// One who leaves still sits there, but its place is free for the next.
bool crew::is_taken(std::uint32_t place) const {
  return std::ranges::any_of(members_, [=](const member& m) {
    return m.place == place && !m.leaving;
  });
}

}  // namespace troupe
