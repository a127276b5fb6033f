// What is known of a key and must outlive the actor that guards it.
//
// The recipe of a key's supervisor holds it, so that each incarnation finds
// what those before it have spent, learned and been refused. A key that dies
// and comes back lends no more than one that lives.
//
// Only the current incarnation touches it. There is no lock: the incarnations
// of a key follow one another on the same scheduler thread (child_spec.hpp), so
// none reads while another writes.
//
// What the dead one had lent comes back to nobody. The next one takes it for
// spent as it was reserved, and forgets who held it (`key_guard`).
//
// Limits: dies with the process.

#pragma once

#include "actors/api_key/breaker.hpp"
#include "actors/api_key/limit_alarm.hpp"
#include "actors/api_key/limit_book.hpp"
#include "actors/api_key/recent_mean.hpp"
#include "actors/contracts.hpp"

#include <cstdint>
#include <optional>

namespace troupe {

struct key_memory {
  limit_book limits;
  troupe::breaker breaker{config::breaker_settings{}};
  recent_mean first_byte;
  limit_alarm alarm;
  /// Numbers go on, so that readings keep their order.
  std::uint64_t last_lease = 0;
  /// The last settings the key was told; they are newer than its recipe's.
  std::optional<key_brief> adopted;
};

}  // namespace troupe
