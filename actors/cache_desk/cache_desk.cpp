#include "actors/cache_desk/cache_desk.hpp"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

milliseconds longest_wait(const cache_questions& questions) {
  std::uint64_t longest = 0;
  for (const auto& q : questions)
    longest = std::max(longest, q.wait_ms);
  constexpr milliseconds max = cache_desk_state::wait_max;
  return std::min(max, milliseconds{static_cast<milliseconds::rep>(
                           std::min(longest, std::uint64_t{1} << 32))});
}

bool wants_to_lead(const cache_questions& questions) {
  return std::ranges::any_of(
      questions, [](const cache_question& q) { return q.lead_ms > 0; });
}

// Whether what was asked is needed when the answer comes: of changes nothing.
bool is_needed_later(const cache_questions& questions) {
  return wants_to_lead(questions);
}

bool is_needed_later(const cache_changes&) {
  return false;
}

void add(cache_statistics& to, const cache_statistics& x) {
  to.entries += x.entries;
  to.bytes += x.bytes;
  to.hits += x.hits;
  to.misses += x.misses;
  to.stale += x.stale;
  to.evictions += x.evictions;
  to.expiries += x.expiries;
}

template <class Ticket>
void refuse(const Ticket& t) {
  t.answer(caf::make_error(errc::overloaded, cache_desk_state::overload_ms));
}

}  // namespace

cache_desk_actor::behavior_type cache_desk(cache_desk_state::self_pointer self,
                                           const cache_desk_deps& deps) {
  return self->state.make_behavior(deps);
}

cache_desk_actor::behavior_type
cache_desk_state::make_behavior(const cache_desk_deps& deps) {
  finds_ = finds{deps.open_max};
  changes_ = changes{deps.open_max};
  purges_ = purges{deps.open_max};
  adopt(deps.directory);
  self_->set_down_handler([this](const caf::down_msg& msg) { on_down(msg); });
  return {
      [this](atom::find, const find_ticket& t) { find(t); },
      [this](atom::keep, const keep_ticket& t) { change(t); },
      [this](atom::purge, const purge_ticket& t) { purge(t); },
      [this](atom::status, cache_space space, const std::string& tenant) {
        return status(space, tenant);
      },
      [this](atom::found, std::uint64_t number, cache_findings& found) {
        ended(finds_, number, std::move(found));
      },
      [this](atom::kept, std::uint64_t number, cache_receipts& receipts) {
        if (changes_.knows(number))
          ended(changes_, number, std::move(receipts));
        else
          ended(purges_, number, std::move(receipts));
      },
      [this](atom::adopt, const directory_ptr& next) { adopt(next); },
      [this](atom::sweep) { sweep(); },
  };
}

// -- asking
// --------------------------------------------------------------------

void cache_desk_state::find(const find_ticket& t) {
  if (t.awaited())
    ask(finds_, t, now() + patience + longest_wait(t.matter()), atom::find_v);
}

void cache_desk_state::change(const keep_ticket& t) {
  if (t.awaited())
    ask(changes_, t, now() + patience, atom::keep_v);
}

void cache_desk_state::purge(const purge_ticket& t) {
  if (!t.awaited())
    return;
  const auto count = static_cast<std::uint32_t>(lines_.size());
  if (!purges_.has_room(count))
    return refuse(t);
  const auto what = t.matter();
  const auto q = purges_.begin(t, count, now() + purge_patience);
  std::vector<std::uint64_t> numbers;
  for (std::uint32_t shard = 0; shard < count; ++shard)
    numbers.push_back(purges_.add(q, shard, {shard}, ++last_serial_));
  for (std::uint32_t shard = 0; shard < count; ++shard)
    send(purges_, numbers[shard], shard, atom::purge_v, what);
  watch();
}

// One key, mostly.
template <class Table, class Ticket, class Atom>
void cache_desk_state::ask(Table& table, const Ticket& t, time_point deadline,
                           Atom verb) {
  auto& matter = t.matter();
  if (matter.size() != 1)
    return ask_many(table, t, deadline, verb);
  if (!table.has_room(1))
    return refuse(t);
  const auto shard = directory_->shard_of(matter.front().key);
  const auto q = table.begin(t, 1, deadline);
  const auto number = table.add(q, shard, {}, ++last_serial_);
  if (is_needed_later(matter))
    send(table, number, shard, verb, matter);
  else
    send(table, number, shard, verb, std::move(matter));
  watch();
}

