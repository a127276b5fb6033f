// What a call remembers of the targets it tried: its candidates' marks.
//
//   barred    cannot serve this call: too small, refuses it, never has a key
//   rests     failed it; not tried again before the call has paused
//   passed    had no key; not asked again before the next attempt or pause
//
// The one rule: `call::burnt` belongs to the candidate whose turn it is; those
// of the others wait in their candidates.
//
// Pure: no breaker, no budget, no draw. The planner decides what follows.

#pragma once

#include "actors/contracts.hpp"

namespace troupe {

/// The candidate that is being tried.
inline candidate& current(call& c) {
  return c.candidates[c.turn];
}

/// Makes another candidate the current one.
void turn_to(call& c, std::size_t turn);

/// The current one's attempt ended so. Returns whether another attempt, of any
/// candidate that is left, may end better.
bool note_fault(call& c, const attempt_result& r, time_point now);

/// The current one's pool has no key before `usable_at`; `max`: never.
void note_no_key(call& c, time_point usable_at);

/// The call has waited: everything may be tried again.
void end_pause(call& c);

/// Of those that failed it the one whose rest ends first, or null; among equals
/// the one that failed least.
const candidate* soonest_rested(const call& c, time_point now);

/// After a reload: keeps the marks of the candidates that stay, and whose turn
/// it is. @pre `after` is planned anew, `before` is the same call as it was.
void carry_over(const call& before, call& after);

}  // namespace troupe
