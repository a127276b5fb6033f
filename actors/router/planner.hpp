// What happens to a call next: the router's judgement.
//
//   begin --> candidates in order --> LEND to the first that may be asked
//                                        |            ^
//        no key there (postponed): the next one ------+
//        a fault: by its row in the table of faults --+--> WAIT, then again
//                                                     +--> REFUSE
//
// A call moves on to what has not failed it yet before it comes back to what
// has: another key for a spent or refused one, another target for a failing
// one, both at once. What failed it rests: only when nothing else can be asked
// does the call pause (the back-off) and try again what failed, as far as
// attempts, the retry budget and its deadline allow. A pool that has no key is
// asked once between two attempts or pauses, so the search ends.
//
// A target that refuses a request which an earlier one merely failed to answer
// is barred for that call: the request was good enough for the first.
//
// The one rule: a call is lent to a target only if its breaker admits it, and
// who is lent as the probe comes back to tell (`call::tells_router`). A probe
// never stands in a line: meanwhile nobody else could find out.
//
// Limits: waits for a key happen in the pool's line, not here.

#pragma once

#include "actors/contracts.hpp"
#include "actors/router/retry_budget.hpp"
#include "actors/router/retry_policy.hpp"
#include "actors/router/routing.hpp"
#include "actors/router/target_board.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <unordered_map>

namespace troupe {

class planner {
public:
  using milliseconds = std::chrono::milliseconds;

  /// `seed` of the jitter and the draws; any number.
  planner(routing_ptr routes, std::uint64_t seed);

  /// Another configuration. Calls that come back go on with its targets; how
  /// they fared with those that stay is kept.
  void adopt(routing_ptr routes);

  /// What to do with a call.
  struct step {
    enum class deed : std::uint8_t { lend, wait, refuse };
    deed what = deed::refuse;
    milliseconds wait{0};      ///< Before asking `resume`.
    caf::error why;            ///< Of a refusal.
    bool over_budget = false;  ///< It is the retry budget that refuses.
    /// What the failed attempt meant for its target.
    target_board::finding found = {};
  };

  /// A new call. Errors: unknown_model, no_provider, deadline_exceeded,
  /// targets_cooling (ms).
  step begin(call& c, time_point now);

  /// Its wait is over.
  step resume(call& c, time_point now);

  /// The pool it was lent to has no key for it before `usable_at`.
  step postponed(call& c, time_point usable_at, time_point now);

  /// The pool gave it back, and nobody waits for its answer any more.
  void dropped(call& c, time_point now);

  /// Its attempt ended so. Errors: retries_spent, deadline_exceeded,
  /// keys_dead, keys_cooling, targets_cooling (ms).
  step failed(call& c, const attempt_result& r, time_point now);

  /// A second attempt beside a slow one, for a copy of its call. Errors:
  /// retries_spent.
  step hedge(call& c, time_point now);

  /// An attempt that is not retried ended so.
  target_board::finding judge(const target_report& r, time_point now);

  /// Likewise one for which nobody waits any more.
  target_board::finding judge(call& c, const attempt_result& r, time_point now);

  const routing& routes() const { return *routes_; }
  const target_board& board() const { return board_; }

private:
  caf::error plan(call& c, time_point now);
  caf::error replan(call& c, time_point now);
  step next(call& c, time_point now);
  step lend(call& c, std::size_t turn, time_point now);
  step pause(call& c, const candidate& retried, time_point now);
  step wait_for_any(call& c, time_point now);
  bool is_ready(const candidate& x, time_point now);
  void give_back(call& c, time_point now);
  double draw();

  routing_ptr routes_;
  target_board board_;
  retry_budget budget_;
  std::unordered_map<const routing::model*, retry_budget> hedges_;
  std::minstd_rand random_;
};

}  // namespace troupe