template <class Table, class Ticket, class Atom>
void cache_desk_state::ask_many(Table& table, const Ticket& t,
                                time_point deadline, Atom verb) {
  const auto& matter = t.matter();
  if (matter.empty()) {
    t.answer(typename Ticket::result{typename Table::items{}});
    return;
  }
  const auto groups = groups_of(matter);
  if (!table.has_room(groups.size()))
    return refuse(t);
  const auto q = table.begin(t, matter.size(), deadline);
  // All parts are there before the first one can end.
  std::vector<std::uint64_t> numbers;
  for (const auto& g : groups)
    numbers.push_back(table.add(q, g.shard, g.positions, ++last_serial_));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::decay_t<decltype(matter)> part;
    for (const auto p : groups[i].positions)
      part.push_back(matter[p]);
    send(table, numbers[i], groups[i].shard, verb, std::move(part));
  }
  watch();
}

template <class Matter>
std::vector<cache_desk_state::group>
cache_desk_state::groups_of(const Matter& matter) const {
  std::vector<group> result;
  std::vector<std::size_t> places(directory_->shards(), matter.size());
  for (std::uint32_t i = 0; i < matter.size(); ++i) {
    const auto shard = directory_->shard_of(matter[i].key);
    auto& place = places[shard];
    if (place == matter.size()) {
      place = result.size();
      result.push_back({shard, {}});
    }
    result[place].positions.push_back(i);
  }
  return result;
}

// To a shard that is not there a part is answered at once.
template <class Table, class Atom, class Payload>
void cache_desk_state::send(Table& table, std::uint64_t number,
                            std::uint32_t shard, Atom verb, Payload&& payload) {
  if (const auto& to = reach(shard); to != nullptr)
    self_->send(to, verb, caf::actor_cast<caf::actor>(self_), number,
                std::forward<Payload>(payload));
  else
    ended(table, number, {});
}

// The shard's current incarnation, which is watched; null if there is none.
const cache_shard_actor& cache_desk_state::reach(std::uint32_t shard) {
  auto& l = lines_[shard];
  if (l.live != nullptr)
    return l.live;
  auto next = directory_->at(shard).current();
  if (next != nullptr && next.address() != l.dead) {
    self_->monitor(next);
    l.live = std::move(next);
  }
  return l.live;
}

// -- being answered
// ------------------------------------------------------------

template <class Table>
void cache_desk_state::ended(Table& table, std::uint64_t number,
                             typename Table::items&& found) {
  const auto part = table.end(number);
  if (!part.is_known)
    return;
  auto& q = table.at(part.of);
  if (q.is_late)
    undo(q, part, found);
  else if (part.positions.empty() && found.size() == q.answers.size())
    q.answers = std::move(found);
  else
    for (std::size_t i = 0; i < std::min(part.positions.size(), found.size());
         ++i)
      q.answers[part.positions[i]] = std::move(found[i]);
  if (q.left > 0)
    return;
  auto whole = table.finish(part.of);
  if (!whole.is_late)
    answer(whole);
}

void cache_desk_state::answer(finds::question& q) {
  find_ticket::result found{std::move(q.answers)};
  if (q.ticket.answer(std::move(found)))
    return;
  for (std::size_t i = 0; i < found->size(); ++i)
    if ((*found)[i].state == cache_state::lead)
      give_back(q.ticket.matter()[i].key, (*found)[i]);
}

void cache_desk_state::answer(changes::question& q) {
  q.ticket.answer(keep_ticket::result{std::move(q.answers)});
}

void cache_desk_state::answer(purges::question& q) {
  cache_receipt all;
  all.outcome = cache_outcome::done;
  for (const auto& of_shard : q.answers) {
    all.count += of_shard.count;
    if (of_shard.outcome != cache_outcome::done)
      all.outcome = of_shard.outcome;
  }
  q.ticket.answer(purge_ticket::result{all});
}

