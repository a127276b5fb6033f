#include "actors/cache_shard/shelf.hpp"

#include "actors/cache_shard/glob.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// Longer than any node runs, and far from where the clock's count ends.
constexpr std::uint64_t length_max_ms = 10ull * 365 * 24 * 3600 * 1000;

milliseconds length(std::uint64_t ms) {
  return milliseconds{
      static_cast<milliseconds::rep>(std::min(ms, length_max_ms))};
}

}  // namespace

shelf::shelf(const shelf_bounds& bounds, make_retention make,
             std::uint64_t seed)
    : bounds_(bounds), make_(make), seed_(seed),
      retention_(make(bounds.entries_max, seed)) {}

// -- one entry
// -----------------------------------------------------------------

shelf::slot shelf::find(const cache_key& key, std::uint64_t hash,
                        time_point now) {
  const auto s = find_kept(key, hash);
  if (s == none)
    return none;
  auto& r = records_[s];
  if (due_.at(s) <= now) {
    remove(s, cache_operation::expire);
    return none;
  }
  if (purges_.find(subject_of(r), r.sequence) != nullptr) {
    remove(s, cache_operation::purge);
    return none;
  }
  r.sequence = sequence_;
  return s;
}

void shelf::use(slot s, cache_operation o) {
  count(records_[s], o);
  move_up(s);
}

void shelf::move_up(slot s) {
  retention_->used(s);
  by_use_.move_to_front(records_[s].tenant->by_use, s);
}

bool shelf::has_room_for(const cache_key& key, const cache_entry& entry) const {
  const auto bytes = charge_of(key, entry);
  return bytes <= bounds_.bytes_max && bounds_.entries_max > 0
         && (bounds_.tenant_bytes_max == 0
             || bytes <= bounds_.tenant_bytes_max);
}

void shelf::put(const cache_key& key, std::uint64_t hash,
                const cache_entry& entry, const shelf_life& life,
                std::uint64_t etag, time_point now) {
  assert(has_room_for(key, entry));
  auto s = find(key, hash, now);
  if (s == none)
    s = admit(key, hash);
  else
    move_up(s);
  auto& r = records_[s];
  uncharge(r);
  r.entry = entry;
  r.kept_at = now;
  r.fresh_until = now + length(life.ttl_ms);
  r.etag = etag;
  r.sequence = ++sequence_;
  charge(r, charge_of(key, entry));
  due_.set(s, entry.negative ? r.fresh_until
                             : r.fresh_until + length(life.stale_ms));
  count(r, cache_operation::keep);
  make_room(*r.tenant);
  make_room();
}

void shelf::remove(slot s, cache_operation why) {
  auto& r = records_[s];
  auto* tenant = r.tenant;
  if (auto* rule = purges_.find(subject_of(r), r.sequence)) {
    const bool was_there = due_.at(s) > rule->at;
    rule->count += was_there;
    why = was_there ? cache_operation::purge : cache_operation::expire;
  }
  count(r, why);
  uncharge(r);
  ++sequence_;
  retention_->removed(s);
  by_use_.erase(tenant->by_use, s);
  due_.erase(s);
  index_.erase(s);
  r = {};
  free_.push_back(s);
  if (tenant->entries == 0)
    tenants_.close(*tenant);
}

shelf::slot shelf::find_kept(const cache_key& key, std::uint64_t hash) const {
  return index_.find(hash, [&](slot s) {
    const auto& r = records_[s];
    return r.name == key.name && r.space == key.space
           && r.tenant->name == key.tenant;
  });
}

shelf::slot shelf::new_slot() {
  if (free_.empty()) {
    records_.emplace_back();
    return static_cast<slot>(records_.size() - 1);
  }
  const auto s = free_.back();
  free_.pop_back();
  return s;
}

// A record that is found by its key, and empty.
shelf::slot shelf::admit(const cache_key& key, std::uint64_t hash) {
  const auto s = new_slot();
  auto& r = records_[s];
  r.name = key.name;
  r.space = key.space;
  r.tenant = &tenants_.open(key.tenant);
  index_.insert(s, hash);
  by_use_.push_front(r.tenant->by_use, s);
  retention_->added(s, hash);
  charge(r, 0);
  return s;
}

std::uint64_t shelf::charge_of(const cache_key& key, const cache_entry& entry) {
  auto bytes = upkeep_bytes + entry.value.size() + key.name.size()
               + key.tenant.size() + entry.type.size() + entry.provider.size()
               + entry.model.size();
  for (const auto& tag : entry.tags)
    bytes += sizeof tag + tag.size();
  return bytes;
}

purge_subject shelf::subject_of(const record& r) {
  return {r.space, r.tenant->name, r.name, &r.entry.tags};
}

// -- room
// ----------------------------------------------------------------------

void shelf::charge(record& r, std::uint64_t bytes) {
  r.bytes = bytes;
  bytes_ += bytes;
  ++r.tenant->entries;
  r.tenant->bytes += bytes;
  for (auto* in :
       {&spaces_[static_cast<std::size_t>(r.space)], &r.tenant->of(r.space)}) {
    ++in->entries;
    in->bytes += bytes;
  }
}

