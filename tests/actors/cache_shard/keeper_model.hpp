// The rules of a cache shard once more, as simply as they can be said.
//
// A map, no heap, no index, no slices: everything is looked through whenever
// something is asked. Evictions are off; leads and waiting are tested apart.

#pragma once

#include "actors/cache_shard/cache_keeper.hpp"
#include "actors/cache_shard/glob.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace troupe::testing {

class keeper_model {
public:
  using time_point = cache_keeper::time_point;
  using ms = std::chrono::milliseconds;

  struct entry {
    cache_entry what;
    time_point kept;
    time_point fresh_until;
    time_point gone;
    std::uint64_t etag = 0;
  };

  /// What is found, for somebody who neither leads nor waits.
  cache_state find(const cache_question& q, time_point now) {
    auto* e = get(q.key, now);
    if (e == nullptr || q.refresh
        || static_cast<std::uint64_t>((now - e->kept) / ms{1}) > q.max_age_ms)
      return cache_state::absent;
    if (e->what.negative)
      return cache_state::negative;
    if (now < e->fresh_until)
      return cache_state::fresh;
    return q.stale_is_good ? cache_state::stale : cache_state::absent;
  }

  /// What becomes of a change without a token.
  cache_receipt change(const cache_change& c, time_point now) {
    auto* e = get(c.key, now);
    const auto etag = e != nullptr ? e->etag : 0;
    if (c.if_match != 0 && c.if_match != etag)
      return {cache_outcome::changed, etag, false, 0};
    if (c.verb == cache_verb::remove) {
      entries_.erase(id(c.key));
      return {e != nullptr ? cache_outcome::done : cache_outcome::absent, 0,
              false, 0};
    }
    const bool is_there = e != nullptr && now < e->fresh_until;
    if (c.if_absent && is_there)
      return {cache_outcome::changed, etag, false, 0};
    const auto fresh_until = now + ms{c.ttl_ms};
    const auto gone = fresh_until + ms{c.entry.negative ? 0 : c.stale_ms};
    entries_[id(c.key)] = {c.entry, now, fresh_until, gone, 0};
    return {cache_outcome::done, 0, !is_there, 0};
  }

  /// Etags are the keeper's to choose.
  void set_etag(const cache_key& key, std::uint64_t etag) {
    entries_[id(key)].etag = etag;
  }

  std::uint64_t purge(const cache_purge& p, time_point now) {
    return std::erase_if(entries_, [&](const auto& x) {
      const auto& [space, tenant, name] = x.first;
      const auto& tags = x.second.what.tags;
      const bool is_meant =
          space == p.space && (p.every_tenant || tenant == p.tenant)
          && ((!p.pattern.empty() && matches(p.pattern, name))
              || (!p.tag.empty()
                  && std::find(tags.begin(), tags.end(), p.tag) != tags.end()));
      return is_meant && x.second.gone > now;
    });
  }

  const entry* get_entry(const cache_key& key, time_point now) {
    return get(key, now);
  }

  std::size_t live(time_point now) {
    std::erase_if(entries_,
                  [&](const auto& x) { return x.second.gone <= now; });
    return entries_.size();
  }

private:
  using key_id = std::tuple<cache_space, std::string, std::string>;

  static key_id id(const cache_key& k) { return {k.space, k.tenant, k.name}; }

  entry* get(const cache_key& key, time_point now) {
    const auto found = entries_.find(id(key));
    if (found == entries_.end())
      return nullptr;
    if (found->second.gone > now)
      return &found->second;
    entries_.erase(found);
    return nullptr;
  }

  std::map<key_id, entry> entries_;
};

}  // namespace troupe::testing
