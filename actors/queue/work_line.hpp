// Workers who wait for work, in the order in which they came.
//
// A wish that finds no job stands in line until there is one, or its time is
// over. Whoever has waited longest is asked first, and is given as many jobs as
// it wants and there are; to come again it goes to the end. So nobody who waits
// is passed over but by those who want the jobs of a tenant that has some.
//
// A wish whose asker has left is dropped when it is met: no job is leased to
// somebody who has gone. Every arrival looks at a few, so that workers who come
// and go leave nothing behind.
//
// Limits: `wishes_max` wishes. A round asks for each tenant once, and looks at
// all who want that tenant's jobs until somebody who would take any gets none.

#pragma once

#include "actors/queue_contracts.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace troupe {

class work_line {
public:
  /// Each costs some 300 bytes here, and a connection at the door.
  static constexpr std::size_t wishes_max = 20'000;

  /// Stands in line until `until`. Returns false if the line is full.
  [[nodiscard]] bool join(work_ticket ticket, time_point until);

  /// Asks `take(wish)` for the jobs of one after the other and hands what it
  /// returns to `give(ticket, jobs)`, until there is nothing for anybody.
  template <class Take, class Give>
  void serve(Take take, Give give);

  /// Takes out all whose time is over.
  std::vector<work_ticket> take_overdue(time_point now);

  /// Takes out everybody.
  std::vector<work_ticket> take_all();

  /// When the next one's time is over.
  std::optional<time_point> next_overdue() const;

  std::size_t size() const { return wishes_.size(); }
  bool empty() const { return wishes_.empty(); }

private:
  struct guest {
    work_ticket ticket;
    time_point until;
  };
  using place = std::map<std::uint64_t, guest>::iterator;

  place leave(place at);
  void look_for_left();

  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, guest> wishes_;  // By their coming.
  std::set<std::pair<time_point, std::uint64_t>> overdue_;
  std::uint64_t looked_at_ = 0;  // Where `look_for_left` goes on.
};

template <class Take, class Give>
void work_line::serve(Take take, Give give) {
  std::unordered_set<std::string_view> without;  // Tenants; of wishes in line.
  for (auto at = wishes_.begin(); at != wishes_.end();) {
    const auto& wish = at->second.ticket.matter();
    if (without.contains(wish.tenant)) {
      ++at;
      continue;
    }
    if (!at->second.ticket.awaited()) {
      at = leave(at);
      continue;
    }
    auto jobs = take(wish);
    if (!jobs.empty()) {
      const auto ticket = at->second.ticket;
      at = leave(at);
      give(ticket, std::move(jobs));
    } else if (wish.tenant.empty()) {
      return;  // Nothing for one who would take any.
    } else {
      without.insert(wish.tenant);
      ++at;
    }
  }
}

}  // namespace troupe
