#include "actors/cache_shard/lead_book.hpp"

#include <cassert>
#include <utility>

namespace troupe {

namespace {

// A slot that is free, or one more.
template <class T>
lead_book::slot take(std::vector<T>& from, std::vector<lead_book::slot>& free) {
  if (free.empty()) {
    from.emplace_back();
    return static_cast<lead_book::slot>(from.size() - 1);
  }
  const auto s = free.back();
  free.pop_back();
  return s;
}

}  // namespace

lead_book::lead_book(const bounds& within, std::uint64_t first_token)
    : bounds_(within), last_token_(first_token) {}

// -- leads
// ---------------------------------------------------------------------

lead_book::slot lead_book::find(const cache_key& key,
                                std::uint64_t hash) const {
  return index_.find(hash, [&](slot s) { return leads_[s].key == key; });
}

lead_book::slot lead_book::begin(const cache_key& key, std::uint64_t hash,
                                 std::uint64_t holder, std::uint64_t sequence,
                                 time_point until) {
  assert(!is_full());
  const auto s = take(leads_, free_leads_);
  leads_[s].key = key;
  index_.insert(s, hash);
  hand_over(s, holder, sequence, until);
  return s;
}

void lead_book::hand_over(slot s, std::uint64_t holder, std::uint64_t sequence,
                          time_point until) {
  auto& l = leads_[s];
  l.token = next_token();
  l.holder = holder;
  l.begun = sequence;
  l.outdated = false;
  lead_ends_.set(s, until);
}

void lead_book::end(slot s) {
  assert(leads_[s].line.empty());
  index_.erase(s);
  lead_ends_.erase(s);
  leads_[s] = {};
  free_leads_.push_back(s);
}

// 0 is no token.
std::uint64_t lead_book::next_token() {
  if (++last_token_ == 0)
    ++last_token_;
  return last_token_;
}

// -- waiters
// -------------------------------------------------------------------

bool lead_book::has_room(slot in) const {
  return wait_ends_.size() < bounds_.waiters_max
         && leads_[in].waiting < bounds_.line_max;
}

void lead_book::wait(slot in, waiter who, time_point until) {
  assert(has_room(in));
  const auto s = take(waiters_, free_waiters_);
  who.lead = in;
  waiters_[s] = std::move(who);
  lines_.push_back(leads_[in].line, s);
  ++leads_[in].waiting;
  wait_ends_.set(s, until);
}

lead_book::waiter lead_book::leave(slot who) {
  auto& in = leads_[waiters_[who].lead];
  lines_.erase(in.line, who);
  --in.waiting;
  wait_ends_.erase(who);
  free_waiters_.push_back(who);
  return std::exchange(waiters_[who], {});
}

}  // namespace troupe
