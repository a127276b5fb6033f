// What a call is, what is lent for it, and what comes back: the values that the
// actors' messages carry.
//
// A call is one request of one client. It holds the facts that decisions need,
// written once at the door, and the trail of what has been tried. It belongs to
// whoever holds its ticket.
//
// Values only: who sends what to whom is in contracts.hpp.

#pragma once

#include "actors/outcome.hpp"
#include "actors/priority.hpp"
#include "config/settings.hpp"
#include "runtime/ids.hpp"
#include "runtime/ticket.hpp"

#include <boost/container/small_vector.hpp>
#include <caf/actor.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

using time_point = std::chrono::steady_clock::time_point;

/// A key's place in its pool's roster; its own for the life of the pool, also
/// when keys before it are removed.
using key_index = std::uint32_t;

/// A target's number in its router's table of targets.
using target_index = std::uint32_t;

class gate;         // actors/ingress/gate.hpp
class routing;      // actors/router/routing.hpp
struct key_roster;  // actors/key_pool/key_roster.hpp
using gate_ptr = std::shared_ptr<const gate>;
using routing_ptr = std::shared_ptr<const routing>;
using roster_ptr = std::shared_ptr<const key_roster>;
using limits_ptr = std::shared_ptr<const limit_readings>;

/// One of the targets that can serve a call, and how it fared with it.
struct candidate {
  target_index target = 0;
  bool barred = false;       ///< Cannot serve this call.
  bool rests = false;        ///< Failed it; not tried again before a pause.
  bool passed = false;       ///< Its pool had no key when it was asked last.
  std::uint32_t faults = 0;  ///< Attempts that ended in a fault of its own.
  /// No key of its can serve the call before; `max`: never.
  time_point usable_at = time_point::min();
  /// It asked, with its last fault, to be left alone until then.
  time_point not_before = time_point::min();
  std::vector<key_index> burnt;  ///< `call::burnt` while another one is tried.
};

/// Few models have more targets than two: mostly no memory of their own.
using candidates = boost::container::small_vector<candidate, 2>;

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
  /// What the call may cost at most, for reserving: input and output.
  std::uint64_t tokens_estimated = 0;
  std::uint64_t tokens_in = 0;  ///< The input's part of it.
  std::uint8_t priority = priority_normal;
  /// Equal for the turns of one conversation whose prompt the provider may have
  /// cached; 0 = no such hope. The pool then prefers the same key.
  std::uint64_t affinity = 0;
  /// Wires that can serve it, a bit each (`1 << protocol`): its own, and those
  /// it can be translated to.
  std::uint8_t wires = 0;
  time_point deadline = time_point::max();
  /// Only asks whether the client may come in: INGRESS answers with a lease of
  /// nothing, which is not settled.
  bool entry_only = false;

  // -- who came in, written by ingress
  std::string client;  ///< Name of the client in the configuration, or "".
  std::string tenant;

  // -- trail, written by router, key pool and api key
  std::uint32_t attempts = 0;     ///< Leases granted so far.
  routing_ptr routes;             ///< What the router chose from.
  troupe::candidates candidates;  ///< As they are to be tried.
  std::size_t turn = 0;           ///< Which of them is being tried.
  std::string provider_model;     ///< The model's name over there.
  bool by_latency = false;        ///< Its target is chosen by measured latency.
  bool probes_target = false;     ///< It is the probe of its target's breaker.
  bool tells_router = false;      ///< The router wants to hear how it ends,
  /// and also if its target has failed of late, as of then.
  std::shared_ptr<const std::atomic<bool>> is_suspect;
  std::uint32_t waits = 0;  ///< Times it waited because nobody could serve.
  /// When a second attempt is worth asking for; 0 = never.
  std::chrono::milliseconds hedge_after{0};
  bool is_hedge = false;  ///< It is that second attempt.
  bool may_wait = false;  ///< In the pool's line, if no key is usable.
  key_index key = 0;      ///< Which key was lent last.
  std::vector<key_index> declined;  ///< Keys that refused this attempt.
  /// When the soonest of the declined keys can serve a call of this size.
  time_point soonest = time_point::max();
  std::vector<key_index> burnt;  ///< Keys whose attempt ended in a fault.

  /// Whether ROUTER wants to hear of its success.
  bool wants_telling() const {
    return tells_router || (is_suspect && is_suspect->load());
  }
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
  limits_ptr limits;  ///< What its answer told of its limits; null if nothing.
  /// From the attempt's start to its first byte; 0 if none came.
  std::chrono::milliseconds first_byte{0};
  /// From the attempt's start to its last byte.
  std::chrono::milliseconds took{0};
};

/// How a target fared in one attempt.
struct target_report {
  routing_ptr routes;
  target_index target = 0;
  troupe::fault fault = fault::none;
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;
  bool probe = false;
  /// 0 if none came.
  std::chrono::milliseconds first_byte{0};
};

/// A key's settings, as its provider's section has them now.
struct key_brief {
  std::shared_ptr<const config::provider_settings> provider;
  config::key_entry entry;
};

/// What an operator sends who adds a key or replaces its secret.
struct key_secret {
  std::string text;
};

using settings_ptr = std::shared_ptr<const config::settings>;

using call_ptr = std::shared_ptr<call>;
using call_ticket = ticket<call_ptr, lease>;

}  // namespace troupe
