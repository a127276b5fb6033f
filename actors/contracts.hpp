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
// KEY POOL --postpone--> ROUTER, which waits for a key when a call is retried.
//
// Conventions
// - A question that ends at a socket travels as a `call_ticket`: handed on by
//   plain messages, answered exactly once, also when its holder dies
//   (runtime/ticket.hpp). Rows that take one list the answers it may get.
// - `replies_to` means the sender waits; `reacts_to` means it does not.
// - Atoms are verbs of at most ten characters (a CAF 0.17 limit).

#pragma once

#include "actors/outcome.hpp"
#include "config/settings.hpp"
#include "runtime/contracts.hpp"
#include "runtime/ids.hpp"
#include "runtime/ticket.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

using time_point = std::chrono::steady_clock::time_point;

// -- what a call is
// ------------------------------------------------------------

/// Which key lends next; position in its provider's list of keys.
using key_index = std::uint32_t;

/// One request of one client: the facts that decisions need, and the trail of
/// what has been tried. Belongs to whoever holds its ticket, and to the session
/// once that is answered. A session that gives up and answers its ticket itself
/// does not touch the call again: an actor may still be writing its trail.
struct call {
  // -- facts, written once at the door
  std::string id;  ///< `x-request-id`.
  config::protocol protocol = config::protocol::openai;
  std::string model;  ///< As the client named it.
  /// SHA-256 of the client's key, 64 hex digits; empty if it sent none.
  std::string credential_sha256;
  /// What the answer may cost at most, for reserving: input and output.
  std::uint64_t tokens_estimated = 0;
  time_point deadline = time_point::max();
  /// Only asks whether the client may come in: INGRESS answers with a lease of
  /// nothing, which is not settled.
  bool entry_only = false;

  // -- who came in, written by ingress
  std::string client;  ///< Name of the client in the configuration, or "".
  std::string tenant;

  // -- trail, written by router, key pool and api key
  std::uint32_t attempts = 0;  ///< Leases granted so far.
  std::uint32_t waits = 0;     ///< Times it waited because no key was usable.
  std::uint32_t provider = 0;  ///< Index of the provider being tried.
  std::string provider_model;  ///< The model's name over there.
  key_index key = 0;           ///< Which key was lent last.
  std::vector<key_index> declined;  ///< Keys that refused this attempt.
  /// When the soonest of the declined keys can serve a call of this size.
  time_point soonest = time_point::max();
  std::vector<key_index> burnt;  ///< Keys whose attempt ended in a fault.
};

/// A key on loan for one attempt. Holds the secret, therefore never leaves the
/// node and is printed as `<unprintable>`.
struct lease {
  lease_id id;
  key_id key;
  std::string secret;
  std::shared_ptr<const config::provider_settings> provider;
  std::string model;          ///< How the provider calls it.
  std::uint32_t attempt = 1;  ///< 1 for the first.
  caf::actor settle_with;     ///< The API KEY that lent it.
};

/// The borrower's last word on a lease.
struct lease_report {
  lease_id id;
  troupe::fault fault = fault::none;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  token_usage usage;
  /// From the attempt's start to its last byte.
  std::chrono::milliseconds took{0};
};

using call_ptr = std::shared_ptr<call>;
using call_ticket = ticket<call_ptr, lease>;

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

}  // namespace troupe

// -- registration
// --------------------------------------------------------------

CAF_BEGIN_TYPE_ID_BLOCK(troupe_actors, caf::id_block::troupe_runtime::end)

  CAF_ADD_TYPE_ID(troupe_actors, (troupe::key_status))
  CAF_ADD_TYPE_ID(troupe_actors, (std::vector<troupe::key_status>))

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

CAF_END_TYPE_ID_BLOCK(troupe_actors)

// Matters between neighbours: lent, used and settled on one node.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::call_ticket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::attempt_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lease_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::key_standing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::time_point)

namespace troupe {

// -- interfaces
// ----------------------------------------------------------------

/// INGRESS: decides who may enter. One a thread.
using ingress_actor = caf::typed_actor<
    // Lets the call in and hands it to the router, or answers it, at once if it
    // wants no more than to come in.
    // Errors: unauthorized; further on those of ROUTER.
    caf::reacts_to<atom::admit, call_ticket>>;

/// ROUTER: decides which provider serves a model, and what follows a fault.
using router_actor = caf::typed_actor<
    // Picks the target of a call and asks its pool for a key.
    // Errors: unknown_model (the model, why), no_provider (the protocol),
    // deadline_exceeded; further on those of KEY POOL.
    caf::reacts_to<atom::route, call_ticket>,
    // An attempt failed before its answer began: waits as the back-off says,
    // then asks for another key. Settle the lease first, so that its key knows
    // what happened before it is asked again. Errors: retries_spent,
    // deadline_exceeded, keys_cooling (ms); further on those of KEY POOL.
    caf::reacts_to<atom::retry, call_ticket, attempt_result>,
    // From KEY POOL: no key can serve this retried call before that moment.
    // Waits for it. Errors: keys_cooling (ms) when that takes too long.
    caf::reacts_to<atom::postpone, call_ticket, time_point>,
    // Internal: the wait of a retried call is over.
    caf::reacts_to<atom::lend, call_ticket>>;

/// KEY POOL: decides which key of one provider serves next.
using key_pool_actor = caf::typed_actor<
    // Hands the call to the best usable key. If there is none, a retried call
    // goes back to ROUTER to wait, a new one is answered.
    // Errors: keys_cooling (ms until the soonest recovery), keys_dead.
    caf::reacts_to<atom::lend, call_ticket>,
    // From a key: it cannot serve this call after all; try the next.
    caf::reacts_to<atom::decline, call_ticket, key_standing>,
    // From a key: how it stands now.
    caf::reacts_to<atom::stand, key_standing>,
    // How every key stands. Never fails.
    caf::replies_to<atom::status>::with<std::vector<key_status>>>;

/// API KEY: guards the limits and the health of one provider key.
using api_key_actor = caf::typed_actor<
    // Reserves and answers with a lease, or declines to the pool.
    caf::reacts_to<atom::lend, call_ticket>,
    // Ends a lease: returns what was reserved, judges the key. Unknown leases
    // (expired, settled twice) are ignored and counted.
    caf::reacts_to<atom::settle, lease_report>,
    // Internal clock tick: ends leases that outlived their time.
    caf::reacts_to<atom::sweep>,
    // Internal: the key may be usable again. Stale unless it bears the number
    // of the last such timer.
    caf::reacts_to<atom::wake, std::uint64_t>>;

/// HEALTH: publishes how well the parts of the node are.
using health_actor = caf::typed_actor<
    // Internal clock tick: asks every part.
    caf::reacts_to<atom::sweep>>;

}  // namespace troupe
