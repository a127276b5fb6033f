#include "actors/key_pool/waiting_line.hpp"

#include <algorithm>
#include <cassert>

namespace troupe {

namespace {

/// Guests every arrival has a look at: at two for each one that joins, nobody
/// gone stays for longer than it takes half the line to arrive.
constexpr int looks = 2;

}  // namespace

std::optional<waiting_line::guest> waiting_line::join(guest g) {
  look_for_left();
  const auto& c = *g.ticket.matter();
  const rank at{std::min(c.priority, priority_max), g.place.number};
  if (entries_.size() < calls_max_) {
    insert(std::move(g), at);
    return std::nullopt;
  }
  if (entries_.empty() || entries_.rbegin()->first < at)
    return g;
  auto shed = remove(entries_.rbegin()->second, client_turn::kept);
  insert(std::move(g), at);
  return shed;
}

std::optional<waiting_line::guest>
waiting_line::take(std::uint64_t tokens, std::uint8_t priority_min) {
  for (std::size_t p = floors_.size(); p-- > priority_min;)
    while (const auto* l = floors_[p].turns.first_within(tokens))
      if (auto found = remove_awaited(*l->calls.first_within(tokens),
                                      client_turn::spent))
        return found;
  return std::nullopt;
}

std::optional<waiting_line::guest> waiting_line::take_overdue(time_point now) {
  while (!overdue_.empty() && overdue_.begin()->first <= now)
    if (auto found = remove_awaited(
            entries_.find(overdue_.begin()->second)->second, client_turn::kept))
      return found;
  return std::nullopt;
}

std::optional<waiting_line::guest> waiting_line::take_any() {
  while (!entries_.empty())
    if (auto found =
            remove_awaited(entries_.begin()->second, client_turn::kept))
      return found;
  return std::nullopt;
}

std::optional<time_point> waiting_line::next_overdue() const {
  if (overdue_.empty())
    return std::nullopt;
  return overdue_.begin()->first;
}

std::uint64_t waiting_line::smallest() const {
  auto result = least_tree<lane>::weight_max;
  for (const auto& f : floors_)
    result = std::min(result, f.turns.least());
  return result;
}

void waiting_line::insert(guest g, rank at) {
  const auto& c = *g.ticket.matter();
  auto& f = floors_[at.priority];
  const auto [home, is_new] = f.lanes.try_emplace(c.client);
  auto& l = home->second;
  if (is_new)
    l.client = &home->first;
  else
    f.turns.erase(l.turn);
  const auto turn_before = is_new ? 0 : l.turn;
  const auto until = g.place.until;
  auto turn = g.place.turn;
  const auto size = size_of(c);
  const auto [position, fresh] =
      entries_.emplace(at, entry{std::move(g), at, size, &l});
  assert(fresh);
  overdue_.emplace(until, at);
  l.calls.insert(at.number, {size, &position->second});
  // The earlier of the turn it had and the one it comes back to.
  if (turn == 0 || (turn_before != 0 && turn_before < turn))
    turn = turn_before;
  seat(f, l, turn != 0 ? turn : ++turns_);
}

waiting_line::guest waiting_line::remove(entry& e, client_turn after) {
  auto& f = floors_[e.rank.priority];
  auto& l = *e.lane;
  auto result = std::move(e.who);
  result.place.turn = l.turn;
  f.turns.erase(l.turn);
  l.calls.erase(e.rank.number);
  overdue_.erase({result.place.until, e.rank});
  entries_.erase(rank{e.rank});  // Ends `e`.
  if (l.calls.empty())
    f.lanes.erase(std::string{*l.client});
  else
    seat(f, l, after == client_turn::kept ? l.turn : ++turns_);
  return result;
}

void waiting_line::seat(floor& f, lane& l, std::uint64_t turn) {
  l.turn = turn;
  f.turns.insert(turn, {l.calls.least(), &l});
}

void waiting_line::look_for_left() {
  for (int i = 0; i < looks && !entries_.empty(); ++i) {
    auto found = entries_.upper_bound(looked_at_);
    if (found == entries_.end())
      found = entries_.begin();
    looked_at_ = found->first;
    if (!found->second.who.ticket.awaited())
      left_.push_back(remove(found->second, client_turn::kept));
  }
}

// Who has left does not cost its client a turn.
std::optional<waiting_line::guest>
waiting_line::remove_awaited(entry& e, client_turn after) {
  const auto awaited = e.who.ticket.awaited();
  auto result = remove(e, awaited ? after : client_turn::kept);
  if (awaited)
    return result;
  left_.push_back(std::move(result));
  return std::nullopt;
}

}  // namespace troupe
