// What the actors say to each other.
//
// This header is the map of the house: read from top to bottom it shows every
// conversation of the domain without opening one implementation. It holds
// messages and typed interfaces, nothing that does work. A new message starts
// here, then goes to its actor, then to its test.
//
// The way of one LLM request (http/ carries the bytes, the actors decide):
//
//   session --admit--> INGRESS --route--> ROUTER --lend--> KEY POOL --lend-->
//   API KEY --answer: a lease--> session ... talks to the provider ...
//   session --settle--> API KEY --stand--> KEY POOL
//   session --retry--> ROUTER --lend--> ...               (after a fault)
//
// The ways back: API KEY --decline--> KEY POOL, which tries the next key, and
// KEY POOL --postpone--> ROUTER, which tries the next target and, if there is
// none, sends the call back to wait in the pool's line.
//
// The way of a question to the caches, before and beside that:
//
//   session --find, keep, purge--> CACHE DESK --the same--> CACHE SHARD
//   CACHE SHARD --found, kept--> CACHE DESK --answer--> session
//   session --embed--> EMBEDDER     session --find, keep--> SEMANTIC CACHE
//
// Queues and those who work for them: actors/queue_contracts.hpp.
//
// Conventions
// - A question that ends at a socket travels as a `call_ticket`: handed on by
//   plain messages, answered exactly once, also when its holder dies
//   (runtime/ticket.hpp). Rows that take one list the answers it may get.
// - `replies_to` means the sender waits; `reacts_to` means it does not.
// - Atoms are verbs of at most ten characters (a CAF 0.17 limit).

#pragma once

#include "actors/cached.hpp"
#include "actors/call.hpp"
#include "actors/meaning.hpp"
#include "runtime/contracts.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace troupe {

/// How a key stands, as it tells its pool. Never a secret.
enum class key_condition : std::uint8_t {
  usable,   ///< Lends.
  busy,     ///< As many calls in flight as allowed.
  spent,    ///< A limit or quota is used up; comes back by itself.
  cooling,  ///< The breaker is open, or the provider asked for a rest.
  probing,  ///< Half-open: one probe is out.
  dead,     ///< The provider refuses the key until somebody acts.
  count_,
};

/// Returns `usable`, `spent`, ... for logs and metric labels.
std::string_view name_of(key_condition c) noexcept;

struct key_standing {
  key_index index = 0;
  key_condition condition = key_condition::usable;
  std::uint32_t in_flight = 0;
  /// Earliest moment at which the key is worth asking again; only meaningful
  /// while it is not usable.
  time_point usable_at = time_point::min();
  /// The smallest free part of any of its limits: 1 = all free, 0 = none.
  double headroom = 1;
  /// How many more calls, and tokens, its limits would let out now.
  std::uint32_t calls_free = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t tokens_free = std::numeric_limits<std::uint64_t>::max();
  /// To the first byte of an answer, of late; 0 = not known.
  std::chrono::milliseconds first_byte{0};
  /// It follows a call that the key was sent, which is counted in it. There is
  /// exactly one such standing, or one `decline`, for every call sent.
  bool after_lend = false;
};

/// A point-in-time view of one key for operators and health checks.
struct key_status {
  std::string provider;
  std::string key;
  std::string condition;
  std::uint32_t in_flight = 0;
  std::int64_t usable_in_ms = 0;  ///< 0 if usable now.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, key_status& x) {
  return f(caf::meta::type_name("key_status"), x.provider, x.key, x.condition,
           x.in_flight, x.usable_in_ms);
}

/// How many workers of troupe's own a queue has, and should have.
struct pool_size {
  std::string queue;
  std::uint32_t workers = 0;  ///< Alive.
  std::uint32_t busy = 0;
  std::uint32_t wanted = 0;
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  std::uint64_t restarts = 0;  ///< Since the start.
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pool_size& x) {
  return f(caf::meta::type_name("pool_size"), x.queue, x.workers, x.busy,
           x.wanted, x.min, x.max, x.restarts);
}