void shelf::uncharge(const record& r) {
  bytes_ -= r.bytes;
  --r.tenant->entries;
  r.tenant->bytes -= r.bytes;
  for (auto* in :
       {&spaces_[static_cast<std::size_t>(r.space)], &r.tenant->of(r.space)}) {
    --in->entries;
    in->bytes -= r.bytes;
  }
}

bool shelf::is_over(const tenant_book& tenant) const {
  const auto over = [](std::uint64_t used, std::uint64_t max) {
    return max != 0 && used > max;
  };
  return over(tenant.entries, bounds_.tenant_entries_max)
         || over(tenant.bytes, bounds_.tenant_bytes_max);
}

void shelf::make_room(tenant_book& tenant) {
  for (bool is_last = false; !is_last && is_over(tenant);) {
    is_last = tenant.entries == 1;  // With it the book may go.
    remove(tenant.by_use.back, cache_operation::evict);
  }
}

void shelf::make_room() {
  while (entries() > bounds_.entries_max || bytes_ > bounds_.bytes_max)
    remove(retention_->victim(), cache_operation::evict);
}

void shelf::adopt(const shelf_bounds& bounds) {
  const bool resized = bounds.entries_max != bounds_.entries_max;
  bounds_ = bounds;
  if (resized)
    rebuild_retention();
  for (auto* tenant : tenants_.all())
    make_room(*tenant);
  make_room();
}

// Its tables are for as many entries as there may be. It tells its own order:
// the worth least come first.
void shelf::rebuild_retention() {
  std::vector<slot> order;
  while (order.size() < entries()) {
    order.push_back(retention_->victim());
    retention_->removed(order.back());
  }
  retention_ = make_(bounds_.entries_max, seed_);
  for (const auto s : order)
    retention_->added(s, index_.hash(s));
}

// -- many
// ----------------------------------------------------------------------

void shelf::purge(const cache_purge& what, std::uint64_t asker, time_point now,
                  std::vector<purged>& done) {
  // Before the rule has its number: who survives a pass is as new as all rules.
  if (purges_.active().size() == purge_book::active_max)
    finish_oldest(done);
  purge_rule rule{.what = what,
                  .sequence = ++sequence_,
                  .at = now,
                  .asker = asker,
                  .count = 0,
                  .next = 0,
                  .end = static_cast<slot>(records_.size())};
  const auto name = only_match_of(what.pattern);
  if (name && !name->empty() && what.tag.empty() && !what.every_tenant) {
    const cache_key key{what.space, what.tenant, *name};
    const auto s = find(key, hash(key), now);
    if (s != none)
      remove(s, cache_operation::purge);
    done.push_back({asker, s != none ? 1u : 0u});
    purges_.remember(std::move(rule));
    return;
  }
  purges_.add(std::move(rule));
}

bool shelf::sweep(time_point now, std::size_t slice,
                  std::vector<purged>& done) {
  while (slice > 0 && !due_.empty() && due_.next_at() <= now) {
    remove(due_.next(), cache_operation::expire);
    --slice;
  }
  while (slice > 0 && !purges_.active().empty()) {
    if (!go_on(purges_.active().front(), slice))
      continue;
    const auto rule = purges_.retire_oldest();
    done.push_back({rule.asker, rule.count});
  }
  return !purges_.active().empty() || (!due_.empty() && due_.next_at() <= now);
}

// A part of a pass; returns whether that is over.
bool shelf::go_on(purge_rule& rule, std::size_t& slice) {
  for (; slice > 0 && rule.next < rule.end; --slice) {
    const auto s = rule.next++;
    auto& r = records_[s];
    if (r.tenant == nullptr)
      continue;
    if (purges_.find(subject_of(r), r.sequence) != nullptr)
      remove(s, cache_operation::purge);
    else
      r.sequence = sequence_;
  }
  return rule.next == rule.end;
}

void shelf::finish_oldest(std::vector<purged>& done) {
  auto all = records_.size();
  go_on(purges_.active().front(), all);
  const auto rule = purges_.retire_oldest();
  done.push_back({rule.asker, rule.count});
}

std::optional<shelf::time_point> shelf::next_due() const {
  if (due_.empty())
    return std::nullopt;
  return due_.next_at();
}

bool shelf::is_forbidden(const cache_key& key, const cache_entry& entry,
                         std::uint64_t begun) const {
  return purges_.forbids({key.space, key.tenant, key.name, &entry.tags}, begun);
}

// -- counting
// ------------------------------------------------------------------

void shelf::count(const cache_key& key, cache_operation o) {
  tally_.count(key.space, o);
  note(spaces_[static_cast<std::size_t>(key.space)], o);
  if (auto* tenant = tenants_.find(key.tenant))
    note(tenant->of(key.space), o);
}

void shelf::count(record& r, cache_operation o) {
  tally_.count(r.space, o);
  note(spaces_[static_cast<std::size_t>(r.space)], o);
  note(r.tenant->of(r.space), o);
}

cache_statistics shelf::statistics(cache_space space,
                                   const std::string& tenant) const {
  if (space >= cache_space::count_)  // From another node anything may come.
    return {};
  if (tenant.empty())
    return spaces_[static_cast<std::size_t>(space)];
  const auto* book = tenants_.peek(tenant);
  return book != nullptr ? book->spaces[static_cast<std::size_t>(space)]
                         : cache_statistics{};
}

}  // namespace troupe
