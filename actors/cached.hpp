// What the caches keep, what is asked of them, and what they answer.
//
// Plain values that may cross nodes: every message between a CACHE DESK and a
// CACHE SHARD is made of them. Times are lengths, in milliseconds, because two
// nodes' clocks have nothing in common. Bytes are shared between neighbours and
// copied only on their way to another node.
//
// A miss can come with a lead: the right to compute what is missing, known by
// a token. Whoever asks for the same key meanwhile hears `busy` with the
// leader's token, and may wait. A lead ends by a change that carries its token,
// or with its time; a change with a token that has ended is refused.

#pragma once

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/none.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// Bytes that never change.
class shared_bytes {
public:
  shared_bytes() = default;
  explicit shared_bytes(std::string bytes)
      : bytes_(std::make_shared<const std::string>(std::move(bytes))) {}

  std::string_view view() const {
    return bytes_ ? std::string_view{*bytes_} : std::string_view{};
  }
  std::size_t size() const { return view().size(); }

  friend bool operator==(const shared_bytes& a, const shared_bytes& b) {
    return a.view() == b.view();
  }

  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f,
                                                 shared_bytes& x) {
    std::string bytes{x.view()};
    auto load = [&]() -> caf::error {
      x = shared_bytes{std::move(bytes)};
      return caf::none;
    };
    return f(caf::meta::type_name("shared_bytes"), bytes,
             caf::meta::load_callback(load));
  }

private:
  std::shared_ptr<const std::string> bytes_;
};

/// Whose entries: they share the room, and are counted apart.
enum class cache_space : std::uint8_t {
  completion,   ///< Answers of models.
  embedding,    ///< One vector each.
  application,  ///< What clients keep through /api/cache.
  count_,
};

/// Returns `completion`, `embedding` or `application`.
std::string_view name_of(cache_space s) noexcept;

struct cache_key {
  cache_space space = cache_space::completion;
  std::string tenant;
  /// The application's own key; of the others a digest, in 64 hex digits.
  std::string name;

  friend bool operator==(const cache_key&, const cache_key&) = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_key& x) {
  return f(caf::meta::type_name("cache_key"), x.space, x.tenant, x.name);
}

/// How an entry's bytes are kept.
enum class packing : std::uint8_t { as_is, zstd };

struct cache_entry {
  shared_bytes value;
  troupe::packing packing = troupe::packing::as_is;
  std::uint64_t size = 0;  ///< Bytes, unpacked.
  std::string type;        ///< Media type.
  /// It is known that there is nothing: `value` is empty.
  bool negative = false;
  // Of an answer: who gave it, and what it cost then.
  std::string provider;
  std::string model;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  /// Names to forget it by, beside its own.
  std::vector<std::string> tags;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_entry& x) {
  return f(caf::meta::type_name("cache_entry"), x.value, x.packing, x.size,
           x.type, x.negative, x.provider, x.model, x.tokens_in, x.tokens_out,
           x.tags);
}

/// What somebody wants who asks for an entry.
struct cache_question {
  cache_key key;
  /// An older entry is a miss, of another age than this in milliseconds.
  std::uint64_t max_age_ms = std::numeric_limits<std::uint64_t>::max();
  /// Whatever is kept is passed over: the asker wants to compute it anew.
  bool refresh = false;
  /// On a miss, the asker wants to lead for at most this long; 0 = it does not.
  std::uint64_t lead_ms = 0;
  /// How long it waits while another one leads; 0 = it would rather know.
  std::uint64_t wait_ms = 0;
  /// While another one leads, an entry past its time is good enough.
  bool stale_is_good = false;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_question& x) {
  return f(caf::meta::type_name("cache_question"), x.key, x.max_age_ms,
           x.refresh, x.lead_ms, x.wait_ms, x.stale_is_good);
}