// Nobody is there any more to make use of these.
void cache_desk_state::undo(const finds::question& q, const finds::ended& part,
                            const cache_findings& found) {
  const auto& asked = q.ticket.matter();
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto p = part.positions.empty()      ? i
                   : i < part.positions.size() ? part.positions[i]
                                               : asked.size();
    if (found[i].state == cache_state::lead && p < asked.size())
      give_back(asked[p].key, found[i]);
  }
}

// No answer is awaited: 0 is no number.
void cache_desk_state::give_back(const cache_key& key,
                                 const cache_finding& found) {
  const auto& to = reach(directory_->shard_of(key));
  if (to == nullptr)
    return;
  cache_change change;
  change.key = key;
  change.verb = cache_verb::yield;
  change.token = found.token;
  self_->send(to, atom::keep_v, caf::actor_cast<caf::actor>(self_),
              std::uint64_t{0}, cache_changes{std::move(change)});
}

// -- shards that come and go
// ---------------------------------------------------

// What was asked of shards that may be elsewhere now is not waited for.
void cache_desk_state::adopt(directory_ptr next) {
  for (std::uint32_t shard = 0; shard < lines_.size(); ++shard) {
    if (lines_[shard].live != nullptr)
      self_->demonitor(lines_[shard].live.address());
    lose(shard);
  }
  directory_ = std::move(next);
  lines_.assign(directory_->shards(), {});
}

void cache_desk_state::on_down(const caf::down_msg& msg) {
  for (std::uint32_t shard = 0; shard < lines_.size(); ++shard) {
    auto& l = lines_[shard];
    if (l.live == nullptr || l.live.address() != msg.source)
      continue;
    l.dead = msg.source;
    l.live = nullptr;
    lose(shard);
  }
}

void cache_desk_state::lose(std::uint32_t shard) {
  lose(finds_, shard);
  lose(changes_, shard);
  lose(purges_, shard);
}

template <class Table>
void cache_desk_state::lose(Table& table, std::uint32_t shard) {
  const auto lost = table.select(
      [shard](std::uint32_t at, const auto&) { return at == shard; });
  for (const auto number : lost)
    ended(table, number, {});
}

// -- deadlines
// -----------------------------------------------------------------

void cache_desk_state::sweep() {
  sweep_pending_ = false;
  const auto at = now();
  sweep(finds_, at);
  sweep(changes_, at);
  sweep(purges_, at);
  watch();
}

template <class Table>
void cache_desk_state::sweep(Table& table, time_point now) {
  for (const auto s : table.due(now)) {
    auto& q = table.at(s);
    q.is_late = true;
    answer(q);
  }
  const auto too_late = table.select([now](std::uint32_t, const auto& q) {
    return q.is_late && q.deadline + Table::late_time <= now;
  });
  for (const auto number : too_late)
    ended(table, number, {});
}

void cache_desk_state::watch() {
  if (sweep_pending_ || (finds_.empty() && changes_.empty() && purges_.empty()))
    return;
  sweep_pending_ = true;
  self_->delayed_send(self_, sweep_period, atom::sweep_v);
}

// -- looking
// -------------------------------------------------------------------

caf::result<cache_statistics>
cache_desk_state::status(cache_space space, const std::string& tenant) {
  struct survey {
    caf::response_promise promise;
    cache_statistics sum;
    std::size_t left = 1;
  };
  const auto all = std::make_shared<survey>();
  all->promise = self_->make_response_promise();
  const auto one_less = [all] {
    if (--all->left == 0)
      all->promise.deliver(all->sum);
  };
  for (std::uint32_t shard = 0; shard < lines_.size(); ++shard) {
    const auto& to = reach(shard);
    if (to == nullptr)
      continue;
    ++all->left;
    self_->request(to, caf::duration{patience}, atom::status_v, space, tenant)
        .then(
            [all, one_less](const cache_statistics& x) {
              add(all->sum, x);
              one_less();
            },
            [one_less](const caf::error&) { one_less(); });
  }
  one_less();
  return all->promise;
}

time_point cache_desk_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
