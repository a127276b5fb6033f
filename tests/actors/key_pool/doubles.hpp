// Neighbours of a key pool that do as the test says.
//
// Both speak the production contracts. A scripted key lends while its script
// has room and declines otherwise; the recording router keeps what it was
// handed back.

#pragma once

#include "actors/contracts.hpp"
#include "runtime/supervision/address.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe::testing {

/// How a key double stands, and what it was asked.
struct key_script {
  key_standing standing;
  time_point soonest = time_point::max();  ///< Told to those it declines.
  std::uint32_t asked = 0;
  std::uint32_t declined = 0;
};

inline api_key_actor::behavior_type
scripted_key(api_key_actor::pointer self, std::shared_ptr<key_script> script,
             address<key_pool_actor> pool) {
  const auto lend = [=](const call_ticket& t) {
    auto& s = script->standing;
    ++script->asked;
    const auto size = t.matter()->tokens_estimated;
    s.after_lend = true;
    if (s.condition != key_condition::usable || s.calls_free == 0
        || s.tokens_free < size) {
      ++script->declined;
      auto& soonest = t.matter()->soonest;
      soonest = std::min(soonest, script->soonest);
      self->send(pool.current(), atom::decline_v, t, s);
      return;
    }
    --s.calls_free;
    s.tokens_free -= size;
    ++s.in_flight;
    lease granted;
    granted.key = key_id{"acme-" + std::to_string(s.index + 1)};
    t.answer(std::move(granted));
    self->send(pool.current(), atom::stand_v, s);
  };
  return {
      [lend](atom::lend, const call_ticket& t) { lend(t); },
      [](atom::settle, const lease_report&) {},
      [](atom::learn, lease_id, const limits_ptr&) {},
      [](atom::adopt, const key_brief&) {},
      [](atom::sweep) {},
      [](atom::wake, std::uint64_t) {},
  };
}

struct postponed_call {
  call_ticket ticket;
  time_point until;
};

inline router_actor::behavior_type
recording_router(router_actor::pointer,
                 std::shared_ptr<std::vector<postponed_call>> postponed) {
  return {
      [](atom::route, const call_ticket&) {},
      [](atom::retry, const call_ticket&, const attempt_result&) {},
      [](atom::hedge, const call_ticket&) {},
      [postponed](atom::postpone, const call_ticket& t, time_point until) {
        postponed->push_back({t, until});
      },
      [](atom::lend, const call_ticket&) {},
      [](atom::judge, const target_report&) {},
      [](atom::adopt, const routing_ptr&) {},
  };
}

}  // namespace troupe::testing