/// What a session asks its CACHE DESK, and what it hears.
using find_ticket = ticket<cache_questions, cache_findings>;
using keep_ticket = ticket<cache_changes, cache_receipts>;
using purge_ticket = ticket<cache_purge, cache_receipt>;

class cache_directory;  // actors/cache_desk/cache_directory.hpp
using directory_ptr = std::shared_ptr<const cache_directory>;

}  // namespace troupe

// -- registration
// --------------------------------------------------------------

CAF_BEGIN_TYPE_ID_BLOCK(troupe_actors, caf::id_block::troupe_runtime::end)

  CAF_ADD_TYPE_ID(troupe_actors, (troupe::lease_id))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::key_status))
  CAF_ADD_TYPE_ID(troupe_actors, (std::vector<troupe::key_status>))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_questions))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_findings))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_changes))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_receipts))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_receipt))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_purge))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_space))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cache_statistics))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::pool_size))

  CAF_ADD_ATOM(troupe_actors, troupe::atom, admit, "admit")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, route, "route")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, retry, "retry")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, lend, "lend")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, decline, "decline")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, settle, "settle")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, postpone, "postpone")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, stand, "stand")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, sweep, "sweep")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, wake, "wake")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, status, "status")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, learn, "learn")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, judge, "judge")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, hedge, "hedge")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, adopt, "adopt")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, add, "add")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, drain, "drain")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, remove, "remove")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, change, "change")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, reload, "reload")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, find, "find")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, found, "found")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, keep, "keep")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, kept, "kept")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, purge, "purge")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, embed, "embed")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, scale, "scale")

CAF_END_TYPE_ID_BLOCK(troupe_actors)

// Matters between neighbours: lent, used and settled on one node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::call_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::attempt_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lease_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lease_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::key_standing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::limits_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::target_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::key_brief)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::key_secret)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::settings_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::gate_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::roster_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::routing_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::time_point)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::find_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::keep_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::purge_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::directory_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::embed_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::embed_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::semantic_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::semantic_memory)

