#include "actors/cache_shard/cache_shard.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace troupe {

namespace {

// Rounded up: all shards together hold at least what is allowed.
std::uint64_t part_of(std::uint64_t whole, std::uint64_t shards) {
  return whole / shards + (whole % shards != 0);
}

// A message names any actor; it is the sender's to be one that hears answers.
cache_asker asker_of(const caf::actor& desk) {
  return caf::actor_cast<cache_asker>(desk);
}

}  // namespace

cache_metrics cache_metrics_of(const metric_catalog& catalog) {
  cache_metrics result;
  const auto operations = label_values<cache_operation>();
  for (const auto& space : label_values<cache_space>()) {
    result.operations.push_back(
        catalog.counters(metric::cache_operations_total, {space}, operations));
    result.entries.push_back(&catalog.gauge(metric::cache_entries, {space}));
    result.bytes.push_back(&catalog.gauge(metric::cache_bytes, {space}));
  }
  return result;
}

shelf_bounds shard_bounds_of(const config::cache_settings& settings) {
  const std::uint64_t shards = std::max(settings.shards, 1u);
  return {.entries_max = part_of(settings.max_entries, shards),
          .bytes_max = part_of(settings.max_bytes, shards),
          .tenant_entries_max = part_of(settings.tenant_max_entries, shards),
          .tenant_bytes_max = part_of(settings.tenant_max_bytes, shards)};
}

// -- the gauges
// ----------------------------------------------------------------

void cache_gauges::show(cache_space s, const cache_statistics& held) {
  const auto i = static_cast<std::size_t>(s);
  const auto tell = [](prometheus::Gauge& on, std::uint64_t& before,
                       std::uint64_t now) {
    if (before != now)
      on.Increment(static_cast<double>(now) - static_cast<double>(before));
    before = now;
  };
  tell(*entries_[i], shown_[i].entries, held.entries);
  tell(*bytes_[i], shown_[i].bytes, held.bytes);
}

// -- the actor
// -----------------------------------------------------------------

cache_shard_actor::behavior_type
cache_shard(cache_shard_state::self_pointer self, cache_shard_deps deps) {
  return self->state.make_behavior(std::move(deps));
}

cache_shard_actor::behavior_type
cache_shard_state::make_behavior(cache_shard_deps deps) {
  deps_.emplace(std::move(deps));
  keeper_.emplace(
      cache_keeper_options{.bounds = shard_bounds_of(deps_->settings),
                           .waiting = {},
                           .seed = deps_->seed});
  for (std::size_t i = 0; i < cache_tally::spaces; ++i)
    deps_->gauges->show(static_cast<cache_space>(i), {});
  return {
      [this](atom::find, const caf::actor& desk, std::uint64_t number,
             const cache_questions& q) {
        find({asker_of(desk), number}, q);
      },
      [this](atom::keep, const caf::actor& desk, std::uint64_t number,
             const cache_changes& c) {
        change({asker_of(desk), number}, c);
      },
      [this](atom::purge, const caf::actor& desk, std::uint64_t number,
             const cache_purge& what) {
        purge({asker_of(desk), number}, what);
      },
      [this](atom::status, cache_space space, const std::string& tenant) {
        return keeper_->entries().statistics(space, tenant);
      },
      [this](atom::adopt, const settings_ptr& s) {
        keeper_->adopt(shard_bounds_of(s->cache));
        finish(now());
      },
      [this](atom::sweep) { sweep(); },
  };
}

void cache_shard_state::find(const asker& by,
                             const cache_questions& questions) {
  const auto at = now();
  const auto question = ++last_question_;
  if (auto found = keeper_->find(question, questions, at, out_))
    self_->send(by.desk, atom::found_v, by.number, std::move(*found));
  else
    askers_.emplace(question, by);
  finish(at);
}

void cache_shard_state::change(const asker& by, const cache_changes& changes) {
  const auto at = now();
  self_->send(by.desk, atom::kept_v, by.number,
              keeper_->change(changes, at, out_));
  finish(at);
}

void cache_shard_state::purge(const asker& by, const cache_purge& what) {
  const auto at = now();
  const auto question = ++last_question_;
  askers_.emplace(question, by);
  if (keeper_->purge(question, what, at, out_))
    hurry();
  finish(at);
}

void cache_shard_state::sweep() {
  const auto at = now();
  hurries_ = false;
  if (next_sweep_ <= at)
    next_sweep_ = time_point::max();
  if (keeper_->sweep(at, out_))
    hurry();
  finish(at);
}

void cache_shard_state::hurry() {
  if (!std::exchange(hurries_, true))
    self_->send(self_, atom::sweep_v);
}

void cache_shard_state::finish(time_point now) {
  if (!out_.empty())
    deliver();
  count();
  watch(now);
}

void cache_shard_state::deliver() {
  for (auto& a : out_.found) {
    const auto to = take_asker(a.question);
    self_->send(to.desk, atom::found_v, to.number, std::move(a.findings));
  }
  for (const auto& p : out_.purged) {
    const auto to = take_asker(p.asker);
    cache_receipt receipt;
    receipt.outcome = cache_outcome::done;
    receipt.count = p.count;
    self_->send(to.desk, atom::kept_v, to.number, cache_receipts{receipt});
  }
  out_.found.clear();
  out_.purged.clear();
}

cache_shard_state::asker cache_shard_state::take_asker(std::uint64_t question) {
  const auto at = askers_.find(question);
  auto result = std::move(at->second);
  askers_.erase(at);
  return result;
}

void cache_shard_state::count() {
  keeper_->tally().drain(
      [this](cache_space s, cache_operation o, std::uint64_t n) {
        const auto& by_operation =
            deps_->metrics.operations[static_cast<std::size_t>(s)];
        by_operation[o].Increment(static_cast<double>(n));
        deps_->gauges->show(s, keeper_->entries().statistics(s, {}));
      });
}

void cache_shard_state::watch(time_point now) {
  auto at = keeper_->next_call();
  if (const auto expiry = keeper_->next_expiry())
    at = std::min(at.value_or(time_point::max()),
                  std::max(*expiry, now + sweep_period));
  if (!at)
    return;
  const auto next = std::min(*at, now + sweep_far);
  if (next_sweep_ <= next)
    return;
  next_sweep_ = next;
  self_->delayed_send(self_, next - now, atom::sweep_v);
}

time_point cache_shard_state::now() const {
  return self_->clock().now();
}

}  // namespace troupe
