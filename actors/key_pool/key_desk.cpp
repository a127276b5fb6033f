#include "actors/key_pool/key_desk.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <utility>

namespace troupe {

namespace {

constexpr std::array end_names{
    std::string_view{"none"},    std::string_view{"asked"},
    std::string_view{"overdue"}, std::string_view{"shed"},
    std::string_view{"dead"},    std::string_view{"left"},
};

static_assert(end_names.size() == static_cast<std::size_t>(wait_end::count_));

const config::waiting_settings& waiting_of(const key_roster& roster) {
  return roster.provider->waiting;
}

}  // namespace

std::string_view name_of(wait_end w) noexcept {
  return end_names[static_cast<std::size_t>(w)];
}

key_desk::key_desk(roster_ptr roster)
    : ring_(roster), line_(waiting_of(*roster).calls),
      asks_(roster->places.size()) {}

// A retried call may have been in line here before; it comes as a new one.
key_desk::steps key_desk::lend(const call_ticket& ticket, time_point now,
                               randomness& random) {
  if (!ticket.awaited())
    return {};
  round r{now, random, {}};
  forget_asks(now);
  auto& c = *ticket.matter();
  c.declined.clear();
  c.soonest = time_point::max();
  serve(r, std::min(c.priority, priority_max));
  const auto until = now + waiting_of(ring_.roster()).time;
  offer(ticket,
        {.number = line_.arrive(),
         .turn = 0,
         .since = now,
         .until = std::min(c.deadline, until)},
        r);
  return finish(r);
}

key_desk::steps key_desk::decline(const call_ticket& ticket,
                                  const key_standing& standing, time_point now,
                                  randomness& random) {
  round r{now, random, {}};
  const auto known = take_ask(standing.index, ticket.matter().get());
  ring_.stand(standing);
  if (ticket.awaited()) {
    auto& c = *ticket.matter();
    ring_.declined(standing.index, c, now);
    c.declined.push_back(standing.index);
    // Unknown: asked for by an earlier incarnation of this pool.
    offer(ticket,
          known ? known->place
                : place{.number = line_.arrive(),
                        .turn = 0,
                        .since = now,
                        .until = std::min(
                            c.deadline, now + waiting_of(ring_.roster()).time)},
          r);
  }
  answer_dead(r);
  return finish(r);
}

key_desk::steps key_desk::stand(const key_standing& standing, time_point now,
                                randomness& random) {
  round r{now, random, {}};
  if (standing.after_lend)
    forget_ask(standing.index);
  ring_.stand(standing);
  answer_dead(r);
  return finish(r);
}

// Nobody is turned away for what a roster says: the next may say otherwise, and
// those who wait have their time.
key_desk::steps key_desk::adopt(roster_ptr roster, time_point now,
                                randomness& random) {
  round r{now, random, {}};
  line_.resize(waiting_of(*roster).calls);
  asks_.resize(std::max(asks_.size(), roster->places.size()));
  ring_.adopt(std::move(roster));
  return finish(r);
}

key_desk::steps key_desk::sweep(time_point now, randomness& random) {
  round r{now, random, {}};
  return finish(r);
}

std::optional<time_point> key_desk::next_sweep(time_point now) const {
  auto result = line_.next_overdue();
  if (!result)
    return result;
  if (const auto room = ring_.next_room(now))
    result = std::min(*result, *room);
  for (const auto& asks : asks_)
    if (!asks.empty())
      result = std::min(*result, asks.front().since + patience);
  return result;
}

// Ends: every round takes one more key out of the choice.
void key_desk::offer(const call_ticket& ticket, const place& p, round& r) {
  const auto choice = ring_.pick(*ticket.matter(), r.now, r.random());
  if (choice.refusal == errc::none)
    ask(ticket, p, choice.key, r);
  else
    turn_away(ticket, p, choice, r);
}

void key_desk::turn_away(const call_ticket& ticket, const place& p,
                         const key_ring::choice& why, round& r) {
  const auto& c = *ticket.matter();
  step s;
  s.ticket = ticket;
  s.why = why.refusal;
  s.at = why.refusal == errc::keys_dead ? time_point::max() : why.usable_at;
  if (!c.may_wait) {
    s.what = step::kind::postpone;
  } else if (why.refusal == errc::keys_cooling && why.usable_at <= p.until) {
    join(ticket, p, r);
    return;
  } else {
    s.what = step::kind::refuse;
  }
  r.done.push_back(std::move(s));
}

void key_desk::join(const call_ticket& ticket, const place& p, round& r) {
  auto& c = *ticket.matter();
  // Who declined is known to the ring now, and may be asked again some day.
  c.declined.clear();
  auto shed = line_.join({ticket, p, r.now});
  if (!shed)
    return;
  const auto is_itself = shed->ticket.matter() == ticket.matter();
  refuse(std::move(*shed), is_itself ? wait_end::none : wait_end::shed, r);
}

// Ends: every turn takes a call out of the line and room off a key.
void key_desk::serve(round& r, std::uint8_t priority_min) {
  for (;;) {
    const auto room = ring_.room(r.now);
    if (room == 0)
      return;
    auto next = line_.take(room, priority_min);
    if (!next)
      return;
    const auto choice = ring_.pick(*next->ticket.matter(), r.now, r.random());
    assert(choice.refusal == errc::none);
    ask(std::move(*next), choice.key, r);
  }
}

// Whoever is left is too large for the keys that are usable. Each of these must
// have said when it has room for the smallest.
void key_desk::ask_for_time(round& r) {
  while (!line_.empty()) {
    const auto smallest = line_.smallest();
    const auto key = ring_.unknown(smallest, r.now);
    if (!key)
      return;
    if (auto next = line_.take(smallest))
      ask(std::move(*next), *key, r);
  }
}

void key_desk::answer_overdue(round& r) {
  while (auto g = line_.take_overdue(r.now))
    refuse(std::move(*g), wait_end::overdue, r);
}

void key_desk::answer_dead(round& r) {
  if (line_.empty() || !ring_.is_dead() || ring_.room(r.now) > 0)
    return;
  while (auto g = line_.take_any())
    refuse(std::move(*g), wait_end::dead, r);
}

void key_desk::ask(const call_ticket& ticket, const place& p, key_index key,
                   round& r) {
  const auto& c = *ticket.matter();
  ring_.sent(key, size_of(c), r.now);
  asks_[key].push_back({&c, size_of(c), r.now, p});
  step s;
  s.what = step::kind::ask;
  s.ticket = ticket;
  s.key = key;
  r.done.push_back(std::move(s));
}

void key_desk::ask(waiting_line::guest g, key_index key, round& r) {
  auto& c = *g.ticket.matter();
  c.soonest = time_point::max();
  ask(g.ticket, g.place, key, r);
  r.done.back().ended = wait_end::asked;
  r.done.back().waited_since = g.joined;
}

// What it hears is when the first key recovers as things are now.
void key_desk::refuse(waiting_line::guest g, wait_end how, round& r) {
  auto& c = *g.ticket.matter();
  if (c.soonest <= r.now)
    c.soonest = time_point::max();  // Known no more.
  const auto why = ring_.refusal(c, r.now);
  step s;
  s.what = step::kind::refuse;
  s.why = why.refusal;
  s.at = why.usable_at;
  const auto is_full = how == wait_end::shed || how == wait_end::none;
  if (is_full && s.why == errc::keys_cooling)
    s.why = errc::overloaded;
  s.ticket = std::move(g.ticket);
  s.ended = how;
  s.waited_since = g.joined;
  r.done.push_back(std::move(s));
}

key_desk::steps key_desk::finish(round& r) {
  forget_asks(r.now);
  serve(r);  // First, so that who is served at the last moment is served.
  answer_overdue(r);
  ask_for_time(r);
  for (auto& g : line_.left()) {
    step s;
    s.ended = wait_end::left;
    s.waited_since = g.joined;
    s.ticket = std::move(g.ticket);
    r.done.push_back(std::move(s));
  }
  return std::move(r.done);
}

// A key answers in the order in which it was asked: who was asked before `who`
// has been answered, though that was not heard.
std::optional<key_desk::open_ask> key_desk::take_ask(key_index key,
                                                     const call* who) {
  if (key >= asks_.size())
    return std::nullopt;
  auto& asks = asks_[key];
  const auto is_it = [who](const open_ask& a) {
    return a.who == who;
  };
  const auto found = std::find_if(asks.begin(), asks.end(), is_it);
  if (found == asks.end())
    return std::nullopt;
  const auto result = *found;
  for (auto left = found - asks.begin() + 1; left > 0; --left)
    forget_ask(key);
  return result;
}

void key_desk::forget_asks(time_point now) {
  for (key_index key = 0; key < asks_.size(); ++key)
    while (!asks_[key].empty() && asks_[key].front().since + patience <= now)
      forget_ask(key);
}

void key_desk::forget_ask(key_index key) {
  if (key >= asks_.size() || asks_[key].empty())
    return;
  ring_.answered(key, asks_[key].front().tokens);
  asks_[key].pop_front();
}

}  // namespace troupe