namespace troupe {

// -- interfaces
// ----------------------------------------------------------------

/// INGRESS: decides who may enter. One a thread.
using ingress_actor = caf::typed_actor<
    // Lets the call in and hands it to the router, or answers it, at once if it
    // wants no more than to come in.
    // Errors: unauthorized; further on those of ROUTER.
    caf::reacts_to<atom::admit, call_ticket>,
    // From the configuration: other clients.
    caf::reacts_to<atom::adopt, gate_ptr>>;

/// ROUTER: decides which target serves a model, and what follows a fault.
using router_actor = caf::typed_actor<
    // Puts the targets of a call in order and asks the first one's pool.
    // Errors: unknown_model (the model, why), no_provider (the protocol),
    // deadline_exceeded; further on those of KEY POOL.
    caf::reacts_to<atom::route, call_ticket>,
    // An attempt failed before its answer began: another target, another key,
    // or the same after a wait. Settle the lease first, so that its key knows
    // what happened before it is asked again. Errors: retries_spent,
    // deadline_exceeded, keys_cooling (ms); further on those of KEY POOL.
    caf::reacts_to<atom::retry, call_ticket, attempt_result>,
    // An attempt is slow: another one beside it, with a call of its own that is
    // a copy of the first's. Errors: retries_spent when nobody else can serve
    // it at once, or the model's budget for this is spent.
    caf::reacts_to<atom::hedge, call_ticket>,
    // From KEY POOL: no key can serve this call before that moment (`max`:
    // never). Tries the next target; if there is none the call may wait.
    // Errors: keys_cooling (ms) when that takes too long, keys_dead.
    caf::reacts_to<atom::postpone, call_ticket, time_point>,
    // Internal: the wait of a call is over.
    caf::reacts_to<atom::lend, call_ticket>,
    // An attempt that the router is not asked to retry is over. Only sent when
    // it ended in a fault that blames its target, or `call::wants_telling`. A
    // call that `probes_target` and was refused by KEY POOL or API KEY, or lost
    // on its way, is told as abandoned: else nobody probes for a long time.
    caf::reacts_to<atom::judge, target_report>,
    // From the configuration: other models, targets and providers. What is
    // known about targets that stay is kept.
    caf::reacts_to<atom::adopt, routing_ptr>>;

/// KEY POOL: decides which key of one provider serves next.
using key_pool_actor = caf::typed_actor<
    // Hands the call to the best usable key. If there is none, the call goes
    // back to ROUTER (postpone), or, if it `may_wait`, into the line.
    // Errors: keys_cooling (ms until the soonest recovery), keys_dead,
    // overloaded (ms) when the line is full.
    caf::reacts_to<atom::lend, call_ticket>,
    // From a key: it cannot serve this call after all; try the next.
    caf::reacts_to<atom::decline, call_ticket, key_standing>,
    // From a key: how it stands now.
    caf::reacts_to<atom::stand, key_standing>,
    // From the configuration or an operator: other keys, or other duties.
    caf::reacts_to<atom::adopt, roster_ptr>,
    // Internal clock tick: answers those who stood in line for too long.
    caf::reacts_to<atom::sweep>,
    // How every key stands. Never fails.
    caf::replies_to<atom::status>::with<std::vector<key_status>>>;

/// API KEY: guards the limits and the health of one provider key.
using api_key_actor = caf::typed_actor<
    // Reserves and answers with a lease, or declines to the pool.
    caf::reacts_to<atom::lend, call_ticket>,
    // Ends a lease: returns what was reserved, judges the key. Unknown leases
    // (expired, settled twice) are ignored and counted.
    caf::reacts_to<atom::settle, lease_report>,
    // What the head of a long answer says of the key's limits, ahead of its
    // lease's end.
    caf::reacts_to<atom::learn, lease_id, limits_ptr>,
    // From the configuration or an operator: another secret or other limits.
    // What was spent stays spent; a new secret closes the breaker.
    caf::reacts_to<atom::adopt, key_brief>,
    // Internal clock tick: ends leases that outlived their time.
    caf::reacts_to<atom::sweep>,
    // Internal: the key may be usable again. Stale unless it bears the number
    // of the last such timer.
    caf::reacts_to<atom::wake, std::uint64_t>>;

/// ADMIN: changes who plays while the others play on, and answers when it is
/// done. Keys are named by their public ids.
using admin_actor = caf::typed_actor<
    // How every key stands; `unknown` if its pool does not answer. Never fails.
    caf::replies_to<atom::status>::with<std::vector<key_status>>,
    // Adds a key to a provider, or lets one with this secret lend again; the
    // answer is its id. Errors: unknown_provider, invalid_setting (why).
    caf::replies_to<atom::add, std::string, key_secret>::with<std::string>,
    // The key lends no more, and stays. Errors: unknown_key.
    caf::replies_to<atom::drain, std::string>::with<void>,
    // As above, and goes when nothing is in flight. Errors: unknown_key.
    caf::replies_to<atom::remove, std::string>::with<void>,
    // Replaces a key's secret. Errors: unknown_key, invalid_setting (why).
    caf::replies_to<atom::change, std::string, key_secret>::with<void>,
    // Has that many workers carry out the jobs of a queue, within its bounds,
    // until there is another word; 0: as many as it takes again. Errors:
    // unknown_queue (the name), also where the workers are outside; actor_lost
    // while their pool is being replaced.
    caf::replies_to<atom::scale, std::string, std::uint32_t>::with<pool_size>,
    // Follows another configuration, which outranks what the rows above did;
    // the answer says what changed, for people. Errors: invalid_setting (why).
    caf::replies_to<atom::reload, settings_ptr>::with<std::string>,
    // Internal clock tick: looks after those who are on their way out.
    caf::reacts_to<atom::sweep>,
    // Internal: what could not be done a moment ago is tried again.
    caf::reacts_to<atom::retry>>;

/// CACHE SHARD: decides what is kept, what goes, and who waits for whom on one
/// and the same miss. Placed in the cluster; all it hears and says may cross
/// nodes. `desk` is who asks, the number its own for the question; the answers
/// are in the order of what was asked.
using cache_shard_actor = caf::typed_actor<
    // Looks up. Answered with `found`, at once or when all who wait need not
    // wait any more.
    caf::reacts_to<atom::find, caf::actor, std::uint64_t, cache_questions>,
    // Changes entries and ends leads. Answered with `kept`.
    caf::reacts_to<atom::keep, caf::actor, std::uint64_t, cache_changes>,
    // Forgets many at once: none of them is found any more from now on.
    // Answered with `kept` when they are counted.
    caf::reacts_to<atom::purge, caf::actor, std::uint64_t, cache_purge>,
    // What it holds and did: of one space, and of one tenant or, where that is
    // empty, of all. Never fails.
    caf::replies_to<atom::status, cache_space,
                    std::string>::with<cache_statistics>,
    // From the configuration: other bounds.
    caf::reacts_to<atom::adopt, settings_ptr>,
    // Internal clock tick: what is past its time goes, in small steps.
    caf::reacts_to<atom::sweep>>;

/// CACHE DESK: knows which shard keeps what, and holds the askers' tickets: a
/// shard that dies or is slow is to them as if it kept nothing. One a thread.
using cache_desk_actor = caf::typed_actor<
    // Asks the shards of all keys; answered when the last has answered, with as
    // many findings. A lost one is `absent`. Errors: overloaded (ms).
    caf::reacts_to<atom::find, find_ticket>,
    // Likewise for changes; a lost one is `lost`. Errors: overloaded (ms).
    caf::reacts_to<atom::keep, keep_ticket>,
    // Likewise, for all shards, with one receipt for all. Errors: overloaded
    // (ms).
    caf::reacts_to<atom::purge, purge_ticket>,
    // The sum over all shards; what does not answer in time is left out.
    caf::replies_to<atom::status, cache_space,
                    std::string>::with<cache_statistics>,
    // From shards.
    caf::reacts_to<atom::found, std::uint64_t, cache_findings>,
    caf::reacts_to<atom::kept, std::uint64_t, cache_receipts>,
    // From the cluster: another placing of the shards.
    caf::reacts_to<atom::adopt, directory_ptr>,
    // Internal clock tick: answers for shards that did not.
    caf::reacts_to<atom::sweep>>;

/// EMBEDDER: brings texts to their vectors, many at once where that costs less.
/// One a thread.
using embedder_actor = caf::typed_actor<
    // Errors: overloaded (ms) when too many wait, deadline_exceeded.
    caf::reacts_to<atom::embed, embed_ticket>,
    // From whoever carried a batch to its server and back.
    caf::reacts_to<atom::found, embed_batch>,
    // Internal clock tick: a batch has waited for company long enough.
    caf::reacts_to<atom::sweep>>;

/// SEMANTIC CACHE: decides whether an answer to a question that means nearly
/// the same may be given.
using semantic_cache_actor = caf::typed_actor<
    // Never fails; not found is an answer.
    caf::reacts_to<atom::find, semantic_ticket>,
    // Remembers an answer.
    caf::reacts_to<atom::keep, semantic_memory>,
    // Forgets all that bears the tag, or all of it if that is empty.
    caf::reacts_to<atom::purge, std::string>,
    // From the configuration: another threshold or other bounds.
    caf::reacts_to<atom::adopt, settings_ptr>,
    // Internal clock tick: what is past its time goes.
    caf::reacts_to<atom::sweep>>;

/// HEALTH: publishes how well the parts of the node are.
using health_actor = caf::typed_actor<
    // Internal clock tick: asks every part.
    caf::reacts_to<atom::sweep>>;

}  // namespace troupe