enum class cache_state : std::uint8_t {
  fresh,     ///< Here it is.
  stale,     ///< Past its time, and asked for all the same.
  negative,  ///< Known to be nothing.
  absent,    ///< Not here; or nobody could be asked.
  lead,      ///< Not here, and the asker computes it.
  busy,      ///< Not here, and somebody else computes it.
  count_,
};

/// Returns `fresh`, `stale`, ...
std::string_view name_of(cache_state s) noexcept;

struct cache_finding {
  cache_state state = cache_state::absent;
  cache_entry entry;         ///< Of `fresh` and `stale`.
  std::uint64_t age_ms = 0;  ///< Since it was kept.
  std::uint64_t ttl_ms = 0;  ///< Left; 0 if stale.
  std::uint64_t etag = 0;    ///< Changes with every change of the entry.
  /// Of `lead`: the asker's. Of `busy`: the leader's. Never used twice.
  std::uint64_t token = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_finding& x) {
  return f(caf::meta::type_name("cache_finding"), x.state, x.entry, x.age_ms,
           x.ttl_ms, x.etag, x.token);
}

enum class cache_verb : std::uint8_t {
  keep,    ///< Puts `entry` in.
  remove,  ///< Takes it out.
  yield,   ///< Ends the lead of `token` without an entry.
};

struct cache_change {
  cache_key key;
  cache_verb verb = cache_verb::keep;
  cache_entry entry;
  std::uint64_t ttl_ms = 0;
  /// How long it is kept beyond that for those who take a stale one.
  std::uint64_t stale_ms = 0;
  /// The lead that ends with this; 0 = none. Refused if it has ended.
  std::uint64_t token = 0;
  /// Only if the entry has this etag; 0 = whatever is there.
  std::uint64_t if_match = 0;
  /// Only if there is no entry.
  bool if_absent = false;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_change& x) {
  return f(caf::meta::type_name("cache_change"), x.key, x.verb, x.entry,
           x.ttl_ms, x.stale_ms, x.token, x.if_match, x.if_absent);
}

enum class cache_outcome : std::uint8_t {
  done,
  absent,     ///< There was nothing to remove.
  changed,    ///< `if_match` or `if_absent` does not hold; `etag` is of now.
  lead_lost,  ///< The token's lead has ended.
  too_large,  ///< More than a shard, or the tenant's part of one, can hold.
  lost,       ///< Nobody could be asked: it may have happened, or not.
  count_,
};

struct cache_receipt {
  cache_outcome outcome = cache_outcome::lost;
  std::uint64_t etag = 0;
  bool created = false;     ///< There was nothing before.
  std::uint64_t count = 0;  ///< Entries that went, after a `cache_purge`.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_receipt& x) {
  return f(caf::meta::type_name("cache_receipt"), x.outcome, x.etag, x.created,
           x.count);
}

/// Forgets many at once: those whose name fits, or who bear the tag.
struct cache_purge {
  cache_space space = cache_space::application;
  std::string tenant;
  bool every_tenant = false;
  /// `*` stands for any characters, `?` for one, `\` takes the next as it is;
  /// empty if `tag` is meant.
  std::string pattern;
  std::string tag;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_purge& x) {
  return f(caf::meta::type_name("cache_purge"), x.space, x.tenant,
           x.every_tenant, x.pattern, x.tag);
}

/// What a shard, or all of them, hold and did; of one space and, where asked
/// so, one tenant.
struct cache_statistics {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< As charged: value, names and upkeep.
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t stale = 0;
  std::uint64_t evictions = 0;
  std::uint64_t expiries = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cache_statistics& x) {
  return f(caf::meta::type_name("cache_statistics"), x.entries, x.bytes, x.hits,
           x.misses, x.stale, x.evictions, x.expiries);
}

using cache_questions = std::vector<cache_question>;
using cache_findings = std::vector<cache_finding>;
using cache_changes = std::vector<cache_change>;
using cache_receipts = std::vector<cache_receipt>;

}  // namespace troupe
